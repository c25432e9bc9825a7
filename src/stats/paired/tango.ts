/**
 * How far apart are two pass rates on the same items, and is a drop beyond a margin ruled out? Score limits and test for
 * pass and fail, the default: they stay honest where no pair differs.
 *
 * Source: Tango 1998, "Equivalence test and confidence interval for the difference in proportions for the paired-sample
 * design". `wins` are the pairs that only the candidate passes, `losses` those that only the baseline passes, of `n` pairs.
 */
import { normalCdf, normalQuantile } from '../special-functions.ts'

/** Halvings after which no double is left between the ends; towards 0 there are more of them than elsewhere. */
const MOST_HALVINGS = 200

/**
 * T, which is standard normal if candidate − baseline is `difference` (−1..1): positive where more was seen. Falls in
 * `difference`; ±Infinity where the variance is 0, and 0 where exactly as much was seen.
 */
export function tangoStatistic(wins: number, losses: number, n: number, difference: number): number {
  const excess = wins - losses - n * difference
  if (excess === 0) return 0
  const lost = likeliestLosses(wins, losses, n, difference)
  const variance = n * (2 * lost + difference * (1 - difference))
  return variance <= 0 ? Math.sign(excess) * Infinity : excess / Math.sqrt(variance)
}

/** Limits of candidate − baseline: the differences at which T is ±z. Never of zero width; −1 and 1 without pairs. */
export function tangoInterval(
  wins: number,
  losses: number,
  n: number,
  confidence = 0.95,
): { low: number; high: number } {
  if (n === 0) return { low: -1, high: 1 }
  const z = normalQuantile((1 + confidence) / 2)
  return { low: lowLimit(wins, losses, n, z), high: -lowLimit(losses, wins, n, z) }
}

/** The test of "the drop is `margin` or more": a small p-value rules that out. No pairs rule out nothing. */
export function tangoNoninferiority(
  wins: number,
  losses: number,
  n: number,
  margin: number,
): { z: number; pValue: number } {
  if (n === 0) return { z: 0, pValue: 1 }
  const z = tangoStatistic(wins, losses, n, -margin)
  return { z, pValue: normalCdf(-z) }
}

/** The share of losses that makes the counts most likely at the given difference: the root of a quadratic. */
function likeliestLosses(wins: number, losses: number, n: number, difference: number): number {
  const a = 2 * n
  const b = -wins - losses + (2 * n - wins + losses) * difference
  const c = -losses * difference * (1 - difference)
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c))
  // Of the two forms of the same root the one whose terms do not cancel.
  if (b <= 0) return (root - b) / (2 * a)
  return (-2 * c) / (root + b)
}

/** The difference below the one seen at which T is z; −1 where T does not get there. */
function lowLimit(wins: number, losses: number, n: number, z: number): number {
  let low = -1
  let high = (wins - losses) / n
  if (tangoStatistic(wins, losses, n, low) < z) return low
  for (let halving = 0; halving < MOST_HALVINGS; halving++) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (tangoStatistic(wins, losses, n, middle) >= z) low = middle
    else high = middle
  }
  return low
}
