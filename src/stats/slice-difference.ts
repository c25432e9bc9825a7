/**
 * Does a slice stand out? Its pass rate against that of the rows outside it, with a test that is corrected for the number of
 * slices of its column: among twenty slices one looks bad by chance.
 *
 * Rows that stand alone: Newcombe's interval, and Fisher's exact test in its mid-p form, which keeps its level where a slice has
 * five rows. Rows that hang together, by epochs or clusters: Newcombe's from clustered limits, and a score test whose variance
 * is that of all slices together (after Rao & Scott 1992, "A Simple Method for the Analysis of Clustered Binary Data"): a slice of few
 * clusters that happen to agree would seem surer of itself than it is.
 */
import { ClusteredRate, clusteredRateInterval } from './interval.ts'
import { holm } from './multiplicity.ts'
import { lnChoose, studentCdf } from './special-functions.ts'
import type { SliceDifference } from './types.ts'
import { newcombeUnpaired } from './unpaired.ts'

/** Passes of a slice. */
export interface SlicePasses {
  readonly totals: ClusteredRate
  /** Passes and rows of each cluster, by a number that all slices share; null where samples stand alone. */
  readonly clusters: Clusters | null
}

type Clusters = ReadonlyMap<number, readonly number[]>

/** Of one column, model and prompt: every row is in one of the slices. Null where a slice or its rest has no rows. */
export function sliceDifferences(slices: readonly SlicePasses[], confidence: number): (SliceDifference | null)[] {
  const all = togetherOf(slices)
  const compared = slices.map((slice) => compare(slice, restOf(slice, slices), all.totals, confidence))
  const adjusted = holm(compared.map((one) => one?.pValue ?? null))
  const family = adjusted.filter((p) => p !== null).length
  return compared.map((one, index) => one && corrected(one, adjusted[index] ?? null, family))
}

function corrected({ of }: Comparison, pAdjusted: number | null, slices: number): SliceDifference {
  return { ...of, pAdjusted, slices }
}

/** `pValue`: before it is corrected. */
interface Comparison {
  readonly of: Omit<SliceDifference, 'pAdjusted' | 'slices'>
  readonly pValue: number | null
}

function restOf(slice: SlicePasses, slices: readonly SlicePasses[]): SlicePasses {
  return togetherOf(slices.filter((other) => other !== slice))
}

/** Several slices as one. */
function togetherOf(slices: readonly SlicePasses[]): SlicePasses {
  const totals = new ClusteredRate()
  if (slices.every(({ clusters }) => clusters === null)) {
    for (const slice of slices) totals.merge(slice.totals)
    return { totals, clusters: null }
  }
  const clusters = new Map<number, readonly [passes: number, rows: number]>()
  for (const slice of slices) {
    for (const [cluster, [passes = 0, rows = 0]] of slice.clusters ?? []) {
      const [passesBefore, rowsBefore] = clusters.get(cluster) ?? [0, 0]
      clusters.set(cluster, [passesBefore + passes, rowsBefore + rows])
    }
  }
  for (const [passes, rows] of clusters.values()) totals.add(passes, rows)
  return { totals, clusters }
}

function compare(inside: SlicePasses, outside: SlicePasses, all: ClusteredRate, confidence: number): Comparison | null {
  const [one, other] = [inside.totals, outside.totals]
  if (one.mean === null || other.mean === null) return null
  const known = { difference: one.mean - other.mean, restPassRate: other.mean }
  if (all.clusters === all.rows) {
    const [some, others] = [passesOf(one), passesOf(other)]
    const { low, high } = newcombeUnpaired(some, others, confidence)
    const pValue = fisherMidP(some, others)
    return { of: { ...known, low, high, method: 'newcombe', test: 'fisher mid-p' }, pValue }
  }
  const limits = clusteredLimits(inside, outside, confidence)
  const pValue = clusteredTest(known.difference, { one, other, all, shared: sharedRows(inside, outside) })
  const test = pValue === null ? 'none' : 'clustered-t'
  return { of: { ...known, ...limits, method: 'clustered-newcombe', test }, pValue }
}

function passesOf({ mean, rows }: ClusteredRate): { readonly passes: number; readonly n: number } {
  return { passes: Math.round((mean ?? 0) * rows), n: rows }
}

/** Newcombe's limits from those of both rates; what clusters on both sides have in common cancels. */
function clusteredLimits(inside: SlicePasses, outside: SlicePasses, confidence: number): { low: number; high: number } {
  const one = clusteredRateInterval(inside.totals, confidence)
  const other = clusteredRateInterval(outside.totals, confidence)
  const [a, b] = [one.estimate ?? 0, other.estimate ?? 0]
  const correlation = correlationOf(inside, outside)
  const away = (x: number, y: number): number => Math.sqrt(Math.max(0, x * x - 2 * correlation * x * y + y * y))
  return {
    low: Math.max(-1, a - b - away(a - one.low, other.high - b)),
    high: Math.min(1, a - b + away(one.high - a, b - other.low)),
  }
}

/** Of both rates, by the clusters that have rows on both sides; 0 where a side shows no variation. */
function correlationOf(inside: SlicePasses, outside: SlicePasses): number {
  const [one, other] = [inside.totals, outside.totals]
  const deviation = one.rows * (one.standardError ?? 0) * other.rows * (other.standardError ?? 0)
  if (deviation < 1e-9) return 0
  let products = 0
  for (const [cluster, [passes = 0, rows = 0]] of inside.clusters ?? []) {
    const [passesOutside = 0, rowsOutside = 0] = outside.clusters?.get(cluster) ?? []
    products += (passes - rows * (one.mean ?? 0)) * (passesOutside - rowsOutside * (other.mean ?? 0))
  }
  // Never quite 1: limits of no width would claim to know the difference.
  return Math.min(0.99, Math.max(-0.99, products / deviation))
}

/** Σ over clusters of rows inside × rows outside. */
function sharedRows(inside: SlicePasses, outside: SlicePasses): number {
  let shared = 0
  for (const [cluster, [, rows = 0]] of inside.clusters ?? [])
    shared += rows * (outside.clusters?.get(cluster)?.[1] ?? 0)
  return shared
}

interface Sides {
  readonly one: ClusteredRate
  readonly other: ClusteredRate
  readonly all: ClusteredRate
  readonly shared: number
}

/** If nothing differs all rows have one pass rate, and rows of a cluster one correlation: both are those of all rows together. */
function clusteredTest(difference: number, { one, other, all, shared }: Sides): number | null {
  const { mean, standardError, clusters, rows, clusterSize } = all
  const unit = (mean ?? 0) * (1 - (mean ?? 0))
  if (clusters < 3 || standardError === null) return null
  if (unit === 0) return 1
  const designEffect = (standardError ** 2 * rows) / unit
  const correlation = Math.min(1, Math.max(0, (designEffect - 1) / Math.max(clusterSize - 1, 1e-9)))
  const effectOf = ({ clusterSize: size }: ClusteredRate): number => 1 + (size - 1) * correlation
  const covariance = (correlation * shared) / (one.rows * other.rows)
  const variance = unit * (effectOf(one) / one.rows + effectOf(other) / other.rows - 2 * covariance)
  const fromT = 2 * studentCdf(-Math.abs(difference) / Math.sqrt(variance), clusters - 2)
  if (shared > 0) return fromT
  // Near 0 and 1 a slice of few clusters is too skewed for t.
  const fromFisher = fisherMidP(effectivePasses(one, effectOf(one)), effectivePasses(other, effectOf(other)))
  return Math.max(fromT, fromFisher)
}

/** As many independent rows as are as informative, whole. */
function effectivePasses({ mean, rows }: ClusteredRate, designEffect: number): ReturnType<typeof passesOf> {
  const n = Math.max(1, Math.round(rows / designEffect))
  return { passes: Math.round((mean ?? 0) * n), n }
}

/**
 * Two-sided p-value of "both pass rates are equal", given the passes of both together (Fisher 1935); mid-p: the outcome that was
 * seen counts half. 1 where all pass, or none.
 */
export function fisherMidP(
  { passes, n }: { readonly passes: number; readonly n: number },
  other: { readonly passes: number; readonly n: number },
): number {
  const allPasses = passes + other.passes
  const all = n + other.n
  const seen = Math.exp(lnChoose(allPasses, passes) + lnChoose(all - allPasses, n - passes) - lnChoose(all, n))
  const direction = passes * all <= n * allPasses ? -1 : 1
  let tail = seen / 2
  // From one number of passes to the next, away from the expected one, until nothing is added any more.
  for (let [at, chance] = [passes, seen]; ; at += direction) {
    chance *=
      direction === 1
        ? ((allPasses - at) * (n - at)) / ((at + 1) * (all - allPasses - n + at + 1))
        : (at * (all - allPasses - n + at)) / ((allPasses - at + 1) * (n - at + 1))
    if (!(chance > tail * 1e-17)) break
    tail += chance
  }
  return Math.min(1, 2 * Math.min(tail, 1 - tail))
}
