/**
 * What is the mean over all items, when only some were asked now and all were scored before? The regression estimator (Cochran
 * 1977, "Sampling Techniques"; Deng, Xu, Kohavi & Walker 2013 call it CUPED; statistics.md 12.2).
 *
 * The earlier scores must not come from this run. θ is fitted on the same rows, which biases by O(1/n): 20 rows or more.
 */
export interface ControlledMean {
  /** Slope of the new scores on the earlier ones; 0 when those are all equal. */
  readonly theta: number
  /** Null without rows. */
  readonly estimate: number | null
  /** Over items like these, √(SSE/(n − 2)/n); null with fewer than three rows. */
  readonly standardError: number | null
  /** Of the plain mean of the rows asked. */
  readonly rawStandardError: number | null
  /** Variance left of that of the plain mean; null when that has none. Above 1 the earlier scores were of no use. */
  readonly varianceRatio: number | null
}

/** `scores[i]` and `earlier[i]` are of the same item; `earlierMean` is that over all items, known exactly. */
export function controlledMean(
  scores: ArrayLike<number>,
  earlier: ArrayLike<number>,
  earlierMean: number,
): ControlledMean {
  const rows = scores.length
  const unknown = { standardError: null, rawStandardError: null, varianceRatio: null }
  if (rows === 0) return { theta: 0, estimate: null, ...unknown }
  const { y, x, yy, xx, xy } = moments(scores, earlier)
  const theta = xx <= ROUNDING * rows * x * x ? 0 : xy / xx
  const estimate = y - theta * (x - earlierMean)
  if (rows < 3) return { theta, estimate, ...unknown }
  const residuals = Math.max(0, yy - theta * xy)
  const variance = residuals / (rows - 2) / rows
  const rawVariance = yy / (rows - 1) / rows
  return {
    theta,
    estimate,
    standardError: Math.sqrt(variance),
    rawStandardError: Math.sqrt(rawVariance),
    varianceRatio: rawVariance === 0 ? null : variance / rawVariance,
  }
}

/** Squares of deviations below this share of the values' own are rounding. */
const ROUNDING = 1e-24

/** Means, and sums of squares and products around them. */
interface Moments {
  readonly y: number
  readonly x: number
  readonly yy: number
  readonly xx: number
  readonly xy: number
}

function moments(ys: ArrayLike<number>, xs: ArrayLike<number>): Moments {
  const [y, x] = [meanOf(ys), meanOf(xs)]
  let [yy, xx, xy] = [0, 0, 0]
  for (let row = 0; row < ys.length; row++) {
    const [dy, dx] = [(ys[row] ?? Number.NaN) - y, (xs[row] ?? Number.NaN) - x]
    yy += dy * dy
    xx += dx * dx
    xy += dx * dy
  }
  return { y, x, yy, xx, xy }
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let row = 0; row < values.length; row++) sum += values[row] ?? Number.NaN
  return sum / values.length
}
