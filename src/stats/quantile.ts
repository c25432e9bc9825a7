/**
 * How slow are the slow ones? The one definition of a percentile, and an interval for it that assumes no distribution.
 *
 * Values come in ascending order and in any unit. A request that never ended may stand at the end as Infinity.
 */
import { binomialCdf } from './special-functions.ts'

/** Absorbs float error in p · n: 0.07 × 100 is a little more than 7. */
const RANK_ROUNDING = 1e-9
/** Absorbs float error where a binomial probability meets its bound exactly: P(B ≤ 0) = 1/16 at n = 4, p = 1/2. */
const PROBABILITY_ROUNDING = 1e-12

/** Order statistics, counted from 1, that enclose a quantile. */
export interface QuantileRanks {
  /** Null when n is too small for a lower limit. */
  readonly lowRank: number | null
  /** Null when n is too small for an upper limit: two-sided 95 % needs 6 values for p50, 72 for p95, 368 for p99. */
  readonly highRank: number | null
  /** Attained probability of enclosing the quantile, at least the confidence asked for; ties only add to it. */
  readonly coverage: number
}

export interface QuantileInterval extends QuantileRanks {
  /** The nearest-rank percentile; null without values. */
  readonly estimate: number | null
  /** Null is unbounded: print "no lower bound" or "no upper bound", never the minimum or maximum. */
  readonly low: number | null
  readonly high: number | null
  readonly method: string
}

/** Nearest-rank percentile: the value of rank max(1, ⌈p·n⌉), for 0 ≤ p ≤ 1. Null without values. */
export function nearestRank(sorted: ArrayLike<number>, p: number): number | null {
  const rank = Math.max(1, Math.ceil(p * sorted.length - RANK_ROUNDING))
  return valueAt(sorted, rank)
}

/**
 * Distribution-free confidence interval for the p-quantile, 0 < p < 1, values independent (Hahn & Meeker 1991,
 * "Statistical Intervals"). Requests of one burst share rate limits: read it as a lower bound on the uncertainty.
 */
export function quantileInterval(sorted: ArrayLike<number>, p: number, confidence = 0.95): QuantileInterval {
  const ranks = quantileRanks(sorted.length, p, confidence)
  return {
    estimate: nearestRank(sorted, p),
    low: valueAt(sorted, ranks.lowRank),
    high: valueAt(sorted, ranks.highRank),
    method: 'order statistics',
    ...ranks,
  }
}

/**
 * Ranks of that interval among n values: with B ~ Binomial(n, p), the largest r with P(B ≤ r−1) ≤ α/2 and the smallest
 * with P(B ≤ r−1) ≥ 1 − α/2.
 */
export function quantileRanks(n: number, p: number, confidence = 0.95): QuantileRanks {
  const tail = (1 - confidence) / 2
  const below = (rank: number): number => binomialCdf(rank - 1, n, p)
  const aboveLow = firstRank(n, (rank) => below(rank) > tail + PROBABILITY_ROUNDING)
  const lowRank = aboveLow === 1 ? null : aboveLow - 1
  const high = firstRank(n, (rank) => below(rank) >= 1 - tail - PROBABILITY_ROUNDING)
  const highRank = high > n ? null : high
  const coverage = (highRank === null ? 1 : below(highRank)) - (lowRank === null ? 0 : below(lowRank))
  return { lowRank, highRank, coverage }
}

/** The smallest rank of 1..n from which on `holds` is true, or n + 1, by bisection: binomial probabilities cost time. */
function firstRank(n: number, holds: (rank: number) => boolean): number {
  let low = 1
  let high = n + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

function valueAt(sorted: ArrayLike<number>, rank: number | null): number | null {
  return rank === null ? null : (sorted[rank - 1] ?? null)
}
