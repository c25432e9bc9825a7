/**
 * Could the labels of the two models be swapped item by item without anybody noticing? If nothing has changed, the sign of
 * every difference is a coin: the p-value is the share of sign patterns with a sum as extreme as the one seen.
 *
 * On pass and fail the exact test is McNemar's. With clusters whole clusters are swapped: hand in their sums (clusterSums).
 * Sources: Fisher 1935; Phipson & Smyth 2010, "Permutation P-values Should Never Be Zero".
 */
import { randomFrom } from '../../lib/random.ts'

/** P-values for "the sum is not 0", "it is above 0" and "it is below 0". */
export interface SignFlips {
  readonly pTwoSided: number
  readonly pGreater: number
  readonly pLess: number
  /** Sign patterns behind them: all there are, or those drawn. */
  readonly patterns: number
  readonly exact: boolean
}

/** Patterns to draw where there are too many to go through. */
interface Sampling {
  /** Names the stream of random numbers: `seed|purpose|metric|comparison`. */
  readonly label: string
  /** 9,999 unless given. */
  readonly resamples?: number
}

/** Up to this many differences that are not 0 all sign patterns are gone through, a million of them. */
const MOST_EXACT = 20
const RESAMPLES = 9_999
/** Sums that differ by less than this share of Σ|d| are equal: the same numbers were added in another order. */
const ROUNDING = 1e-12

/** The exact test for few differences, else the sampled one, which takes as many random numbers as differences × patterns. */
export function signFlipTest(differences: ArrayLike<number>, sampling: Sampling): SignFlips {
  const moving = nonZero(differences)
  return moving.length <= MOST_EXACT ? exactSignFlips(moving) : sampledSignFlips(moving, sampling)
}

/** All sign patterns of at most some twenty differences. */
export function exactSignFlips(differences: ArrayLike<number>): SignFlips {
  const moving = nonZero(differences)
  const count = counterOf(moving)
  const sums = new Float64Array(2 ** moving.length)
  sums[0] = sumOf(moving)
  for (const [bit, difference] of moving.entries()) {
    const known = 2 ** bit
    for (let pattern = 0; pattern < known; pattern++) sums[known + pattern] = (sums[pattern] ?? 0) - 2 * difference
  }
  for (const sum of sums) count.add(sum)
  const { twoSided, greater, less } = count.extremes
  const patterns = sums.length
  return {
    pTwoSided: twoSided / patterns,
    pGreater: greater / patterns,
    pLess: less / patterns,
    patterns,
    exact: true,
  }
}

/** Sign patterns drawn at random; what was seen counts as one of them, so that no p-value is 0. */
export function sampledSignFlips(
  differences: ArrayLike<number>,
  { label, resamples = RESAMPLES }: Sampling,
): SignFlips {
  const moving = nonZero(differences)
  const count = counterOf(moving)
  const random = randomFrom(label)
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0
    for (const difference of moving) sum += random.uint32() >= 2 ** 31 ? -difference : difference
    count.add(sum)
  }
  const { twoSided, greater, less } = count.extremes
  const patterns = resamples + 1
  return {
    pTwoSided: (1 + twoSided) / patterns,
    pGreater: (1 + greater) / patterns,
    pLess: (1 + less) / patterns,
    patterns: resamples,
    exact: false,
  }
}

/** Counts the sums that are as extreme as that of the differences themselves. */
function counterOf(differences: Float64Array): {
  readonly extremes: { twoSided: number; greater: number; less: number }
  add(sum: number): void
} {
  const seen = sumOf(differences)
  const slack = ROUNDING * differences.reduce((sum, difference) => sum + Math.abs(difference), 0)
  const extremes = { twoSided: 0, greater: 0, less: 0 }
  return {
    extremes,
    add(sum) {
      if (Math.abs(sum) >= Math.abs(seen) - slack) extremes.twoSided += 1
      if (sum >= seen - slack) extremes.greater += 1
      if (sum <= seen + slack) extremes.less += 1
    },
  }
}

function nonZero(differences: ArrayLike<number>): Float64Array {
  return Float64Array.from(differences).filter((difference) => difference !== 0)
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}
