/** What failed, and how? */
import type { Summary } from '../../../stats/types.ts'
import { oneLine } from '../../../lib/text.ts'
import { missingSentence } from '../../group-figures.ts'
import { integer, percent } from '../../numbers.ts'
import { html, type Markup } from '../markup.ts'
import { bar } from './bars.ts'
import { dataTable, scrolling } from './figure.ts'
import { isolated, nameOf } from './names.ts'

/** An example is for recognising a kind; the whole message is in the row. */
const EXAMPLE_WIDTH = 300

/** Null where every trial has a score. */
export function failureSection(summary: Summary): Markup | null {
  const sentences = summary.groups.flatMap((group) => missingSentence(group, summary) ?? [])
  if (sentences.length === 0) return null
  const rows = summary.groups.flatMap((group) =>
    Object.entries(group.errorKinds).map(([kind, count]) => [
      isolated(nameOf(group, summary)),
      html`<code>${kind}</code>`,
      html`${integer(count)} <span class="muted">${percent(count / group.planned)}</span> ${bar(count / group.planned)}`,
      html`<span class="text">${oneLine(exampleOf(group.errorExamples, kind), EXAMPLE_WIDTH)}</span>`,
    ]),
  )
  const unscored = summary.groups.flatMap((group) =>
    Object.entries(group.unscored).map(([label, { count, example }]) => [
      isolated(nameOf(group, summary)),
      isolated(oneLine(label, 60)),
      integer(count),
      html`<span class="text">${oneLine(example, EXAMPLE_WIDTH)}</span>`,
    ]),
  )
  return html`<section class="panel" id="failures" aria-labelledby="failures-title">
<h2 id="failures-title">Failures and missing scores</h2>
<p>A failure is not a wrong answer: it has no score.</p>
<ul>
${sentences.map((sentence) => html`<li>${sentence}</li>\n`)}</ul>
${tableOf('Failures by kind', [{ head: 'model' }, { head: 'kind' }, { head: 'trials', isNumber: true }, { head: 'first message' }], rows)}${tableOf(
  'Answered, but a scorer could not judge',
  [{ head: 'model' }, { head: 'scorer' }, { head: 'answers', isNumber: true }, { head: 'first reason' }],
  unscored,
)}</section>
`
}

function tableOf(title: string, ...[columns, rows]: Parameters<typeof dataTable>): Markup | null {
  if (rows.length === 0) return null
  return html`<h3>${title}</h3>
${scrolling(title, dataTable(columns, rows))}`
}

function exampleOf(examples: Readonly<Record<string, string | undefined>>, kind: string): string {
  return examples[kind] ?? ''
}
