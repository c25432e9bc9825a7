/**
 * How far may a rate or a mean be from the truth? Intervals from running totals: nothing here keeps the scores.
 *
 * What is estimated is the mean over the population of items like these: chance lies in the choice of items and in the
 * model's sampling. `confidence` is the two-sided level, 0 < confidence < 1.
 */
import { normalQuantile, studentQuantile } from './special-functions.ts'

/** A share or mean score with its limits, low < high. Without data the estimate is null and the limits are 0 and 1. */
export interface Interval {
  readonly estimate: number | null
  readonly low: number
  readonly high: number
  /** How the limits were found, for the reader of a report. */
  readonly method: string
}

/** A clustered share, with the number of independent rows that would be as informative. */
export interface ClusteredInterval extends Interval {
  readonly effectiveRows: number
}

/** A mean of anything, in the unit of the values. Null is unknown: an interval of zero width is never given. */
export interface MeanInterval {
  /** Null without values. */
  readonly estimate: number | null
  /** Null with fewer than two values, or when `degenerate`. */
  readonly low: number | null
  readonly high: number | null
  /** All of at least two values are equal: their spread says nothing about the values not seen. */
  readonly degenerate: boolean
  readonly method: string
}

/** Spread below this share of the size of the values is rounding, not variation. */
const ROUNDING = 1e-12

/**
 * Wilson score interval of a pass rate, rows independent (Wilson 1927, "Probable Inference, the Law of Succession, and
 * Statistical Inference"). Neither number has to be whole: effective rows and sums of graded scores are welcome.
 */
export function wilsonInterval(passes: number, n: number, confidence = 0.95): Interval {
  if (n === 0) return { estimate: null, low: 0, high: 1, method: 'wilson' }
  const z = normalQuantile((1 + confidence) / 2)
  const failures = n - passes
  const centre = (passes + (z * z) / 2) / (n + z * z)
  const halfWidth = (z / (n + z * z)) * Math.sqrt((passes * failures) / n + (z * z) / 4)
  return {
    estimate: passes / n,
    // In exact arithmetic these are 0 and 1; rounding would leave 1e-17.
    low: passes === 0 ? 0 : Math.max(0, centre - halfWidth),
    high: failures === 0 ? 1 : Math.min(1, centre + halfWidth),
    method: 'wilson',
  }
}

/** Running totals over independent clusters of rows, such as a passage's questions or an item's epochs. */
export class ClusteredRate {
  #clusters = 0
  #rows = 0
  #sum = 0
  /** Σ m² over cluster sizes m; with those weights, the mean of the cluster means and their squared deviations (West 1979). */
  #weight = 0
  #centre = 0
  #squares = 0

  /** Adds one cluster: the sum of its scores (each 0..1) and their number. A cluster without scored rows does not count. */
  add(clusterSum: number, clusterSize: number): void {
    if (clusterSize === 0) return
    this.#clusters += 1
    this.#rows += clusterSize
    this.#sum += clusterSum
    const clusterMean = clusterSum / clusterSize
    const weight = clusterSize * clusterSize
    this.#weight += weight
    const offset = clusterMean - this.#centre
    this.#centre += offset * (weight / this.#weight)
    this.#squares += weight * offset * (clusterMean - this.#centre)
  }

  /** Adds the clusters of another, which is left as it is (Chan, Golub & LeVeque 1979). */
  merge(other: ClusteredRate): void {
    if (other.#clusters === 0) return
    this.#clusters += other.#clusters
    this.#rows += other.#rows
    this.#sum += other.#sum
    const weight = this.#weight + other.#weight
    const offset = other.#centre - this.#centre
    this.#squares += other.#squares + offset ** 2 * ((this.#weight * other.#weight) / weight)
    this.#centre += offset * (other.#weight / weight)
    this.#weight = weight
  }

  get clusters(): number {
    return this.#clusters
  }

  get rows(): number {
    return this.#rows
  }

  /** Size of the cluster that a row is in, on the average over rows: Σ m² / Σ m. Without rows 0. */
  get clusterSize(): number {
    return this.#rows === 0 ? 0 : this.#weight / this.#rows
  }

  /** Mean over rows; null without rows. */
  get mean(): number | null {
    return this.#rows === 0 ? null : this.#sum / this.#rows
  }

  /**
   * Cluster-robust standard error of the mean, √(Σ u² · G/(G−1)) / n with u = Σ over a cluster of (score − mean) (Liang &
   * Zeger 1986; Miller 2024, "Adding Error Bars to Evals"). Null with fewer than two of the G clusters.
   */
  get standardError(): number | null {
    if (this.mean === null || this.#clusters < 2) return null
    // The deviations are from a mean weighted by m²; this moves them to the mean over rows without cancellation.
    const squares = this.#squares + this.#weight * (this.mean - this.#centre) ** 2
    return Math.sqrt((squares * this.#clusters) / (this.#clusters - 1)) / this.#rows
  }
}

/**
 * Interval of a pass rate whose rows come in clusters: Wilson limits at the effective number of rows of Korn & Graubard
 * 1998, min(n, p(1−p)/se² · (t_{n−1} / t_{G−1})²). Where clusters show no variation (a single one, all pass, all fail, all
 * alike) each counts as one row. Never narrower than Wilson's; clusters of one row each give n − 1 effective rows, so
 * where every row stands alone wilsonInterval is the one to use.
 */
export function clusteredRateInterval(rate: ClusteredRate, confidence = 0.95): ClusteredInterval {
  const effectiveRows = effectiveRowsOf(rate, confidence)
  const wilson = wilsonInterval((rate.mean ?? 0) * effectiveRows, effectiveRows, confidence)
  return { ...wilson, estimate: rate.mean, method: 'clustered-wilson', effectiveRows }
}

function effectiveRowsOf(rate: ClusteredRate, confidence: number): number {
  const { mean, standardError, clusters, rows } = rate
  if (mean === null || standardError === null || standardError <= ROUNDING) return clusters
  const quantile = (1 + confidence) / 2
  const tRatio = studentQuantile(quantile, rows - 1) / studentQuantile(quantile, clusters - 1)
  return Math.min(rows, ((mean * (1 - mean)) / standardError ** 2) * tRatio ** 2)
}

/**
 * Mean, spread and skewness of a stream of values: Neumaier's sum (1974) for the mean, Welford's recurrence (1962) and its
 * continuation to the third moment (Terriberry 2007) for the rest.
 */
export class RunningMean {
  #count = 0
  #sum = 0
  #lost = 0
  #centre = 0
  #squares = 0
  #cubes = 0

  add(value: number): void {
    const before = this.#count
    this.#count += 1
    const sum = this.#sum + value
    this.#lost += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum
    this.#sum = sum
    const offset = value - this.#centre
    const step = offset / this.#count
    this.#cubes += offset * step * step * before * (before - 1) - 3 * step * this.#squares
    this.#centre += step
    this.#squares += offset * (value - this.#centre)
  }

  get count(): number {
    return this.#count
  }

  get sum(): number {
    return this.#sum + this.#lost
  }

  /** Null without values. */
  get mean(): number | null {
    return this.#count === 0 ? null : this.sum / this.#count
  }

  /** Sample standard deviation (divisor n − 1); null with fewer than two values. */
  get standardDeviation(): number | null {
    return this.#count < 2 ? null : Math.sqrt(this.#squares / (this.#count - 1))
  }

  /** Third central moment over the 1.5th power of the second; null where all values are equal. */
  get skewness(): number | null {
    const { mean, standardDeviation } = this
    if (standardDeviation === null || standardDeviation <= ROUNDING * Math.abs(mean ?? 0)) return null
    return (Math.sqrt(this.#count) * this.#cubes) / this.#squares ** 1.5
  }
}

/**
 * Student t interval of a mean (Student 1908), rows independent; meant for n ≥ 30 without heavy skew. Limits may leave the
 * range of the values: clip them for display only.
 */
export function meanInterval(values: RunningMean, confidence = 0.95): MeanInterval {
  const { mean, standardDeviation, count } = values
  const unknown = { estimate: mean, low: null, high: null, degenerate: false, method: 't' }
  if (mean === null || standardDeviation === null) return unknown
  if (standardDeviation <= ROUNDING * Math.abs(mean)) return { ...unknown, degenerate: true }
  const halfWidth = (studentQuantile((1 + confidence) / 2, count - 1) * standardDeviation) / Math.sqrt(count)
  return { ...unknown, low: mean - halfWidth, high: mean + halfWidth }
}

/**
 * The same where rows come in clusters: cluster-robust standard error, and t with one degree of freedom less than there are
 * clusters (Liang & Zeger 1986; Cameron & Miller 2015). Clusters of one row each give the t interval.
 */
export function clusteredMeanInterval(values: ClusteredRate, confidence = 0.95): MeanInterval {
  const { mean, standardError, clusters, rows } = values
  const method = clusters === rows ? 't' : 'clustered-t'
  const unknown = { estimate: mean, low: null, high: null, degenerate: false, method }
  if (mean === null || standardError === null) return unknown
  if (standardError <= ROUNDING * Math.abs(mean)) return { ...unknown, degenerate: true }
  const halfWidth = studentQuantile((1 + confidence) / 2, clusters - 1) * standardError
  return { ...unknown, low: mean - halfWidth, high: mean + halfWidth }
}
