/** How much evidence does a step of the choice take? */
import type { ChooseDesign } from './types.ts'

/** ln of the e-value at which a null is rejected. */
export interface Levels {
  /** Of "within the margin of the best", for each contender: the mean of its processes against all others. */
  readonly logDrop: number
  /** Of "worse by the margin or more", for each contender against each other one. */
  readonly logAccept: number
}

/**
 * Half of α for any wrong drop: each of the K contenders may be one, so each gets a K-th. Half for a wrong acceptance: whoever is
 * really best, each of the K − 1 others can be wrongly accepted against it and needs to be tested against it alone. A named
 * reference cannot be dropped.
 */
export function levelsOf({ contenders, reference, alpha }: ChooseDesign): Levels {
  const others = contenders.length - 1
  const droppable = reference === null ? contenders.length : others
  return { logDrop: Math.log((2 * droppable) / alpha), logAccept: Math.log((2 * others) / alpha) }
}
