/**
 * Is this contender worse than that one by more than the margin, or is it not? Two e-processes on the differences of their rows
 * (statistics.md 11.4 and 11.9): where its null is true, neither reaches 1/α with a probability above α, however often one looks.
 *
 * The bets are those of the gate. Here the evidence itself is wanted and no verdict: that of several pairs is put together.
 */
import { betsAt, type SettledDesign, settled, varianceBefore } from '../../stats/sequential/gate-design.ts'
import type { PredictableVariance } from '../../stats/sequential/predictable-variance.ts'

/** One row of a pair. */
export interface PairRow {
  /** Sum of the known differences over all epochs, divided by the number of epochs: −1..1. */
  readonly difference: number
  /** Share of the epochs without a difference, 0..1. */
  readonly missing: number
}

/** What the bets are made by. The levels are those of the caller: a bet knows nothing of them. */
export function betDesign(margin: number): SettledDesign {
  return settled({ margin, alarmOn: 'over-margin', alphaPass: 0.5, alphaRegression: 0.5 })
}

/** The evidence about first − second, row by row in committed order. */
export class PairEvidence {
  readonly #design: SettledDesign
  readonly #variance: PredictableVariance
  #logAccept = 0
  #logDrop = 0
  #sum = 0
  #known = 0

  constructor(margin: number) {
    this.#design = betDesign(margin)
    this.#variance = varianceBefore(this.#design)
  }

  /** What is missing is taken for the worst that it can be: −1 where that speaks against accepting, +1 where against dropping. */
  add({ difference, missing }: PairRow): void {
    const { margin } = this.#design
    const { pass, regression } = betsAt(this.#design, this.#variance.value)
    this.#logAccept += Math.log1p(pass * (difference - missing + margin))
    this.#logDrop += Math.log1p(-regression * (difference + missing + margin))
    if (missing < 1) this.#variance.add(difference)
    this.#sum += difference
    this.#known += 1 - missing
  }

  /** ln of the evidence against "worse by the margin or more". */
  get logAccept(): number {
    return this.#logAccept
  }

  /** ln of the evidence against "within the margin". */
  get logDrop(): number {
    return this.#logDrop
  }

  /**
   * About how many more rows would bring ln evidence of `goal` that the first is not worse by the margin; Infinity: none. The
   * true difference is taken for the one seen, and so many standard errors more in favour.
   */
  rowsToAccept(goal: number, favour: number): number {
    const { pass } = betsAt(this.#design, this.#variance.value)
    return this.#rowsFor(goal - this.#logAccept, pass, this.#mean + this.#design.margin + favour * this.#error)
  }

  /** The same for "worse by more than the margin". */
  rowsToDrop(goal: number, favour: number): number {
    const { regression } = betsAt(this.#design, this.#variance.value)
    return this.#rowsFor(goal - this.#logDrop, regression, favour * this.#error - this.#mean - this.#design.margin)
  }

  get #mean(): number {
    return this.#known === 0 ? 0 : this.#sum / this.#known
  }

  /** Standard error of the mean. */
  get #error(): number {
    return Math.sqrt(this.#variance.value / Math.max(1, this.#known))
  }

  /** Each row adds E ln(1 + λY) ≈ λe − λ²(σ² + e²)/2 to a process whose bet on Y, of mean e, is λ (Kelly 1956, second order). */
  #rowsFor(evidence: number, bet: number, effect: number): number {
    if (evidence <= 0) return 0
    const growth = bet * effect - (bet * bet * (this.#variance.value + effect * effect)) / 2
    return growth > 0 ? Math.ceil(evidence / growth) : Infinity
  }
}
