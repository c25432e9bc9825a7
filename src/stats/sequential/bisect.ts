/** Where does a monotone condition change? By halving for a condition, with fewer evaluations for a smooth function. */

/** Enough for any interval of length 2 or less to shrink below 1e-15. */
const HALVINGS = 60
/** Chandrupatla's method takes about ten on a smooth function and is never much slower than halving. */
const MOST_EVALUATIONS = 200
/** Ends closer than this share of their size, or than this, are one place. */
const PRECISION = 2 ** -52

/** The two ends of a bracket, in either order. */
export interface Bracket {
  /** Where the condition holds. */
  readonly holds: number
  /** Where it does not. */
  readonly fails: number
}

/** `isTrue` holds at `bracket.holds`, fails at `bracket.fails` and changes once between them; neither end is evaluated. */
export function bisect(isTrue: (x: number) => boolean, bracket: Bracket): Bracket {
  let { holds, fails } = bracket
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (holds + fails) / 2
    if (middle === holds || middle === fails) break
    if (isTrue(middle)) holds = middle
    else fails = middle
  }
  return { holds, fails }
}

interface Point {
  readonly x: number
  readonly y: number
}

/**
 * The last bracket around the place where a continuous `f` changes from ≥ 0 (holds) to below 0 (fails), by inverse quadratic steps
 * where three points look like a parabola and by halving where not (Chandrupatla 1997, "A new hybrid quadratic/bisection
 * algorithm"). Steps never come closer to an end than the precision, so that both ends close in. `f` may be infinite.
 */
export function signChange(f: (x: number) => number, { holds, fails }: Bracket): Bracket {
  let newest = { x: holds, y: f(holds) }
  let opposite = { x: fails, y: f(fails) }
  let step = 0.5
  for (let evaluation = 0; evaluation < MOST_EVALUATIONS; evaluation++) {
    const x = newest.x + step * (opposite.x - newest.x)
    const next = { x, y: f(x) }
    const isSameSide = next.y >= 0 === newest.y >= 0
    const before = isSameSide ? newest : opposite
    if (!isSameSide) opposite = newest
    newest = next
    const least = (PRECISION * Math.max(1, Math.abs(x))) / Math.abs(opposite.x - newest.x)
    if (least > 0.5) break
    step = Math.min(1 - least, Math.max(least, quadraticStep(newest, opposite, before)))
  }
  return newest.y >= 0 ? { holds: newest.x, fails: opposite.x } : { holds: opposite.x, fails: newest.x }
}

/** Share of the way from the newest point to the opposite one; a half where the points are no parabola. */
function quadraticStep(newest: Point, opposite: Point, before: Point): number {
  const along = (newest.x - opposite.x) / (before.x - opposite.x)
  const up = (newest.y - opposite.y) / (before.y - opposite.y)
  // Comparisons with NaN, which infinite values give, are false.
  if (!(up * up < along && (1 - up) ** 2 < 1 - along)) return 0.5
  const first = (newest.y / (opposite.y - newest.y)) * (before.y / (opposite.y - before.y))
  const second = (newest.y / (before.y - newest.y)) * (opposite.y / (before.y - opposite.y))
  const step = first + ((before.x - newest.x) / (opposite.x - newest.x)) * second
  return Number.isFinite(step) ? step : 0.5
}
