/**
 * How far may a figure be from the truth that has no formula for it? Resampling with replacement (Efron 1979), seeded.
 *
 * The units that are resampled (items, or clusters of them) come as kinds with counts: units that are alike are told apart by
 * nothing, so that a hundred thousand of them take no more memory than the kinds there are.
 */
import { bounded, randomFrom } from '../lib/random.ts'
import { normalCdf, normalQuantile } from './special-functions.ts'

/** The figure that so many units of each kind come to; null where it is not defined. */
export type Statistic = (counts: ArrayLike<number>) => number | null

/** Several figures of the same units. */
export type Statistics = (counts: ArrayLike<number>) => readonly (number | null)[]

export interface Resampling {
  /** Names the stream of random numbers: `seed|purpose|metric|comparison`. */
  readonly label: string
  /** Replicates; 2,000 unless given. */
  readonly resamples?: number
  readonly confidence: number
}

/** Limits of a figure; null where none can be given. */
export interface Limits {
  readonly low: number | null
  readonly high: number | null
  readonly method: string
}

const RESAMPLES = 2_000
const NO_LIMITS: Limits = { low: null, high: null, method: 'none' }
/** Beyond this many units BCa and the jackknife's normal limits differ by no more than BCa's own noise, and only the latter stay cheap. */
const MOST_RESAMPLED = 2_000
/** Of the replicates without a value; with more than these the rest is no fair picture. */
const MOST_UNDEFINED = 0.01

/** The limits to report: BCa, percentile where that has none, and the jackknife's normal limits above 2,000 units. */
export function resampledLimits(counts: readonly number[], statistic: Statistic, how: Resampling): Limits {
  const [limits = NO_LIMITS] = jointLimits(counts, (drawn) => [statistic(drawn)], how)
  return limits
}

/** The same of several figures, which share their replicates: each has the limits that it would have alone. */
export function jointLimits(counts: readonly number[], statistics: Statistics, how: Resampling): Limits[] {
  const units = sumOf(counts)
  const values = statistics(counts)
  if (units < 2) return values.map(() => NO_LIMITS)
  const leftOut = jointJackknife(counts, statistics)
  if (units > MOST_RESAMPLED) {
    return values.map((value, index) => jackknifeLimits(value, leftOut[index] ?? null, how.confidence))
  }
  // What has no figure without one of the units needs no replicates.
  if (!values.some((value, index) => value !== null && leftOut[index] !== null)) return values.map(() => NO_LIMITS)
  const replicates = jointBootstrap(counts, statistics, how)
  return values.map((value, index) => {
    const [of, without] = [replicates[index], leftOut[index] ?? null]
    if (value === null || of === undefined || without === null) return NO_LIMITS
    return replicateLimits(of, value, without, how.confidence)
  })
}

function jackknifeLimits(value: number | null, leftOut: Jackknife | null, confidence: number): Limits {
  if (value === null || leftOut === null) return NO_LIMITS
  const halfWidth = normalQuantile((1 + confidence) / 2) * leftOut.standardError
  return widthOrNone(value - halfWidth, value + halfWidth, 'jackknife')
}

function replicateLimits(replicates: Replicates, value: number, leftOut: Jackknife, confidence: number): Limits {
  if (replicates.undefinedShare > MOST_UNDEFINED) return NO_LIMITS
  const bca = bcaLimits(replicates, value, leftOut, confidence)
  if (bca !== null) return widthOrNone(bca.low, bca.high, 'bca')
  const { low, high } = percentileLimits(replicates, confidence)
  return widthOrNone(low, high, 'percentile')
}

/** Figures of resampled units, in ascending order. */
export interface Replicates {
  readonly sorted: Float64Array
  readonly undefinedShare: number
}

/** Each replicate draws as many units as there are, in one stream of random numbers. */
export function bootstrap(
  counts: readonly number[],
  statistic: Statistic,
  how: Pick<Resampling, 'label' | 'resamples'>,
): Replicates {
  const [replicates] = jointBootstrap(counts, (drawn) => [statistic(drawn)], how)
  return replicates ?? { sorted: new Float64Array(), undefinedShare: 1 }
}

function jointBootstrap(
  counts: readonly number[],
  statistics: Statistics,
  { label, resamples = RESAMPLES }: Pick<Resampling, 'label' | 'resamples'>,
): Replicates[] {
  const random = randomFrom(label)
  const kindOf = Uint32Array.from(counts.flatMap((count, kind) => Array<number>(count).fill(kind)))
  const drawn = new Float64Array(counts.length)
  const values: number[][] = []
  for (let replicate = 0; replicate < resamples; replicate++) {
    drawn.fill(0)
    for (let unit = 0; unit < kindOf.length; unit++) {
      const kind = kindOf[bounded(kindOf.length, random)] ?? 0
      drawn[kind] = (drawn[kind] ?? 0) + 1
    }
    for (const [index, value] of statistics(drawn).entries()) {
      const defined = (values[index] ??= [])
      if (value !== null) defined.push(value)
    }
  }
  return values.map((defined) => ({
    sorted: Float64Array.from(defined).sort(),
    undefinedShare: 1 - defined.length / resamples,
  }))
}

/** Quantiles of the replicates themselves. */
export function percentileLimits({ sorted }: Replicates, confidence: number): { low: number; high: number } {
  return { low: quantile(sorted, (1 - confidence) / 2), high: quantile(sorted, (1 + confidence) / 2) }
}

/** Bias-corrected and accelerated limits (Efron 1987), with what they were found by. */
export interface BcaLimits {
  readonly low: number
  readonly high: number
  readonly bias: number
  /** Where among the replicates the limits stand, 0..1. */
  readonly lowAt: number
  readonly highAt: number
}

/** Null where the correction is not defined: every replicate on one side of the value, or no spread in the jackknife. */
export function bcaLimits(
  { sorted }: Replicates,
  value: number,
  { acceleration }: Pick<Jackknife, 'acceleration'>,
  confidence: number,
): BcaLimits | null {
  const less = sorted.filter((replicate) => replicate < value).length
  const equal = sorted.filter((replicate) => replicate === value).length
  const bias = normalQuantile((less + equal / 2) / sorted.length)
  if (!Number.isFinite(bias) || acceleration === null) return null
  const at = (probability: number): number | null => {
    const z = bias + normalQuantile(probability)
    const stretch = 1 - acceleration * z
    return stretch <= 0 ? null : normalCdf(bias + z / stretch)
  }
  const [lowAt, highAt] = [at((1 - confidence) / 2), at((1 + confidence) / 2)]
  if (lowAt === null || highAt === null) return null
  return { low: quantile(sorted, lowAt), high: quantile(sorted, highAt), bias, lowAt, highAt }
}

export interface Jackknife {
  readonly standardError: number
  /** Skewness of the figures without one unit each, over 6; null when they are all equal. */
  readonly acceleration: number | null
}

/** Units of a kind are alike: it costs as many evaluations as there are kinds. Null where a figure is not defined. */
export function jackknife(counts: readonly number[], statistic: Statistic): Jackknife | null {
  return jointJackknife(counts, (fewer) => [statistic(fewer)])[0] ?? null
}

function jointJackknife(counts: readonly number[], statistics: Statistics): (Jackknife | null)[] {
  const fewer = [...counts]
  const kinds = [...counts.keys()].filter((kind) => counts[kind] !== 0)
  const figures: (number | null)[][] = []
  for (const kind of kinds) {
    const count = counts[kind] ?? 0
    fewer[kind] = count - 1
    for (const [index, value] of statistics(fewer).entries()) (figures[index] ??= []).push(value)
    fewer[kind] = count
  }
  const ofKinds = kinds.map((kind) => counts[kind] ?? 0)
  return figures.map((values) =>
    values.every((value) => value !== null) ? jackknifeOf(values, ofKinds, sumOf(counts)) : null,
  )
}

/** From the figures without a unit of each kind. */
function jackknifeOf(figures: readonly number[], counts: readonly number[], units: number): Jackknife {
  const sum = (of: (figure: number) => number): number =>
    figures.reduce((total, figure, kind) => total + of(figure) * (counts[kind] ?? 0), 0)
  const mean = sum((figure) => figure) / units
  const moment = (power: number): number => sum((figure) => (mean - figure) ** power)
  const squares = moment(2)
  const isFlat = squares <= (1e-14 * mean) ** 2 * units
  return {
    standardError: Math.sqrt(((units - 1) / units) * squares),
    acceleration: isFlat ? null : moment(3) / (6 * squares ** 1.5),
  }
}

/** Type 7 of Hyndman & Fan 1996: between the two order statistics around (n − 1)p. */
function quantile(sorted: Float64Array, p: number): number {
  const place = (sorted.length - 1) * p
  const floor = Math.floor(place)
  const low = sorted[floor] ?? Number.NaN
  const high = sorted[Math.min(floor + 1, sorted.length - 1)] ?? Number.NaN
  return low + (place - floor) * (high - low)
}

/** An interval of no width would claim to know what nobody does. */
function widthOrNone(low: number, high: number, method: string): Limits {
  return high > low ? { low, high, method } : NO_LIMITS
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
