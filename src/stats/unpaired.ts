/**
 * How far apart are two models that were asked different items? Whatever has pairs is better compared by them (paired/).
 */
import { wilsonInterval } from './interval.ts'
import { studentCdf, studentQuantile } from './special-functions.ts'

/** What is known of one side: a mean with its standard error and the degrees of freedom of that (meanDifference gives it). */
export interface MeanWithError {
  readonly mean: number | null
  readonly standardError: number | null
  readonly df: number | null
}

/** Candidate − baseline. All null where one side has fewer than two rows or clusters. */
export interface WelchDifference {
  readonly estimate: number | null
  readonly standardError: number | null
  /** Not whole, as a rule. */
  readonly df: number | null
  readonly t: number | null
  /** Two-sided, of "no difference". */
  readonly pValue: number | null
  readonly low: number | null
  readonly high: number | null
  /** Neither side has any spread: for pass and fail newcombeUnpaired still has limits. */
  readonly degenerate: boolean
}

/** Two means without assuming equal variances (Welch 1947). With clusters: their standard errors and G − 1 are all it takes. */
export function welch(candidate: MeanWithError, baseline: MeanWithError, confidence = 0.95): WelchDifference {
  const unknown = { standardError: null, df: null, t: null, pValue: null, low: null, high: null, degenerate: false }
  if (candidate.mean === null || baseline.mean === null) return { ...unknown, estimate: null }
  const estimate = candidate.mean - baseline.mean
  const [one, other] = [varianceOf(candidate), varianceOf(baseline)]
  if (one === null || other === null) return { ...unknown, estimate }
  const variance = one.variance + other.variance
  if (variance === 0) return { ...unknown, estimate, degenerate: true }
  const df = variance ** 2 / (one.variance ** 2 / one.df + other.variance ** 2 / other.df)
  const standardError = Math.sqrt(variance)
  const t = estimate / standardError
  const halfWidth = studentQuantile((1 + confidence) / 2, df) * standardError
  return {
    estimate,
    standardError,
    df,
    t,
    pValue: 2 * studentCdf(-Math.abs(t), df),
    low: estimate - halfWidth,
    high: estimate + halfWidth,
    degenerate: false,
  }
}

function varianceOf({ standardError, df }: MeanWithError): { variance: number; df: number } | null {
  return standardError === null || df === null ? null : { variance: standardError ** 2, df }
}

/** Passes of so many rows. */
export interface PassCount {
  readonly passes: number
  readonly n: number
}

/**
 * Difference of two pass rates from both Wilson intervals (Newcombe 1998, "Interval estimation for the difference between
 * independent proportions", method 10). Never of zero width; −1 and 1 where one side has no rows.
 */
export function newcombeUnpaired(
  candidate: PassCount,
  baseline: PassCount,
  confidence = 0.95,
): { estimate: number | null; low: number; high: number } {
  const one = wilsonInterval(candidate.passes, candidate.n, confidence)
  const other = wilsonInterval(baseline.passes, baseline.n, confidence)
  if (one.estimate === null || other.estimate === null) return { estimate: null, low: -1, high: 1 }
  const estimate = one.estimate - other.estimate
  return {
    estimate,
    low: estimate - Math.hypot(one.estimate - one.low, other.high - other.estimate),
    high: estimate + Math.hypot(one.high - one.estimate, other.estimate - other.low),
  }
}
