/**
 * How large must a statistic be at a scheduled look, when there are several? Alpha spending (Lan & DeMets 1983, "Discrete
 * sequential boundaries for clinical trials"; statistics.md 11.6).
 *
 * Number and times of the looks must not depend on what was seen, and the normal approximation wants 50 rows or more per look. The
 * density of the paths that have not crossed is carried from look to look on a Gauss-Legendre grid; fractions of the full
 * sample ascend and end at most at 1, bounds are for z = B(t)/√t.
 */
import { gaussLegendre } from '../gauss-legendre.ts'
import { normalCdf, normalQuantile } from '../special-functions.ts'
import { bisect } from './bisect.ts'

/** Cumulative error spent by fraction t, 0 < t ≤ 1, of the one-sided level. */
export type Spending = (t: number, alphaOneSided: number) => number

/** One bound above, or one above and one below that are alike. */
export type Sides = 'one-sided' | 'two-sided'

/** At 5 to 50 looks the bounds are those of 640 nodes to 1e-14. */
const NODES = 256
/** Standard deviations beyond which no path is looked for. */
const FAR = 9
/** No bound worth naming is beyond this z: a tail of 1e-300. */
const FURTHEST = 37

/** Little at first, nearly all at the end: 2 − 2Φ(z_{1−a/2}/√t). */
export const obfSpending: Spending = (t, alpha) => 2 * normalCdf(normalQuantile(alpha / 2) / Math.sqrt(t))

/** About as much at every look: a·ln(1 + (e − 1)t). */
export const pocockSpending: Spending = (t, alpha) => alpha * Math.log1p((Math.E - 1) * t)

/** Bounds of O'Brien-Fleming type, one-sided. */
export function obfBoundaries(fractions: readonly number[], alphaOneSided: number): number[] {
  return spendingBoundaries(fractions, alphaOneSided, { spending: obfSpending, sides: 'one-sided' })
}

/** The bounds that spend the level as `spending` says; a two-sided test spends `alphaOneSided` on each side. */
export function spendingBoundaries(
  fractions: readonly number[],
  alphaOneSided: number,
  { spending, sides }: { readonly spending: Spending; readonly sides: Sides },
): number[] {
  const each = sides === 'two-sided' ? 2 : 1
  const paths = new Paths(sides)
  let spent = 0
  return fractions.map((t) => {
    const now = spending(t, alphaOneSided)
    const share = each * (now - spent)
    spent = now
    const isSpentWithin = (z: number): boolean => paths.crossing(t, z) <= share
    const bound = bisect(isSpentWithin, { holds: FURTHEST, fails: 0 }).holds
    paths.advance(t, bound)
    return bound
  })
}

/** Probability that a Brownian motion without drift reaches the bound of at least one look. */
export function crossingProbability(fractions: readonly number[], bounds: readonly number[], sides: Sides): number {
  const paths = new Paths(sides)
  let total = 0
  for (const [look, t] of fractions.entries()) {
    const bound = bounds[look] ?? Infinity
    total += paths.crossing(t, bound)
    paths.advance(t, bound)
  }
  return total
}

/** How a constant makes the bound of a look at fraction t. */
export type Shape = (t: number) => number

/** Pocock 1977: the same bound at every look. */
export const pocockShape: Shape = () => 1

/** O'Brien & Fleming 1979: C·√(K/k). */
export const obrienFlemingShape: Shape = (t) => 1 / Math.sqrt(t)

/** The C for which bounds of C·shape(t) are crossed with probability `alpha`. */
export function boundaryConstant(
  fractions: readonly number[],
  alpha: number,
  { shape, sides }: { readonly shape: Shape; readonly sides: Sides },
): number {
  const isWithin = (constant: number): boolean => {
    const bounds = fractions.map((t) => constant * shape(t))
    return crossingProbability(fractions, bounds, sides) <= alpha
  }
  return bisect(isWithin, { holds: FAR, fails: 0 }).holds
}

/** The paths that have crossed no bound so far, as a density over their position. */
class Paths {
  readonly #sides: Sides
  #time = 0
  /** Before the first look every path is at 0. */
  #places = Float64Array.of(0)
  #masses = Float64Array.of(1)

  constructor(sides: Sides) {
    this.#sides = sides
  }

  /** Mass of the paths that are at or beyond the bound at time t. */
  crossing(t: number, bound: number): number {
    const step = Math.sqrt(t - this.#time)
    const edge = bound * Math.sqrt(t)
    let mass = 0
    for (let index = 0; index < this.#places.length; index++) {
      const place = this.#places[index] ?? 0
      const below = this.#sides === 'two-sided' ? normalCdf((-edge - place) / step) : 0
      mass += (this.#masses[index] ?? 0) * (normalCdf((place - edge) / step) + below)
    }
    return mass
  }

  /** Goes on to time t with the paths that are within the bound there. */
  advance(t: number, bound: number): void {
    const step = Math.sqrt(t - this.#time)
    const reach = FAR * Math.sqrt(t)
    const edge = Math.min(bound * Math.sqrt(t), reach)
    const { nodes, weights } = gaussLegendre(NODES, this.#sides === 'two-sided' ? -edge : -reach, edge)
    this.#masses = weights.map((weight, index) => weight * this.#density(nodes[index] ?? 0, step))
    this.#places = nodes
    this.#time = t
  }

  #density(place: number, step: number): number {
    let density = 0
    for (let index = 0; index < this.#places.length; index++) {
      const z = (place - (this.#places[index] ?? 0)) / step
      density += (this.#masses[index] ?? 0) * Math.exp((-z * z) / 2)
    }
    return density / (step * Math.sqrt(2 * Math.PI))
  }
}
