/** Pass rates, scores and failures: one-sided tests of a mean within −1..1 (statistics.md 6.2, 6.6, 9 and 11.3). */
import { mcnemar } from '../../stats/paired/mcnemar.ts'
import { meanDifference } from '../../stats/paired/difference.ts'
import { oneSided } from '../../stats/paired/non-inferiority.ts'
import { tangoInterval, tangoStatistic } from '../../stats/paired/tango.ts'
import { minimumDetectable } from '../../stats/power.ts'
import { bettingInterval } from '../../stats/sequential/betting.ts'
import { normalCdf, normalQuantile } from '../../stats/special-functions.ts'
import type { PairedValues } from '../pairs.ts'
import type { MetricAsked } from '../types.ts'
import { type FixedDesign, type FixedResult, meanOf } from './result.ts'

/** Below these Student's limits are too short (statistics.md 4.1: clusters at least 10, better 30). */
const FEW_SAMPLES = 10
const FEW_CLUSTERS = 30

/** Power that a detectable drop and the rows to settle are told at. */
const POWER = 0.8

/** One-sided tests of a mean gain (positive is better) against thresholds, with limits at level 1 − 2α. */
interface GainTests {
  readonly low: number
  readonly high: number
  readonly method: string
  /** P-values of "the gain is at most x" and "at least x". */
  readonly pAtMost: (x: number) => number
  readonly pAtLeast: (x: number) => number
  /** Of one sample's gain, so that the standard error is this over √samples; null when not known. */
  readonly spread: number | null
  readonly flags: readonly string[]
}

/** Pass rates, scores and failures: gains within −1..1. */
export function boundedResult(values: PairedValues, metric: MetricAsked, design: FixedDesign): FixedResult {
  const sign = metric.kind === 'failures' ? -1 : 1
  const gains = values.candidate.map((value, sample) => sign * (value - (values.baseline[sample] ?? Number.NaN)))
  const tests = gainTests(gains, values, design)
  const { missing } = values
  const gain = meanOf(gains)
  const { margin } = metric
  return {
    ...tested(tests, margin, design),
    baseline: meanOf(values.baseline),
    candidate: meanOf(values.candidate),
    difference: sign * gain,
    ...oriented(tests, sign),
    worstCase: missing === 0 ? null : worstCase(gain, values, missing),
    pPassAtWorst: missing === 0 ? tests.pAtMost(-margin) : worstTests(gains, values, missing, design).pAtMost(-margin),
    minimumDetectable: tests.spread === null ? null : detectableDrop(gains.length, tests.spread, margin, design),
    rowsToSettle: tests.spread === null ? null : rowsToSettle(gain, tests.spread, margin, design),
    method: tests.method,
    flags: tests.flags,
  }
}

/** The drop that would be a REGRESSION in 80 % of runs: beyond the margin, or beyond nothing with any-drop. */
function detectableDrop(n: number, spread: number, margin: number, { alpha, alarmOn }: FixedDesign): number | null {
  const beyond = minimumDetectable(n, spread, { alpha, power: POWER, sides: 1 })
  return beyond === null ? null : beyond + (alarmOn === 'any-drop' ? 0 : margin)
}

function tested(
  tests: GainTests,
  margin: number,
  { alarmOn }: FixedDesign,
): Pick<FixedResult, 'pRegression' | 'pPass' | 'pAnyDrop'> {
  const pAnyDrop = tests.pAtLeast(0)
  return {
    pRegression: alarmOn === 'any-drop' ? pAnyDrop : tests.pAtLeast(-margin),
    pPass: tests.pAtMost(-margin),
    pAnyDrop,
  }
}

/** Limits in the direction of the metric itself. */
function oriented({ low, high }: GainTests, sign: number): { low: number; high: number } {
  return sign > 0 ? { low, high } : { low: -high, high: -low }
}

/** Tango and McNemar for pass and fail, t otherwise, betting where no value differs from the others. */
function gainTests(gains: Float64Array, { isBinary, clusterOf }: PairedValues, { alpha }: FixedDesign): GainTests {
  const confidence = 1 - 2 * alpha
  if (isBinary && clusterOf === null) return binaryTests(gains, confidence)
  const { mean, standardError, df, low, high, degenerate } = meanDifference(gains, clusterOf, confidence)
  if (mean === null || standardError === null || df === null || degenerate || low === null || high === null) {
    return bettingTests(gains, clusterOf, confidence)
  }
  return {
    low: Math.max(-1, low),
    high: Math.min(1, high),
    method: clusterOf === null ? 'paired t' : 'paired t over clusters',
    pAtMost: (x) => oneSided(mean, standardError, df, x).pGreater,
    pAtLeast: (x) => oneSided(mean, standardError, df, x).pLess,
    spread: standardError * Math.sqrt(gains.length),
    flags:
      df + 1 < (clusterOf === null ? FEW_SAMPLES : FEW_CLUSTERS)
        ? [`${df + 1} ${clusterOf === null ? 'samples' : 'clusters'} are few for a t test`]
        : [],
  }
}

function binaryTests(gains: Float64Array, confidence: number): GainTests {
  const n = gains.length
  const wins = gains.reduce((count, gain) => count + (gain > 0 ? 1 : 0), 0)
  const losses = gains.reduce((count, gain) => count + (gain < 0 ? 1 : 0), 0)
  const gain = (wins - losses) / n
  const variance = (wins + losses) / n - gain * gain
  return {
    ...tangoInterval(wins, losses, n, confidence),
    method: 'tango',
    pAtMost: (x) => normalCdf(-tangoStatistic(wins, losses, n, x)),
    // At no difference the exact test with mid-p holds its level better than the score statistic.
    pAtLeast: (x) => (x === 0 ? mcnemar(wins, losses).midPLess : normalCdf(tangoStatistic(wins, losses, n, x))),
    spread: variance > 0 ? Math.sqrt(variance) : null,
    flags: wins + losses === 0 ? ['no pair differs'] : [],
  }
}

/** All gains are equal, or there is a single one: a bet on bounded values needs no spread. */
function bettingTests(gains: Float64Array, clusterOf: Uint32Array | null, confidence: number): GainTests {
  // A cluster is one observation, and all of its gains are alike.
  const seen = new Set<number>()
  const isFirst = (sample: number): boolean => {
    const cluster = clusterOf?.[sample] ?? sample
    if (seen.has(cluster)) return false
    seen.add(cluster)
    return true
  }
  const units = gains.filter((_, sample) => isFirst(sample))
  const { low, high } = bettingInterval(
    units.map((gain) => (gain + 1) / 2),
    confidence,
  )
  const limits = { low: 2 * low - 1, high: 2 * high - 1 }
  // An interval tells of each threshold whether it is ruled out at its level, and no more.
  const level = (1 - confidence) / 2
  return {
    ...limits,
    method: 'betting',
    pAtMost: (x) => (limits.low > x ? level : 1),
    pAtLeast: (x) => (limits.high < x ? level : 1),
    spread: null,
    flags: ['degenerate: all differences are equal'],
  }
}

/** The mean difference if every missing value were the worst for the candidate, and the best. */
function worstCase(gain: number, { pairs }: PairedValues, missing: number): { low: number; high: number } {
  const all = pairs + missing
  return { low: (gain * pairs - missing) / all, high: (gain * pairs + missing) / all }
}

function worstTests(gains: Float64Array, values: PairedValues, missing: number, design: FixedDesign): GainTests {
  const worst = new Float64Array(gains.length + missing).fill(-1)
  worst.set(gains)
  let clusterOf: Uint32Array | null = null
  if (values.clusterOf !== null) {
    // Which clusters the missing ones belong to is not known here: each on its own.
    clusterOf = new Uint32Array(worst.length)
    clusterOf.set(values.clusterOf)
    for (let row = gains.length; row < worst.length; row++) clusterOf[row] = values.clusters + row - gains.length
  }
  return gainTests(worst, { ...values, clusterOf }, design)
}

/** Rows that would reach a verdict with probability 0.8 if the gain seen is the true one; null where it is at the margin. */
function rowsToSettle(gain: number, spread: number, margin: number, { alpha, alarmOn }: FixedDesign): number | null {
  const needed = normalQuantile(1 - alpha) + normalQuantile(POWER)
  const above = gain + margin
  const below = (alarmOn === 'any-drop' ? 0 : -margin) - gain
  const rows = [above, below].flatMap((distance) =>
    distance > 0 ? [Math.ceil(((needed * spread) / distance) ** 2)] : [],
  )
  const fewest = Math.min(...rows)
  return Number.isFinite(fewest) && fewest <= 1e7 ? fewest : null
}
