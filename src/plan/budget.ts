/**
 * May this attempt be sent? What may have been billed never exceeds the limit at any instant: every attempt reserves the
 * most that it can cost before it is sent, and the reservation is replaced by what it did cost.
 */
import { type Usd, ZERO_USD } from '../lib/usd.ts'

export class Budget {
  readonly #limitUsd: Usd | null
  #spentUsd = ZERO_USD
  #possiblyBilledUsd = ZERO_USD
  #reservedUsd = ZERO_USD
  #waiting: (() => void)[] = []
  #marginPermille = 1_000n
  #overruns = 0

  /** `limitUsd` null: nothing is refused, everything is counted. */
  constructor(limitUsd: Usd | null) {
    this.#limitUsd = limitUsd
  }

  /** Settled cost plus what failed attempts may have cost. */
  get committedUsd(): Usd {
    return this.#spentUsd + this.#possiblyBilledUsd
  }

  /** Settled cost alone. */
  get spentUsd(): Usd {
    return this.#spentUsd
  }

  /** Answers that cost more than the most that was expected of them (a server may add a system prompt of its own). */
  get overruns(): number {
    return this.#overruns
  }

  /**
   * Reserves the worst cost of an attempt, raised by what overruns have taught; waits for settlements while it does not fit.
   * Null when it cannot fit any more: nothing is in flight that could free money. Settle with what was reserved.
   */
  async reserve(worstUsd: Usd): Promise<Usd | null> {
    for (;;) {
      const reservedUsd = (worstUsd * this.#marginPermille) / 1_000n
      if (this.#limitUsd === null || this.committedUsd + this.#reservedUsd + reservedUsd <= this.#limitUsd) {
        this.#reservedUsd += reservedUsd
        return reservedUsd
      }
      if (this.#reservedUsd === ZERO_USD) return null
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /** Replaces a reservation by the cost that is known, or by the whole reservation when the attempt may have been billed. */
  settle(reservedUsd: Usd, outcome: { readonly costUsd: Usd } | 'possibly billed'): void {
    this.#reservedUsd -= reservedUsd
    if (outcome === 'possibly billed') this.#possiblyBilledUsd += reservedUsd
    else {
      this.#spentUsd += outcome.costUsd
      if (reservedUsd > ZERO_USD && outcome.costUsd > reservedUsd) this.#learn(reservedUsd, outcome.costUsd)
    }
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Later reservations are larger in proportion, rounded up to a thousandth. */
  #learn(reservedUsd: Usd, costUsd: Usd): void {
    this.#overruns += 1
    const needed = (costUsd * this.#marginPermille) / reservedUsd + 1n
    if (needed > this.#marginPermille) this.#marginPermille = needed
  }
}
