/**
 * What does a correct answer cost? Σ cost / Σ correct over the same items, never the mean of per-item ratios, with Fieller's
 * limits (Fieller 1954; Franz 2007, "Ratios: A short guide to confidence limits and proper use"; statistics.md 16.2).
 */
import { ClusteredRate, clusteredRateInterval, RunningMean, wilsonInterval } from './interval.ts'
import { studentQuantile } from './special-functions.ts'

/** Two means of the same rows, with the covariance of the means. */
export interface PairOfMeans {
  readonly numerator: number
  readonly denominator: number
  readonly varianceOfNumerator: number
  readonly varianceOfDenominator: number
  readonly covariance: number
  readonly degreesOfFreedom: number
}

/**
 * Which ratios agree with the means: those between the limits, those outside of them ('exclusive'), or all. Only the first is an
 * interval that one may print; the others say that the denominator cannot be told from 0.
 */
export type FiellerLimits =
  | { readonly kind: 'bounded' | 'exclusive'; readonly low: number; readonly high: number }
  | { readonly kind: 'unbounded'; readonly low: null; readonly high: null }

/** The roots of A·r² − 2B·r + C, with A = ȳ² − t²V_yy, B = x̄ȳ − t²V_xy, C = x̄² − t²V_xx. */
export function fieller(means: PairOfMeans, confidence: number): FiellerLimits {
  const { numerator, denominator, varianceOfNumerator, varianceOfDenominator, covariance } = means
  const t2 = studentQuantile((1 + confidence) / 2, means.degreesOfFreedom) ** 2
  const a = denominator ** 2 - t2 * varianceOfDenominator
  const b = numerator * denominator - t2 * covariance
  const c = numerator ** 2 - t2 * varianceOfNumerator
  const discriminant = b * b - a * c
  // With A > 0 it is never negative but for rounding.
  if (a > 0) return { kind: 'bounded', ...roots(a, b, Math.max(0, discriminant)) }
  if (a === 0 || discriminant <= 0) return { kind: 'unbounded', low: null, high: null }
  return { kind: 'exclusive', ...roots(a, b, discriminant) }
}

function roots(a: number, b: number, discriminant: number): { low: number; high: number } {
  const root = Math.sqrt(discriminant)
  const [one, other] = [(b - root) / a, (b + root) / a]
  return { low: Math.min(one, other), high: Math.max(one, other) }
}

/** Cost per correct answer, in the unit of the costs. */
export interface RatioEstimate {
  /** Null when nothing was correct. */
  readonly ratio: number | null
  /** By the delta method; null with fewer than two clusters or when nothing was correct. */
  readonly standardError: number | null
  /** Fieller's limits; null where they do not bound the ratio, and where all rows are alike. */
  readonly low: number | null
  readonly high: number | null
  /** The share of correct answers cannot be told from 0, so that there is no upper limit: say "at least". */
  readonly isUnbounded: boolean
  /** Mean cost over the upper Wilson limit of the share correct; null without rows. */
  readonly atLeast: number | null
}

/** Limits closer than this share of the ratio are rounding, not knowledge. */
const ROUNDING = 1e-12

/** Running totals over independent clusters; nothing here keeps the rows. */
export class RatioAccumulator {
  readonly #cost = new RunningMean()
  readonly #correct = new ClusteredRate()
  /** Σ m² over cluster sizes m, and with these weights the means of the cluster means, their squares and products around them. */
  #weight = 0
  #costCentre = 0
  #correctCentre = 0
  #costSquares = 0
  #correctSquares = 0
  #products = 0

  /** One row, or the sums of a cluster of so many rows. `correct` is 0..1 for a row. */
  add(cost: number, correct: number, rows = 1): void {
    if (rows === 0) return
    this.#cost.add(cost)
    this.#correct.add(correct, rows)
    const weight = rows * rows
    this.#weight += weight
    const costOffset = cost / rows - this.#costCentre
    const correctOffset = correct / rows - this.#correctCentre
    this.#costCentre += (costOffset * weight) / this.#weight
    this.#correctCentre += (correctOffset * weight) / this.#weight
    this.#costSquares += weight * costOffset * (cost / rows - this.#costCentre)
    this.#correctSquares += weight * correctOffset * (correct / rows - this.#correctCentre)
    this.#products += weight * costOffset * (correct / rows - this.#correctCentre)
  }

  get rows(): number {
    return this.#correct.rows
  }

  /** The means over rows with the cluster-robust covariance of them; null with fewer than two clusters. */
  get means(): PairOfMeans | null {
    const { clusters, rows } = this.#correct
    if (clusters < 2) return null
    const numerator = this.#cost.sum / rows
    const denominator = this.#correct.mean ?? 0
    // The deviations are from means weighted by m²; this moves them to the means over rows.
    const costShift = numerator - this.#costCentre
    const correctShift = denominator - this.#correctCentre
    const scale = clusters / (clusters - 1) / rows ** 2
    return {
      numerator,
      denominator,
      varianceOfNumerator: scale * (this.#costSquares + this.#weight * costShift ** 2),
      varianceOfDenominator: scale * (this.#correctSquares + this.#weight * correctShift ** 2),
      covariance: scale * (this.#products + this.#weight * costShift * correctShift),
      degreesOfFreedom: clusters - 1,
    }
  }

  /** The ratio with its limits at 0 < confidence < 1. */
  estimate(confidence = 0.95): RatioEstimate {
    const { rows } = this
    const correct = (this.#correct.mean ?? 0) * rows
    const ratio = correct === 0 ? null : this.#cost.sum / correct
    const atLeast = rows === 0 ? null : this.#cost.sum / rows / this.#mostCorrect(confidence)
    const { means } = this
    const limits = means === null ? null : fieller(means, confidence)
    const isUnbounded = rows > 0 && (ratio === null || (limits !== null && limits.kind !== 'bounded'))
    const standardError = means === null || ratio === null ? null : deltaError(means)
    const unknown = { ratio, standardError, low: null, high: null, isUnbounded, atLeast }
    if (limits?.kind !== 'bounded' || limits.high - limits.low <= ROUNDING * Math.abs(limits.high)) return unknown
    return { ...unknown, low: limits.low, high: limits.high }
  }

  #mostCorrect(confidence: number): number {
    const { clusters, rows, mean } = this.#correct
    if (clusters < rows) return clusteredRateInterval(this.#correct, confidence).high
    return wilsonInterval((mean ?? 0) * rows, rows, confidence).high
  }
}

/** √(V_xx − 2R·V_xy + R²·V_yy) / ȳ. */
function deltaError(means: PairOfMeans): number {
  const ratio = means.numerator / means.denominator
  const variance =
    means.varianceOfNumerator - 2 * ratio * means.covariance + ratio * ratio * means.varianceOfDenominator
  return Math.sqrt(Math.max(0, variance)) / means.denominator
}
