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

  /**
   * Reserves the worst cost of an attempt; waits for settlements while it does not fit. False when it cannot fit any more:
   * nothing is in flight that could free money.
   */
  async reserve(worstUsd: Usd): Promise<boolean> {
    while (this.#limitUsd !== null && this.committedUsd + this.#reservedUsd + worstUsd > this.#limitUsd) {
      if (this.#reservedUsd === ZERO_USD) return false
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#reservedUsd += worstUsd
    return true
  }

  /** Replaces a reservation by the cost that is known, or by the whole reservation when the attempt may have been billed. */
  settle(reservedUsd: Usd, outcome: { readonly costUsd: Usd } | 'possibly billed'): void {
    this.#reservedUsd -= reservedUsd
    if (outcome === 'possibly billed') this.#possiblyBilledUsd += reservedUsd
    else this.#spentUsd += outcome.costUsd
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
