/** Lines of the history → trends: one per model × prompt, cut where the question or the judgement changed. */
import { type ChartPoint, chartOf } from './chart.ts'
import type { HistoryLine, HistoryNight, HistorySegment, HistorySeries } from './types.ts'

/** A night with fewer of its trials is another sample of the rows, and wider: shown, not charted. */
const LEAST_COVERAGE = 0.9

/** What the line of another metric, or the folder of the run, tells of the run of a line. */
export interface RunFacts {
  /** Share of failed trials; null: unknown. */
  readonly failedOf: (line: HistoryLine) => number | null
  readonly wasStoppedEarly: (line: HistoryLine) => boolean
}

const NO_FACTS: RunFacts = { failedOf: () => null, wasStoppedEarly: () => false }

/** One series per dataset, model and prompt, in order of appearance; every line is of one metric. */
export function seriesOf(lines: readonly HistoryLine[], label: string, facts = NO_FACTS): HistorySeries[] {
  const byPlace = groupBy(lines, ({ dataset, model, prompt, metric }) =>
    JSON.stringify([dataset, model, prompt, metric]),
  )
  return byPlace.map((own): HistorySeries => {
    const [{ dataset, model, prompt, metric }] = own
    return {
      dataset,
      model,
      prompt,
      metric,
      segments: segmentsOf(own, [label, metric, dataset, model, prompt].join('|'), facts),
    }
  })
}

/** Runs that asked and judged the same; the segment of the last run comes last, though it may have begun before another. */
function segmentsOf(lines: readonly HistoryLine[], label: string, facts: RunFacts): HistorySegment[] {
  const inTime = [...lines].sort((one, other) => compare(one.startedAt, other.startedAt))
  const lastOf = (own: readonly HistoryLine[]): string => own.at(-1)?.startedAt ?? ''
  const segments = groupBy(inTime, identityOf).sort((one, other) => compare(lastOf(one), lastOf(other)))
  return segments.map((own, index) => {
    const [first] = own
    const before = segments[index - 1]?.[0]
    const { simulated, datasetVersion, scorers, scoring, promptId, planned } = first
    const runs = onceEach(own)
    const { chart, missing, changes, z, alarms } = chartOf(runs.map(pointOf), `${label}|${index}`)
    return {
      simulated,
      datasetVersion,
      scorers,
      scoring,
      promptId,
      planned,
      changed: before === undefined ? [] : changesSince(before, first),
      nights: runs.map((line, at) => nightOf(line, { z: z[at] ?? null, alarm: alarms[at] ?? null }, facts)),
      chart,
      missing,
      changes,
    }
  })
}

/** What the numbers of two runs have to have in common before one may be held against the other. */
function identityOf({ simulated, datasetVersion, scoring, promptId, planned }: HistoryLine): string {
  return JSON.stringify([simulated, datasetVersion, scoring, promptId, planned])
}

function changesSince(before: HistoryLine, now: HistoryLine): string[] {
  const version = ({ datasetVersion }: HistoryLine): string => datasetVersion.slice(0, 8)
  return [
    ...(before.simulated === now.simulated ? [] : [now.simulated ? 'simulated' : 'real models']),
    ...(before.datasetVersion === now.datasetVersion ? [] : [`dataset ${version(before)} → ${version(now)}`]),
    ...(before.planned === now.planned ? [] : [`trials ${before.planned} → ${now.planned}`]),
    ...(before.promptId === now.promptId ? [] : ['text of the prompt']),
    ...(before.scoring === now.scoring ? [] : [scoringChange(before, now)]),
  ]
}

function scoringChange({ scorers: before }: HistoryLine, { scorers: now }: HistoryLine): string {
  return before === now ? 'settings or judge of the scorers' : `scorers ${before || 'none'} → ${now || 'none'}`
}

/** A run that stands twice, in a file merged by hand, counts once: its later line holds. */
function onceEach(lines: readonly HistoryLine[]): HistoryLine[] {
  return [...new Map(lines.map((line) => [line.runId, line])).values()]
}

function pointOf(line: HistoryLine): ChartPoint {
  const { runId, startedAt, value } = line
  return { runId, startedAt, value: isWhole(line) ? value : null }
}

function isWhole({ value, n, planned }: HistoryLine): boolean {
  return value !== null && n >= LEAST_COVERAGE * planned
}

function nightOf(line: HistoryLine, place: Pick<HistoryNight, 'z' | 'alarm'>, facts: RunFacts): HistoryNight {
  const { runId, startedAt, value, low, high, confidence, n, planned, verdict } = line
  const isCharted = isWhole(line)
  return {
    runId,
    startedAt,
    value,
    low,
    high,
    confidence,
    n,
    planned,
    verdict,
    failed: facts.failedOf(line),
    isCharted,
    wasStoppedEarly: !isCharted && facts.wasStoppedEarly(line),
    ...place,
  }
}

type NotEmpty<T> = readonly [T, ...T[]]

function groupBy<T>(list: readonly T[], keyOf: (one: T) => string): NotEmpty<T>[] {
  const groups = new Map<string, [T, ...T[]]>()
  for (const one of list) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return [...groups.values()]
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1
}
