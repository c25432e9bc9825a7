/** The screen of `assay history`: a line per run with its interval, what the control chart says, and which rows keep changing. */
import { styleText } from 'node:util'
import type {
  Chart,
  HistoryNight,
  HistoryReport,
  HistorySegment,
  HistorySeries,
  LevelChange,
} from '../gate/history/types.ts'
import { oneLine, plural, wrapped } from '../lib/text.ts'
import { intervalBars } from './interval-bars.ts'
import { rowsLines } from './history-rows.ts'
import {
  dollars,
  dollarsWithInterval,
  integer,
  milliseconds,
  numberWithInterval,
  percent,
  percentWithInterval,
  pValue,
} from './numbers.ts'

export interface HistoryScreen {
  readonly color: boolean
  /** Characters in a line. */
  readonly columns: number
  /** Runs of each segment that get a line: the last ones. */
  readonly last: number
}

/** Rendered text, ending in a line feed. */
export function historyScreen(report: HistoryReport, screen: HistoryScreen): string {
  const paint = painter(screen.color)
  const lines = report.series.flatMap((series) => {
    const rows = report.rows.find(
      ({ dataset, model, prompt }) => dataset === series.dataset && model === series.model && prompt === series.prompt,
    )
    const head = [series.dataset, series.model, series.prompt, series.metric].map((name) => oneLine(name, 48))
    return [
      '',
      paint.bold(head.join(' · ')),
      ...series.segments.flatMap((segment) => segmentLines(series, segment, screen)),
      ...(rows === undefined ? [] : rowsLines(rows, screen.columns)),
    ]
  })
  const charts = report.series.flatMap(({ segments }) => segments.at(-1)?.chart ?? [])
  const family = familyLine(charts).flatMap((line) => wrapped(line, screen.columns))
  return `${[...lines.slice(1), ...family].join('\n')}\n`
}

/** Every chart on one screen has false alarms of its own. */
function familyLine(charts: readonly Chart[]): string[] {
  const [first] = charts
  if (first === undefined || charts.length < 2) return []
  const every = integer(Math.round(first.falseAlarmEvery / charts.length))
  return ['', `${charts.length} charts: a false alarm on one of them comes about every ${every} runs`]
}

function segmentLines({ metric }: HistorySeries, segment: HistorySegment, screen: HistoryScreen): string[] {
  const paint = painter(screen.color)
  const { nights, changed, simulated, scorers, planned, datasetVersion } = segment
  const shown = nights.slice(-screen.last)
  const about = `version ${oneLine(datasetVersion, 8)}, ${plural(planned, 'trial')}, scored by ${oneLine(scorers || 'the rows', 80)}`
  const fit = (line: string): string[] => wrapped(`  ${line}`, screen.columns, '    ')
  return [
    ...(changed.length === 0
      ? []
      : wrapped(
          `─ other segment, not comparable with the one above: ${oneLine(changed.join('; '), 200)}`,
          screen.columns,
        )),
    ...fit(`${simulated ? 'SIMULATED · ' : ''}${about}`).map((line) => line.replace('SIMULATED · ', paint.yellow)),
    ...(shown.length < nights.length ? [`  … ${plural(nights.length - shown.length, 'earlier run')} (--last)`] : []),
    ...nightLines(metric, shown, screen),
    ...segment.changes.flatMap((change) => fit(changeLine(metric, change))),
    ...[...chartLines(metric, segment), ...stoppedLine(nights)].flatMap(fit),
  ]
}

function nightLines(metric: string, nights: readonly HistoryNight[], { color, columns }: HistoryScreen): string[] {
  const paint = painter(color)
  const figures = nights.map((night) => estimateText(metric, night))
  const width = Math.max(...figures.map((text) => text.length))
  const marks = nights.map((night) => marksOf(night))
  // Two blanks, the time, and two blanks on either side of the figures.
  const room = columns - 2 - 16 - 2 - width - 2 - Math.max(...marks.map((mark) => mark.length)) - 2
  const ids = nights.map(({ runId }) => shortId(runId))
  const idWidth = Math.max(...ids.map((id) => id.length))
  const isNamed = room >= idWidth + 2
  const bars = intervalBars(nights, Math.min(40, isNamed ? room - idWidth - 2 : room))
  return nights.map((night, index) => {
    const mark = marks[index] ?? ''
    const id = isNamed ? (ids[index] ?? '').padEnd(idWidth) : ''
    const parts = [minute(night.startedAt), id, (figures[index] ?? '').padEnd(width), bars[index] ?? '']
    const text = `  ${parts.filter((part) => part !== '').join('  ')}  `
    return `${text}${night.alarm === null && night.verdict !== 'REGRESSION' ? mark : paint.yellow(mark)}`.trimEnd()
  })
}

/** Share of failed trials from which a run says it. */
const MANY_FAILED = 0.05

/** The end of a run's id, which tells those of one minute apart: the folders' names end with it. */
function shortId(runId: string): string {
  return /-([0-9a-f]{6,8})$/.exec(runId)?.[1] ?? oneLine(runId, 10)
}

/** Runs that stop early have no place in the chart, and a job that always does would never have one. */
export function stoppedLine(nights: readonly HistoryNight[]): string[] {
  const stopped = nights.filter(({ wasStoppedEarly }) => wasStoppedEarly).length
  if (stopped === 0) return []
  return [
    `${plural(stopped, 'run')} of --sequential or choose that ended early ${stopped === 1 ? 'is' : 'are'} not charted: run one night a week whole`,
  ]
}

/** What stands behind the bar. */
export function marksOf({ verdict, alarm, isCharted, n, planned, failed }: HistoryNight): string {
  return [
    ...(verdict === null ? [] : [verdict]),
    ...(alarm === null ? [] : [alarm === 'lower' ? '▼ alarm' : '▲ alarm']),
    ...(isCharted ? [] : [`${integer(n)} of ${integer(planned)}`]),
    ...(failed === null || failed < MANY_FAILED ? [] : [`${percent(failed)} failed`]),
  ].join(' ')
}

/** What a metric is counted in. */
export type Unit = 'share' | 'USD' | 'ms' | 'number'

/** Of a metric of history.csv. */
export function unitOf(metric: string): Unit {
  if (/^(pass_rate|failures|truncated|score:.*)$/s.test(metric)) return 'share'
  if (metric.startsWith('cost')) return 'USD'
  return /^(latency|ttft)_/.test(metric) ? 'ms' : 'number'
}

/** A value with its interval, in the unit of the metric. */
export function estimateText(metric: string, { value, low, high, n }: HistoryNight): string {
  const estimate = { value, low, high, n, method: '' }
  switch (unitOf(metric)) {
    case 'share':
      return percentWithInterval(estimate)
    case 'USD':
      return dollarsWithInterval(value === null ? null : String(value), estimate)
    case 'ms':
      return low === null || high === null
        ? milliseconds(value)
        : `${milliseconds(value)} [${milliseconds(low)}, ${milliseconds(high)}]`
    case 'number':
      return numberWithInterval(estimate)
  }
}

/** A level without an interval. */
function levelText(metric: string, value: number): string {
  switch (unitOf(metric)) {
    case 'share':
      return percent(value)
    case 'USD':
      return dollars(value.toFixed(12))
    case 'ms':
      return milliseconds(value)
    case 'number':
      return String(Number(value.toPrecision(4)))
  }
}

function sigmaText(metric: string, sigma: number): string {
  return unitOf(metric) === 'share' ? `${(sigma * 100).toFixed(2)} points` : levelText(metric, sigma)
}

/** The sentence about a change of level. */
export function changeLine(metric: string, { startedAt, before, after, pValue: p }: LevelChange): string {
  return `level changed with the run of ${minute(startedAt)}: ${levelText(metric, before)} → ${levelText(metric, after)} (p ${pValue(p)})`
}

/** What the control chart says of a segment, or why it has none. */
export function chartLines(metric: string, segment: HistorySegment): string[] {
  const { chart, missing, nights } = segment
  if (chart !== null) return chartText(metric, segment)
  const charted = nights.filter(({ isCharted }) => isCharted).length
  return [
    missing > 0
      ? `no control chart: it needs ${charted + missing} whole runs, and there ${charted === 1 ? 'is' : 'are'} ${charted}; ${missing} to go`
      : 'no control chart: the first runs are all alike, so that nothing tells how far two runs may be apart',
  ]
}

function chartText(metric: string, { chart, changes }: HistorySegment): string[] {
  if (chart === null) return []
  const { mean, sigma, reference, k, h, falseAlarmEvery, foundAfter, alarms } = chart
  const last = changes.at(-1)
  return [
    `CUSUM (k ${k}, h ${h}; mean ${levelText(metric, mean)}, σ ${sigmaText(metric, sigma)} of the first ${reference} runs): ${alarms === 0 ? 'no alarm' : plural(alarms, 'alarm')}`,
    `a false alarm comes about every ${integer(Math.round(falseAlarmEvery))} runs, within a factor of several since ${reference} runs tell σ; a lasting shift of 1 σ is found in about ${Math.round(foundAfter)}`,
    ...(alarms > 0 && last !== undefined
      ? [`where the new level is accepted, begin the chart anew: --since ${oneLine(last.startedAt, 30).slice(0, 16)}Z`]
      : []),
  ]
}

/** 2025-01-15T10:00:00.000Z → "2025-01-15 10:00". */
export function minute(iso: string): string {
  return oneLine(iso, 30).slice(0, 16).replace('T', ' ')
}

function painter(color: boolean): Record<'bold' | 'yellow', (text: string) => string> {
  const paint = (style: 'bold' | 'yellow') => (text: string) => (color ? styleText(style, text) : text)
  return { bold: paint('bold'), yellow: paint('yellow') }
}
