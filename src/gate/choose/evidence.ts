/** Who is good enough, who is out? The evidence of every contender against every other, taken in row by row. */
import { type Levels, levelsOf } from './levels.ts'
import { logMean } from './log-mean.ts'
import { PairEvidence } from './pair-evidence.ts'
import type { SettledTrials } from './settled-trials.ts'
import type { ChooseDesign } from './types.ts'

/**
 * A contender is dropped when "within the margin of the best" is rejected: whoever is best, the mean of its processes against
 * all others is then an e-process of that null, since each of them is one. It is accepted when "worse by the margin or more" is
 * rejected against every contender that is still in: the best is among those, or it was dropped wrongly.
 */
export class Evidence {
  readonly #levels: Levels
  /** By first and second; null where there is nothing to compare. */
  readonly #pairs: readonly (readonly (PairEvidence | null)[])[]
  /** Rows at which "worse by the margin" was first rejected, by first and second; 0: not so far. */
  readonly #rejectedAt: readonly Uint32Array[]
  readonly #droppedAt: Uint32Array

  constructor(design: ChooseDesign) {
    const { contenders, reference, margin } = design
    const isCompared = (first: number, second: number): boolean =>
      first !== second && (reference === null || second === reference)
    this.#levels = levelsOf(design)
    this.#pairs = contenders.map((_one, first) =>
      contenders.map((_other, second) => (isCompared(first, second) ? new PairEvidence(margin) : null)),
    )
    this.#rejectedAt = contenders.map(() => new Uint32Array(contenders.length))
    this.#droppedAt = new Uint32Array(contenders.length)
  }

  /** Contenders that are still in. */
  get remaining(): number[] {
    return this.#pairs.flatMap((_pairs, contender) => (this.isDropped(contender) ? [] : [contender]))
  }

  isDropped(contender: number): boolean {
    return this.#droppedAt[contender] !== 0
  }

  /** From 1; null: it was not. */
  droppedAtRow(contender: number): number | null {
    return this.#droppedAt[contender] || null
  }

  isAccepted(contender: number): boolean {
    return (
      !this.isDropped(contender) &&
      this.rivals(contender).every((rival) => this.rejectedAtRow(contender, rival) !== null)
    )
  }

  /** Those that a contender has to be tested against: still in, and the best for all that is known. */
  rivals(contender: number): number[] {
    return this.remaining.filter((other) => this.pair(contender, other) !== null)
  }

  /** Row, from 1, at which "worse than that one by the margin or more" was first rejected; null: not so far. */
  rejectedAtRow(first: number, second: number): number | null {
    return this.#rejectedAt[first]?.[second] || null
  }

  pair(first: number, second: number): PairEvidence | null {
    return this.#pairs[first]?.[second] ?? null
  }

  /** A row that every remaining contender has settled, counted from 0. */
  add(row: number, trials: SettledTrials): void {
    const remaining = this.remaining
    for (const first of remaining) {
      for (const second of remaining) this.#addPair(row, first, second, trials)
    }
    this.#drop(row, remaining)
  }

  /**
   * About how many more rows would accept a contender, and how many would drop it; Infinity: none. `favour` is how many standard
   * errors the true differences are more decided than those seen.
   */
  rowsToSettle(contender: number, favour: number): { readonly accept: number; readonly drop: number } {
    const rivals = this.rivals(contender)
    const { logAccept, logDrop } = this.#levels
    const open = rivals.filter((rival) => this.rejectedAtRow(contender, rival) === null)
    return {
      accept: Math.max(
        0,
        ...open.map((rival) => this.pair(contender, rival)?.rowsToAccept(logAccept, favour) ?? Infinity),
      ),
      // One rival alone has to bring the whole mean up.
      drop: Math.min(
        Infinity,
        ...rivals.map(
          (rival) =>
            this.pair(contender, rival)?.rowsToDrop(logDrop + Math.log(this.#compared(contender).length), favour) ??
            Infinity,
        ),
      ),
    }
  }

  #addPair(row: number, first: number, second: number, trials: SettledTrials): void {
    const pair = this.pair(first, second)
    const rejectedAt = this.#rejectedAt[first]
    if (pair === null || rejectedAt === undefined) return
    pair.add(trials.pairRow(row, first, second))
    if (rejectedAt[second] === 0 && pair.logAccept >= this.#levels.logAccept) rejectedAt[second] = row + 1
  }

  /** Somebody stays, whatever the evidence. */
  #drop(row: number, remaining: readonly number[]): void {
    const against = remaining
      .map((contender) => ({ contender, log: this.#logDrop(contender) }))
      .filter(({ log }) => log >= this.#levels.logDrop)
      .sort((a, b) => b.log - a.log || a.contender - b.contender)
    for (const { contender } of against.slice(0, remaining.length - 1)) this.#droppedAt[contender] = row + 1
  }

  #logDrop(contender: number): number {
    return logMean(this.#compared(contender).map((pair) => pair.logDrop))
  }

  /** With all that it was ever compared with: the processes of those that were dropped stand still. */
  #compared(contender: number): readonly PairEvidence[] {
    return (this.#pairs[contender] ?? []).filter((pair) => pair !== null)
  }
}
