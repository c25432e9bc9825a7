/**
 * How far may a pass rate be from the truth when a guarantee is wanted (Clopper-Pearson), or the shortest fair interval
 * (Jeffreys)? Both from quantiles of the beta distribution; rows independent. Wilson (interval.ts) is the default.
 */
import type { Interval } from './interval.ts'
import { betaQuantile } from './special-functions.ts'

/** Covers the truth at least as often as it says, whatever the truth is (Clopper & Pearson 1934). Wider than Wilson. */
export function clopperPearsonInterval(passes: number, n: number, confidence = 0.95): Interval {
  return {
    estimate: n === 0 ? null : passes / n,
    low: clopperPearsonLow(passes, n, (1 + confidence) / 2),
    high: clopperPearsonHigh(passes, n, (1 + confidence) / 2),
    method: 'clopper-pearson',
  }
}

/** The bound that the rate is above with this one-sided confidence. */
export function clopperPearsonLow(passes: number, n: number, confidence = 0.95): number {
  return passes === 0 ? 0 : betaQuantile(1 - confidence, passes, n - passes + 1)
}

/** The bound that the rate is below with this one-sided confidence: the mirror of the other. */
export function clopperPearsonHigh(passes: number, n: number, confidence = 0.95): number {
  return 1 - clopperPearsonLow(n - passes, n, confidence)
}

/**
 * Equal tails of the posterior with the Beta(½, ½) prior: short, and right on the average over true rates. Without passes
 * the lower limit is 0, without failures the upper one 1 (Brown, Cai & DasGupta 2001).
 */
export function jeffreysInterval(passes: number, n: number, confidence = 0.95): Interval {
  const failures = n - passes
  const tail = (1 - confidence) / 2
  return {
    estimate: n === 0 ? null : passes / n,
    low: passes === 0 ? 0 : betaQuantile(tail, passes + 0.5, failures + 0.5),
    high: failures === 0 ? 1 : 1 - betaQuantile(tail, failures + 0.5, passes + 0.5),
    method: 'jeffreys',
  }
}
