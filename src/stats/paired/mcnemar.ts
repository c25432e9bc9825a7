/**
 * Do two models pass the same items equally often? McNemar's test, with the probabilities themselves: of the pairs that
 * differ, each is a win or a loss with probability ½ if nothing has changed.
 *
 * Not for items in clusters, which are no independent evidence.
 */
import { binomialCdf, lnChoose } from '../special-functions.ts'

/** P-values, each for both directions, for "the candidate is worse" (less) and for "it is better" (greater). */
export interface McNemar {
  /** Holds its level in every case (McNemar 1947). */
  readonly exact: number
  readonly exactLess: number
  readonly exactGreater: number
  /** Half of the probability of what was seen: close to its level on the average (Fagerland, Lydersen & Laake 2013). */
  readonly midP: number
  readonly midPLess: number
  readonly midPGreater: number
}

/** `wins` are the pairs that only the candidate passes, `losses` those that only the baseline passes. */
export function mcnemar(wins: number, losses: number): McNemar {
  const differing = wins + losses
  // "Nothing differs" is no evidence in either direction: even mid-p, which would be ½, says 1.
  if (differing === 0) return { exact: 1, exactLess: 1, exactGreater: 1, midP: 1, midPLess: 1, midPGreater: 1 }
  const seen = Math.exp(lnChoose(differing, wins) - differing * Math.LN2)
  const exactLess = binomialCdf(wins, differing, 0.5)
  const exactGreater = binomialCdf(losses, differing, 0.5)
  const exact = Math.min(1, 2 * Math.min(exactLess, exactGreater))
  return {
    exact,
    exactLess,
    exactGreater,
    midP: wins === losses ? 1 - seen / 2 : exact - seen,
    midPLess: exactLess - seen / 2,
    midPGreater: exactGreater - seen / 2,
  }
}
