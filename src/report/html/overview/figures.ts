/** The table of models × prompts: the figures of the last screen, a line for each. */
import type { GroupSummary } from '../../../stats/types.ts'
import { groupFigures, PASS_RATE, severalPrompts } from '../../group-figures.ts'
import type { ReportedRun } from '../../types.ts'
import { html, type Markup } from '../markup.ts'
import { intervalBar } from './bars.ts'
import { dataTable, scrolling } from './figure.ts'
import { isolated, nameOf } from './names.ts'

export function figuresSection(run: ReportedRun): Markup {
  const { groups } = run.summary
  // The names are the same for all.
  const names = groups.slice(0, 1).flatMap((group) => Object.keys(groupFigures(group, run.summary, run.timings)))
  const table = dataTable(
    [
      { head: severalPrompts(run.summary) ? 'model · prompt' : 'model' },
      ...names.map((head) => ({ head, isNumber: true })),
    ],
    groups.map((group) => cellsOf(group, run)),
  )
  return html`<section class="panel" id="figures" aria-labelledby="figures-title">
<h2 id="figures-title">Figures</h2>
${scrolling('Figures of every model', table)}</section>
`
}

function cellsOf(group: GroupSummary, { summary, timings }: ReportedRun): Markup[] {
  const figures = Object.entries(groupFigures(group, summary, timings))
  return [
    isolated(nameOf(group, summary)),
    ...figures.map(([name, text]) =>
      name === PASS_RATE ? html`${figure(text)}${intervalBar(group.passRate)}` : figure(text),
    ),
  ]
}

/** The number, and its limits smaller below it. */
function figure(text: string): Markup {
  const [, value = text, limits = ''] = /^([^[\n]*?)[ \n]?(– \/ \[.*|\[.*)?$/s.exec(text) ?? []
  return limits === '' ? html`${value}` : html`${value}<br><span class="limits">${limits}</span>`
}
