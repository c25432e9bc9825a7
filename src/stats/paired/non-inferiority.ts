/**
 * Is it proven that the candidate is not worse by more than a margin? "No significant difference" proves nothing of the
 * kind: a tiny run always shows none. Here the burden of proof is on the change.
 *
 * Sources: Schuirmann 1987 (two one-sided tests); Lakens 2017, "Equivalence Tests".
 */
import { studentCdf } from '../special-functions.ts'
import { type MeanDifference, meanDifference } from './difference.ts'

/** A mean held against a threshold. */
export interface OneSided {
  readonly t: number
  /** P-value of "the mean is not above the threshold": small means that it is. */
  readonly pGreater: number
  /** P-value of "the mean is not below the threshold". */
  readonly pLess: number
}

/** Student's test of a mean against a threshold, in both directions. The standard error has to be above 0. */
export function oneSided(mean: number, standardError: number, df: number, threshold: number): OneSided {
  const t = (mean - threshold) / standardError
  return { t, pGreater: studentCdf(-t, df), pLess: studentCdf(t, df) }
}

/** A mean difference against both ends of ±margin. */
export interface Equivalence {
  /** Limits at level 1 − 2α: they lie inside ±margin exactly if `equivalent`. */
  readonly difference: MeanDifference
  /** Against −margin. Null, like all that follows from it, where there is no spread to test by. */
  readonly lower: OneSided | null
  /** Against +margin. */
  readonly upper: OneSided | null
  /** The larger of both one-sided p-values. */
  readonly pValue: number | null
  readonly noninferior: boolean | null
  readonly equivalent: boolean | null
}

/** Two one-sided tests: not worse by `margin` or more, and not better by `margin` or more. */
export function equivalence(
  differences: ArrayLike<number>,
  clusters: ArrayLike<number> | null,
  { margin, alpha = 0.05 }: { margin: number; alpha?: number },
): Equivalence {
  const difference = meanDifference(differences, clusters, 1 - 2 * alpha)
  const { mean, standardError, df, degenerate } = difference
  if (mean === null || standardError === null || df === null || degenerate) {
    return { difference, lower: null, upper: null, pValue: null, noninferior: null, equivalent: null }
  }
  const lower = oneSided(mean, standardError, df, -margin)
  const upper = oneSided(mean, standardError, df, margin)
  const pValue = Math.max(lower.pGreater, upper.pLess)
  return { difference, lower, upper, pValue, noninferior: lower.pGreater < alpha, equivalent: pValue < alpha }
}
