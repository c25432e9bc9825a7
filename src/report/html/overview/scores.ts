/** What the scorers say beside the pass rate: counts by class, and what people's labels make of them. */
import { oneLine } from '../../../lib/text.ts'
import type { MetricTable } from '../../../score/types.ts'
import type { GroupSummary, Summary } from '../../../stats/types.ts'
import { figuresOf, meaningOf } from '../../calibration.ts'
import { html, type Markup } from '../markup.ts'
import { dataTable, scrolling } from './figure.ts'
import { isolated, nameOf } from './names.ts'

/** Null where there is nothing but means, which the table of figures has. */
export function scoreSection(summary: Summary): Markup | null {
  const parts = summary.groups.flatMap((group) => [
    ...Object.entries(group.metrics).flatMap(([label, { table }]) =>
      table === undefined
        ? []
        : [countsTable(`${nameOf(group, summary)} · ${oneLine(label, 60)} · ${table.title}`, table)],
    ),
    ...calibration(group, summary),
  ])
  if (parts.length === 0) return null
  return html`<section class="panel" id="scores" aria-labelledby="scores-title">
<h2 id="scores-title">Scorers in detail</h2>
${parts}</section>
`
}

function countsTable(title: string, { columns, rows }: MetricTable): Markup {
  const number = (value: number | null): string => (value === null ? '–' : String(Number(value.toFixed(4))))
  const table = dataTable(
    ['', ...columns].map((head, index) => ({ head: oneLine(head, 40), isNumber: index > 0 })),
    rows.map(({ label, cells }) => [isolated(oneLine(label, 40)), ...cells.map(number)]),
  )
  return html`<h3>${title}</h3>
${scrolling(title, table)}`
}

function calibration(group: GroupSummary, summary: Summary): Markup[] {
  if (group.calibration === null) return []
  const title = `${nameOf(group, summary)} by people's labels`
  const figures = Object.entries(figuresOf(group.calibration))
  return [
    html`<h3>${title}</h3>
<ul>
${meaningOf(group.calibration).map((sentence) => html`<li>${sentence}</li>\n`)}</ul>
${scrolling(title, dataTable([{ head: 'figure' }, { head: 'value', isNumber: true }], figures))}`,
  ]
}
