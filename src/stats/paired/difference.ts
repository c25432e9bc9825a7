/**
 * By how much do two models differ on the same items? The mean of the differences candidate − baseline (negative is worse)
 * with Student limits; items may come in clusters, such as the questions about one passage.
 *
 * Sources: Student 1908; Liang & Zeger 1986; Miller 2024, "Adding Error Bars to Evals".
 */
import { RunningMean } from '../interval.ts'
import { studentCdf, studentQuantile } from '../special-functions.ts'
import { type WinTieLoss, winTieLoss } from './win-rate.ts'

/** A mean with its standard error, and limits where the spread says something about the rows not seen. */
export interface MeanDifference {
  readonly n: number
  /** Clusters with a row; the rows themselves where each stands alone. */
  readonly clusters: number
  /** Null without rows. */
  readonly mean: number | null
  /** Null with fewer than two clusters; 0 when `degenerate`. */
  readonly standardError: number | null
  /** Clusters − 1; null where the standard error is. */
  readonly df: number | null
  /** Null with fewer than two clusters, or when `degenerate`: an interval of zero width is never given. */
  readonly low: number | null
  readonly high: number | null
  /** At least two clusters, and none deviates from the mean: use limits that need no spread. */
  readonly degenerate: boolean
}

/** Spread below this share of the largest value is rounding, not variation. */
const ROUNDING = 1e-12

/**
 * The mean of the differences with t limits by the number of clusters. `clusters[i]` is the number of row i's cluster, from
 * 0; null where every row stands alone. A row of a missing score has to be left out by the caller.
 */
export function meanDifference(
  differences: ArrayLike<number>,
  clusters: ArrayLike<number> | null,
  confidence = 0.95,
): MeanDifference {
  const values = new RunningMean()
  let largest = 0
  for (let row = 0; row < differences.length; row++) {
    const difference = differences[row] ?? Number.NaN
    values.add(difference)
    largest = Math.max(largest, Math.abs(difference))
  }
  const { count: n, mean } = values
  const unknown = { n, mean, standardError: null, df: null, low: null, high: null, degenerate: false }
  if (mean === null) return { ...unknown, clusters: 0 }
  const { count, squares } = deviations(differences, clusters, mean)
  if (count < 2) return { ...unknown, clusters: count }
  const standardError = Math.sqrt((squares * count) / (count - 1)) / n
  const known = { ...unknown, clusters: count, df: count - 1 }
  if (standardError <= ROUNDING * largest) return { ...known, standardError: 0, degenerate: true }
  const halfWidth = studentQuantile((1 + confidence) / 2, count - 1) * standardError
  return { ...known, standardError, low: mean - halfWidth, high: mean + halfWidth }
}

/** Σ over clusters of the square of their summed deviations from the mean. */
function deviations(
  differences: ArrayLike<number>,
  clusters: ArrayLike<number> | null,
  mean: number,
): { count: number; squares: number } {
  if (clusters === null) return { count: differences.length, squares: sumOfSquares(differences, mean) }
  const shifted = Float64Array.from(differences, (difference) => difference - mean)
  const sums = clusterSums(shifted, clusters)
  return { count: sums.length, squares: sumOfSquares(sums, 0) }
}

function sumOfSquares(values: ArrayLike<number>, centre: number): number {
  let squares = 0
  for (let row = 0; row < values.length; row++) squares += ((values[row] ?? Number.NaN) - centre) ** 2
  return squares
}

/** The sum of each cluster that has a row, in the order of their numbers. */
export function clusterSums(values: ArrayLike<number>, clusters: ArrayLike<number>): Float64Array {
  let last = -1
  for (let row = 0; row < values.length; row++) last = Math.max(last, clusters[row] ?? Number.NaN)
  const sums = new Float64Array(last + 1)
  const rows = new Uint32Array(last + 1)
  for (let row = 0; row < values.length; row++) {
    const cluster = clusters[row] ?? Number.NaN
    sums[cluster] = (sums[cluster] ?? Number.NaN) + (values[row] ?? Number.NaN)
    rows[cluster] = (rows[cluster] ?? 0) + 1
  }
  return sums.filter((_, cluster) => rows[cluster] !== 0)
}

/** Two lists of scores compared item by item. */
export interface PairedDifference extends MeanDifference, WinTieLoss {
  /** Items without a score on one side or both; they are left out. */
  readonly dropped: number
  /** Of the differences, divisor n − 1; null with fewer than two pairs. */
  readonly standardDeviation: number | null
  /** Student's t of "no difference" and its two-sided p-value; null without a spread. */
  readonly t: number | null
  readonly pValue: number | null
  /** What the standard error would be had each model been asked other items: the ratio is what pairing earns. */
  readonly unpairedStandardError: number | null
}

/** Scores of the same items in the same order, null where one is missing. */
export function pairedDifference(
  baseline: readonly (number | null)[],
  candidate: readonly (number | null)[],
  { confidence = 0.95, tieBand = 0 }: { confidence?: number; tieBand?: number } = {},
): PairedDifference {
  const differences: number[] = []
  const [before, after] = [new RunningMean(), new RunningMean()]
  for (const [item, old] of baseline.entries()) {
    const now = candidate[item] ?? null
    if (old === null || now === null) continue
    differences.push(now - old)
    before.add(old)
    after.add(now)
  }
  const difference = meanDifference(differences, null, confidence)
  const { n, mean, standardError, df, degenerate } = difference
  const t = mean === null || standardError === null || degenerate ? null : mean / standardError
  const [spreadBefore, spreadAfter] = [before.standardDeviation, after.standardDeviation]
  return {
    ...difference,
    ...winTieLoss(differences, tieBand, confidence),
    dropped: baseline.length - n,
    standardDeviation: standardError === null ? null : standardError * Math.sqrt(n),
    t,
    pValue: t === null || df === null ? null : 2 * studentCdf(-Math.abs(t), df),
    unpairedStandardError:
      spreadBefore === null || spreadAfter === null ? null : Math.hypot(spreadBefore, spreadAfter) / Math.sqrt(n),
  }
}
