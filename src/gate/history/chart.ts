/** Has the level of a metric moved? A control chart over the runs of one segment, and the dates of past changes. */
import { changePoints } from '../../stats/change-point.ts'
import { averageRunLength, cusum, movingRangeSigma } from '../../stats/cusum.ts'
import type { Chart, HistoryLine, LevelChange } from './types.ts'

/** Runs that mean and σ are taken from. */
const REFERENCE = 20
/** Tolerated: half of the shift that is to be found soonest, 1 σ. */
const K = 0.5
/** Limit in σ: one false alarm in 465 runs, and a shift of 1 σ found in about ten. */
const H = 5
/** Spread below this share of the level is rounding. */
const ROUNDING = 1e-9

/** One run. Without a value it has no place in the chart. */
export type ChartPoint = Pick<HistoryLine, 'runId' | 'startedAt' | 'value'>

/** What is said of the runs of one segment; z and alarms by their place. */
export interface Charted {
  readonly chart: Chart | null
  readonly missing: number
  readonly changes: readonly LevelChange[]
  readonly z: readonly (number | null)[]
  readonly alarms: readonly ('upper' | 'lower' | null)[]
}

/**
 * Standardised by the first 20 runs: the items are the same every night, so what varies is σ from run to run, by the moving range
 * (statistics.md 18.1); the standard error over items would hide real drift. `label` names the streams of random numbers.
 */
export function chartOf(nights: readonly ChartPoint[], label: string): Charted {
  const places = nights.flatMap(({ value }, place) => (value === null ? [] : [place]))
  const values = places.map((place) => nights[place]?.value ?? 0)
  const changes = changePoints(values, { label }).map(({ index, meanBefore, meanAfter, pValue }): LevelChange => {
    const night = nights[places[index] ?? 0]
    return {
      runId: night?.runId ?? '',
      startedAt: night?.startedAt ?? '',
      before: meanBefore,
      after: meanAfter,
      pValue,
    }
  })
  const missing = Math.max(0, REFERENCE - values.length)
  const z: (number | null)[] = nights.map(() => null)
  const alarms: ('upper' | 'lower' | null)[] = nights.map(() => null)
  const reference = values.slice(0, REFERENCE)
  const mean = reference.reduce((sum, value) => sum + value, 0) / reference.length
  const sigma = movingRangeSigma(reference)
  if (missing > 0 || sigma === null || sigma <= ROUNDING * Math.abs(mean)) {
    return { chart: null, missing, changes, z, alarms }
  }
  const standardised = values.map((value) => (value - mean) / sigma)
  for (const [index, place] of places.entries()) z[place] = standardised[index] ?? null
  const found = cusum(standardised, K, H).alarms
  for (const { index, side } of found) alarms[places[index] ?? 0] = side
  const chart: Chart = {
    mean,
    sigma,
    reference: REFERENCE,
    k: K,
    h: H,
    ...runLengths(),
    alarms: found.length,
  }
  return { chart, missing, changes, z, alarms }
}

let known: Pick<Chart, 'falseAlarmEvery' | 'foundAfter'> | undefined

/** Both sums together alarm twice as often as one. */
function runLengths(): Pick<Chart, 'falseAlarmEvery' | 'foundAfter'> {
  known ??= { falseAlarmEvery: averageRunLength(K, H) / 2, foundAfter: averageRunLength(K, H, 1) }
  return known
}
