/** Where does a monotone condition change? Halving, until two neighbouring doubles or the given steps are reached. */

/** Enough for any interval of length 2 or less to shrink below 1e-15. */
const STEPS = 60

/** The two ends of the last bracket: `holds` is true at or beyond `from` on its side, and false at `until`. */
export interface Bracket {
  /** Where the condition holds. */
  readonly holds: number
  /** Next to it, where it does not. */
  readonly fails: number
}

/** `isTrue` holds at `bracket.holds`, fails at `bracket.fails` and changes once between them; neither end is evaluated. */
export function bisect(isTrue: (x: number) => boolean, bracket: Bracket): Bracket {
  let { holds, fails } = bracket
  for (let step = 0; step < STEPS; step++) {
    const middle = (holds + fails) / 2
    if (middle === holds || middle === fails) break
    if (isTrue(middle)) holds = middle
    else fails = middle
  }
  return { holds, fails }
}
