/** A rate or a mean over rows of which some hang together: the epochs of a sample, or the samples of a cluster. */
import { ClusterTable } from './cluster-table.ts'
import { ClusteredRate, clusteredMeanInterval, clusteredRateInterval, wilsonInterval } from './interval.ts'
import type { Estimate } from './types.ts'

/** Where a row belongs: rows of one sample stand next to each other, those of one cluster anywhere. */
export interface Place {
  readonly sample: number
  /** From 0; undefined: the sample stands alone. Either all rows have one or none. */
  readonly cluster?: number | undefined
}

/** Sums of values by sample, of which nothing is kept but their totals; or by cluster, 16 bytes each. */
export class ClusterTotals {
  readonly #samples = new ClusteredRate()
  #table: ClusterTable | undefined
  #sample = -1
  #sum = 0
  #size = 0

  add({ sample, cluster }: Place, value: number): void {
    if (cluster !== undefined) {
      this.#table ??= new ClusterTable(2)
      this.#table.add(cluster, value, 1)
      return
    }
    if (sample !== this.#sample) this.#closeSample()
    this.#sample = sample
    this.#sum += value
    this.#size += 1
  }

  /** Sums of the clusters by their number, as [sum, rows]; nothing where samples stand alone. */
  get table(): Iterable<readonly number[]> {
    return this.#table ?? []
  }

  totals(): ClusteredRate {
    this.#closeSample()
    return this.#table === undefined ? this.#samples : rateOf(this.#table)
  }

  #closeSample(): void {
    this.#samples.add(this.#sum, this.#size)
    this.#sum = 0
    this.#size = 0
  }
}

/** The same of sums by cluster, as [sum, rows]. */
export function rateOf(clusters: Iterable<readonly number[]>): ClusteredRate {
  const rate = new ClusteredRate()
  for (const [sum = 0, rows = 0] of clusters) rate.add(sum, rows)
  return rate
}

const NOTHING: Estimate = { value: null, low: null, high: null, n: 0, method: 'none' }

/** A share of rows that did or did not: Wilson, by the effective number of rows where some hang together. */
export function shareEstimate(rate: ClusteredRate, confidence: number): Estimate {
  const { mean, rows, clusters } = rate
  if (mean === null) return NOTHING
  const { low, high, method } =
    clusters === rows ? wilsonInterval(mean * rows, rows, confidence) : clusteredRateInterval(rate, confidence)
  return { value: mean, low, high, n: rows, ...unitsOf(rate), method }
}

/** A mean of amounts from 0 upwards, such as dollars: t, without limits where all are equal or there is one alone. */
export function amountEstimate(rate: ClusteredRate, confidence: number): Estimate {
  const { estimate, low, high, method } = clusteredMeanInterval(rate, confidence)
  if (estimate === null) return NOTHING
  const limits = low === null || high === null ? { low, high, method: 'none' } : { low: Math.max(0, low), high, method }
  return { value: estimate, n: rate.rows, ...unitsOf(rate), ...limits }
}

/** The number of independent units, where it is not that of the rows. */
export function unitsOf({ clusters, rows }: ClusteredRate): Pick<Estimate, 'units'> {
  return clusters === rows ? {} : { units: clusters }
}
