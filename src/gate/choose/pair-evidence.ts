/**
 * Is this contender worse than that one by more than the margin, or is it not? Two e-processes on the differences of their rows
 * (statistics.md 11.2): where its null is true, neither reaches 1/α with a probability above α, however often one looks.
 */
import { CAP, PairBets } from './pair-bets.ts'

/** One row of a pair: the difference of the known scores, and the share of the row that is unknown on either side. */
export interface PairRow {
  /** Sum of the known differences over all epochs, divided by the number of epochs: −1..1. */
  readonly difference: number
  /** Share of the epochs without a difference, 0..1. */
  readonly missing: number
}

/** The evidence about first − second, row by row in committed order. */
export class PairEvidence {
  readonly #margin: number
  readonly #bets: PairBets
  #logAccept = 0
  #logDrop = 0
  #rows = 0

  constructor(margin: number) {
    this.#margin = margin
    this.#bets = new PairBets(margin)
  }

  /** What is missing is taken for the worst that it can be: −1 where that speaks against accepting, +1 where against dropping. */
  add({ difference, missing }: PairRow): void {
    const margin = this.#margin
    const accept = Math.min(this.#bets.accept, CAP / (1 - margin))
    const drop = Math.min(this.#bets.drop, CAP / (1 + margin))
    this.#logAccept += Math.log1p(accept * (difference - missing + margin))
    this.#logDrop += Math.log1p(-drop * (difference + missing + margin))
    this.#rows += 1
    if (missing < 1) this.#bets.add(difference)
  }

  /** Rows that both have answered, or been asked. */
  get rows(): number {
    return this.#rows
  }

  /** ln of the evidence against "worse by the margin or more". */
  get logAccept(): number {
    return this.#logAccept
  }

  /** ln of the evidence against "within the margin". */
  get logDrop(): number {
    return this.#logDrop
  }

  /** About how many more rows would bring ln evidence of `goal` that the first is not worse by the margin; Infinity: none. */
  rowsToAccept(goal: number): number {
    return this.#rowsFor(goal - this.#logAccept, this.#bets.accept, this.#bets.mean + this.#margin)
  }

  /** The same for "worse by more than the margin". */
  rowsToDrop(goal: number): number {
    return this.#rowsFor(goal - this.#logDrop, this.#bets.drop, -this.#bets.mean - this.#margin)
  }

  /** Each row adds E ln(1 + λY) ≈ λe − λ²(σ² + e²)/2 to a process whose bet on Y, of mean e, is λ (Kelly 1956, second order). */
  #rowsFor(evidence: number, bet: number, effect: number): number {
    if (evidence <= 0) return 0
    const growth = bet * effect - (bet * bet * (this.#bets.variance + effect * effect)) / 2
    return growth > 0 ? Math.ceil(evidence / growth) : Infinity
  }
}
