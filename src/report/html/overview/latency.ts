/** How long does one wait for an answer? */
import { milliseconds, millisecondLimits } from '../../numbers.ts'
import type { GroupSummary, Percentiles } from '../../../stats/types.ts'
import type { ReportedRun } from '../../types.ts'
import type { Markup } from '../markup.ts'
import { dataTable, figureSection, seriesLegend } from './figure.ts'
import { firstOf, isolated, nameOf, shortNames } from './names.ts'

/** Null where no answer has a time: recorded outputs, or a report without timings. */
export function latencySection({ summary, timings }: ReportedRun): Markup | null {
  const timed = timings ? summary.groups.filter(({ latencyMs }) => latencyMs.p50.value !== null) : []
  if (timed.length === 0) return null
  const rows = timed.flatMap((group) => [
    rowOf(group, 'first token', group.ttftMs),
    rowOf(group, 'whole answer', group.latencyMs),
  ])
  function rowOf(group: GroupSummary, what: string, { p50, p95, p99 }: Percentiles): (string | Markup)[] {
    return [
      isolated(nameOf(group, summary)),
      what,
      ...[p50, p95, p99].map((one) =>
        one.value === null ? '–' : `${milliseconds(one.value)} ${millisecondLimits(one)}`,
      ),
    ]
  }
  const read = timed.map((group) => medianText(nameOf(group, summary), group.latencyMs))
  return figureSection({
    id: 'latency',
    title: 'Latency',
    reading: [
      `Median time to the whole answer: ${firstOf(read).join('; ')}. The further left a curve, the faster; waits in the queue and for retries are no part of it.`,
    ],
    legend: seriesLegend(shortNames(summary)),
    places: [
      {
        chart: 'latency-ttft',
        title: 'Time to first token',
        label: `Share of answers whose first token came within a time, a curve for each of ${timed.length} models; the table below has the percentiles`,
      },
      {
        chart: 'latency-total',
        title: 'Time to the whole answer',
        label: `Share of answers that were complete within a time, a curve for each of ${timed.length} models; the table below has the percentiles`,
      },
    ],
    table: dataTable(
      [
        { head: 'model' },
        { head: 'time to' },
        ...['p50', 'p95', 'p99'].map((head) => ({ head: `${head} [95 %]`, isNumber: true })),
      ],
      rows,
    ),
  })
}

function medianText(name: string, { p50, p95 }: Percentiles): string {
  return `${name} ${milliseconds(p50.value)}, 95 % within ${milliseconds(p95.value)}`
}
