/**
 * Does a slice stand out? Its pass rate against that of the rows outside it, with a test that is corrected for the number of
 * slices of its column: among twenty slices one looks bad by chance.
 *
 * Rows that stand alone: Newcombe's interval, and Fisher's exact test in its mid-p form, which keeps its level where a slice has
 * five rows. Rows that hang together, by epochs or clusters: t with cluster-robust errors; a cluster may have rows on both sides.
 */
import { ClusteredRate } from './interval.ts'
import { holm } from './multiplicity.ts'
import { lnChoose, studentCdf, studentQuantile } from './special-functions.ts'
import type { SliceDifference } from './types.ts'
import { newcombeUnpaired } from './unpaired.ts'

/** Passes of a slice. */
export interface SlicePasses {
  readonly totals: ClusteredRate
  /** Passes and rows of each cluster, by a number that all slices share; null where samples stand alone. */
  readonly clusters: ReadonlyMap<number, readonly number[]> | null
}

/** Of one column, model and prompt: every row is in one of the slices. Null where a slice or its rest has no rows. */
export function sliceDifferences(slices: readonly SlicePasses[], confidence: number): (SliceDifference | null)[] {
  const compared = slices.map((slice) => compare(slice, restOf(slice, slices), confidence))
  const adjusted = holm(compared.map((one) => one?.pValue ?? null))
  const family = adjusted.filter((p) => p !== null).length
  return compared.map((one, index) => (one === null ? null : corrected(one, adjusted[index] ?? null, family)))
}

function corrected({ pValue: _, ...one }: Comparison, pAdjusted: number | null, slices: number): SliceDifference {
  return { ...one, pAdjusted, slices }
}

interface Rest {
  readonly totals: ClusteredRate
  /** Covariance of both rates, by the clusters that have rows on both sides. */
  readonly covariance: number
}

function restOf(slice: SlicePasses, slices: readonly SlicePasses[]): Rest {
  if (slice.clusters !== null) return restByCluster(slice, slice.clusters, slices)
  const totals = new ClusteredRate()
  for (const other of slices) if (other !== slice) totals.merge(other.totals)
  return { totals, covariance: 0 }
}

function restByCluster(
  { totals: inside }: SlicePasses,
  clusters: ReadonlyMap<number, readonly number[]>,
  slices: readonly SlicePasses[],
): Rest {
  const rest = new Map<number, readonly [passes: number, rows: number]>()
  for (const other of slices) {
    if (other.clusters === null || other.clusters === clusters) continue
    for (const [cluster, [passes = 0, rows = 0]] of other.clusters) {
      const [before, rowsBefore] = rest.get(cluster) ?? [0, 0]
      rest.set(cluster, [before + passes, rowsBefore + rows])
    }
  }
  const totals = new ClusteredRate()
  for (const [passes, rows] of rest.values()) totals.add(passes, rows)
  const all = new Set([...clusters.keys(), ...rest.keys()]).size
  let products = 0
  for (const [cluster, [passes = 0, rows = 0]] of clusters) {
    const [passesOutside, rowsOutside] = rest.get(cluster) ?? [0, 0]
    products += (passes - rows * (inside.mean ?? 0)) * (passesOutside - rowsOutside * (totals.mean ?? 0))
  }
  const rows = inside.rows * totals.rows
  return { totals, covariance: rows === 0 || all < 2 ? 0 : ((products / rows) * all) / (all - 1) }
}

type Comparison = Omit<SliceDifference, 'pAdjusted' | 'slices'> & { readonly pValue: number | null }

function compare({ totals: inside, clusters }: SlicePasses, rest: Rest, confidence: number): Comparison | null {
  const outside = rest.totals
  if (inside.mean === null || outside.mean === null) return null
  const known = { difference: inside.mean - outside.mean, restPassRate: outside.mean }
  const isAlone = inside.clusters === inside.rows && outside.clusters === outside.rows
  if (isAlone && (clusters === null || rest.covariance === 0)) {
    const [one, other] = [inside, outside].map(({ mean, rows }) => ({
      passes: Math.round((mean ?? 0) * rows),
      n: rows,
    }))
    const { low, high } = newcombeUnpaired(one ?? NO_ROWS, other ?? NO_ROWS, confidence)
    const pValue = fisherMidP(one ?? NO_ROWS, other ?? NO_ROWS)
    return { ...known, low, high, method: 'newcombe', test: 'fisher mid-p', pValue }
  }
  return { ...known, ...clusteredComparison(inside, rest, known.difference, confidence) }
}

const NO_ROWS = { passes: 0, n: 0 }

function clusteredComparison(
  inside: ClusteredRate,
  { totals: outside, covariance }: Rest,
  difference: number,
  confidence: number,
): Pick<Comparison, 'low' | 'high' | 'method' | 'test' | 'pValue'> {
  const [one, other] = [varianceOf(inside), varianceOf(outside)]
  if (one === null || other === null) return { low: null, high: null, method: 'none', test: 'none', pValue: null }
  const sum = one + other
  const df = sum ** 2 / (one ** 2 / (inside.clusters - 1) + other ** 2 / (outside.clusters - 1))
  // Clusters on both sides make both rates move together; no covariance takes more than all of it away.
  const standardError = Math.sqrt(Math.max(sum - 2 * covariance, sum * 1e-3))
  const halfWidth = studentQuantile((1 + confidence) / 2, df) * standardError
  return {
    low: Math.max(-1, difference - halfWidth),
    high: Math.min(1, difference + halfWidth),
    method: 'clustered-t',
    test: 'clustered-t',
    pValue: 2 * studentCdf(-Math.abs(difference) / standardError, df),
  }
}

/** Null with one cluster. Clusters that are all alike vary as passes and failures of so many rows might, one of each half seen. */
function varianceOf({ mean, standardError, clusters }: ClusteredRate): number | null {
  if (mean === null || standardError === null) return null
  if (standardError > 1e-9) return standardError ** 2
  const smoothed = (mean * clusters + 0.5) / (clusters + 1)
  return (smoothed * (1 - smoothed)) / clusters
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
