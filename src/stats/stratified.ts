/**
 * What is the mean over all items, when each topic was sampled at its own rate? The stratified mean (Neyman 1934; Cochran 1977,
 * "Sampling Techniques"; statistics.md 12.3).
 */
export interface Stratum {
  /** N_h, how many items the dataset has of it. */
  readonly size: number
  /** Scores in [0, 1] of those that were asked. */
  readonly values: ArrayLike<number>
}

export interface StratifiedMean {
  /** Σ W_h·mean_h; null when a stratum was not asked at all: nobody knows its mean. */
  readonly estimate: number | null
  /** As an estimate of the mean over exactly these items; a stratum that was asked in full adds nothing. Null as the estimate. */
  readonly standardError: number | null
  /** As an estimate over items like these: without the correction for a finite dataset. */
  readonly standardErrorForNewItems: number | null
}

/**
 * Strata in an order in which neighbours are alike, such as difficulty: one that has a single score joins the next one (the last
 * the one before), since a single score has no spread.
 */
export function stratifiedMean(strata: readonly Stratum[]): StratifiedMean {
  const items = strata.reduce((sum, { size }) => sum + size, 0)
  const isComplete = items > 0 && strata.every(({ size, values }) => size === 0 || values.length > 0)
  if (!isComplete) return { estimate: null, standardError: null, standardErrorForNewItems: null }
  const asked = strata.filter(({ size }) => size > 0)
  let estimate = 0
  for (const { size, values } of asked) estimate += (size / items) * meanOf(values)
  const joined = withoutSingles(asked)
  if (joined.some(({ values }) => values.length < 2)) {
    return { estimate, standardError: null, standardErrorForNewItems: null }
  }
  let [variance, varianceForNewItems] = [0, 0]
  for (const { size, values } of joined) {
    const part = ((size / items) ** 2 * spreadOf(values)) / values.length
    varianceForNewItems += part
    variance += part * (1 - values.length / size)
  }
  return { estimate, standardError: Math.sqrt(variance), standardErrorForNewItems: Math.sqrt(varianceForNewItems) }
}

/** How many of `rows` to ask of each stratum: in proportion to size × standard deviation, at least two where there are as many. */
export function neymanAllocation(
  rows: number,
  strata: readonly { readonly size: number; readonly standardDeviation: number }[],
): number[] {
  const weights = strata.map(({ size, standardDeviation }) => size * standardDeviation)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const items = strata.reduce((sum, { size }) => sum + size, 0)
  return strata.map(({ size }, index) => {
    const share = total > 0 ? (weights[index] ?? 0) / total : size / items
    return Math.min(size, Math.max(2, Math.round(rows * share)))
  })
}

function withoutSingles(strata: readonly Stratum[]): Stratum[] {
  const joined: Stratum[] = []
  for (const stratum of strata) {
    const last = joined.at(-1)
    if (last?.values.length === 1) joined.splice(-1, 1, together(last, stratum))
    else joined.push(stratum)
  }
  const [before, last] = [joined.at(-2), joined.at(-1)]
  if (before !== undefined && last?.values.length === 1) joined.splice(-2, 2, together(before, last))
  return joined
}

function together(one: Stratum, other: Stratum): Stratum {
  return { size: one.size + other.size, values: [...Array.from(one.values), ...Array.from(other.values)] }
}

/** s² with divisor n − 1; scores that are all equal are taken for p̃(1 − p̃) with half a pass added to one row more. */
function spreadOf(values: ArrayLike<number>): number {
  const mean = meanOf(values)
  let squares = 0
  for (let row = 0; row < values.length; row++) squares += ((values[row] ?? Number.NaN) - mean) ** 2
  if (squares > ROUNDING * values.length) return squares / (values.length - 1)
  const smoothed = (mean * values.length + 0.5) / (values.length + 1)
  return smoothed * (1 - smoothed)
}

/** Squared deviations of scores in 0..1 below this are rounding. */
const ROUNDING = 1e-24

function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let row = 0; row < values.length; row++) sum += values[row] ?? Number.NaN
  return sum / values.length
}
