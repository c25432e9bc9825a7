/**
 * How much is laid on the next row? Bets on the difference between two contenders, each known before the row that it is laid on
 * (statistics.md 11.4 and 11.9).
 *
 * A bet is near the one of largest growth for an effect e and variance v, e / (v + e²). The effect is the margin, the smallest
 * that matters; where the rows so far show a larger one, its lower limit: what is far off is told apart in fewer rows.
 */
import { PredictableVariance } from '../../stats/sequential/predictable-variance.ts'

/** Largest share of the capital that one bet can lose. */
export const CAP = 0.75

/** Assumed before any row is known; it counts as so many rows. */
const PRIOR = { weight: 10, variance: 0.25, mean: 0 }

/** Standard errors that the effect seen is taken to be off by. */
const CAUTION = 1

/** Bets on the differences of one pair, first − second. */
export class PairBets {
  readonly #margin: number
  readonly #variance = new PredictableVariance(PRIOR)
  #rows = 0
  #sum = 0

  constructor(margin: number) {
    this.#margin = margin
  }

  get variance(): number {
    return this.#variance.value
  }

  /** Mean difference so far, drawn towards 0. */
  get mean(): number {
    return this.#sum / (PRIOR.weight + this.#rows)
  }

  /** On "the first is not worse by the margin", before any cap. */
  get accept(): number {
    return this.#betOn(this.mean + this.#margin)
  }

  /** On "the first is worse by more than the margin", before any cap. */
  get drop(): number {
    return this.#betOn(-this.mean - this.#margin)
  }

  add(difference: number): void {
    this.#rows += 1
    this.#sum += difference
    this.#variance.add(difference)
  }

  #betOn(seen: number): number {
    const variance = this.#variance.value
    const lowerLimit = seen - CAUTION * Math.sqrt(variance / (PRIOR.weight + this.#rows))
    const effect = Math.max(this.#margin, lowerLimit)
    return effect / (variance + effect * effect)
  }
}
