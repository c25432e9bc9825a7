/**
 * May this attempt be sent? What may have been billed never exceeds the limit at any instant: every attempt reserves the
 * most that it can cost before it is sent, and the reservation is replaced by what it did cost.
 */
import { type Usd, ZERO_USD } from '../lib/usd.ts'

/** Money set aside for one attempt. Settle it exactly once. */
export interface Reservation {
  readonly model: string
  /** The most that the attempt was expected to cost. */
  readonly worstUsd: Usd
  /** What is set aside: the same, raised by what overruns of the model have taught. */
  readonly usd: Usd
}

/** What an attempt did cost. */
export interface Settlement {
  readonly costUsd: Usd
  /** Nobody reported it: up to the whole reservation may have been billed. */
  readonly isEstimate?: boolean
}

export interface EarlierCosts {
  /** Of answers that count. */
  readonly spentUsd: Usd
  /** What other attempts billed or may have billed. */
  readonly lostUsd: Usd
  /** By model: the most that an answer has cost, in thousandths of what had been reserved for it, where that is above 1,000. */
  readonly overrunsPermille: ReadonlyMap<string, bigint>
}

export class Budget {
  readonly #limitUsd: Usd | null
  readonly #stop: AbortSignal
  #spentUsd: Usd
  #possiblyBilledUsd: Usd
  #reservedUsd = ZERO_USD
  #waiting: (() => void)[] = []
  /** By model: how many thousandths of the worst cost are set aside. */
  readonly #marginsPermille: Map<string, bigint>
  #overruns = 0
  #leastRefusedUsd: Usd | null = null

  /**
   * `limitUsd` null: nothing is refused, everything is counted. `stop` aborted: nobody waits any longer. `earlier` is what
   * earlier sessions of the run have taken already.
   */
  constructor(limitUsd: Usd | null, stop: AbortSignal, earlier: Partial<EarlierCosts> = {}) {
    this.#limitUsd = limitUsd
    this.#stop = stop
    this.#spentUsd = earlier.spentUsd ?? ZERO_USD
    this.#possiblyBilledUsd = earlier.lostUsd ?? ZERO_USD
    this.#marginsPermille = new Map(earlier.overrunsPermille)
    stop.addEventListener('abort', () => this.#wakeAll(), { once: true })
  }

  /** Settled cost plus what failed attempts, and estimated answers beyond their estimate, may have cost. */
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

  /** The smallest amount that could not be set aside any more; null: none. */
  get leastRefusedUsd(): Usd | null {
    return this.#leastRefusedUsd
  }

  /**
   * Reserves the worst cost of an attempt; waits for settlements while it does not fit. Null when it cannot fit any more,
   * since nothing is in flight that could free money, and when the run is stopped.
   */
  async reserve(worstUsd: Usd, model: string): Promise<Reservation | null> {
    for (;;) {
      if (this.#stop.aborted) return null
      const usd = (worstUsd * (this.#marginsPermille.get(model) ?? 1_000n)) / 1_000n
      if (this.#limitUsd === null || this.committedUsd + this.#reservedUsd + usd <= this.#limitUsd) {
        this.#reservedUsd += usd
        return { model, worstUsd, usd }
      }
      if (this.#reservedUsd === ZERO_USD) {
        if (this.#leastRefusedUsd === null || usd < this.#leastRefusedUsd) this.#leastRefusedUsd = usd
        return null
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /** Replaces a reservation by the cost that is known, or by the whole reservation when the attempt may have been billed. */
  settle(reservation: Reservation, outcome: Settlement | 'possibly billed'): void {
    this.#reservedUsd -= reservation.usd
    if (outcome === 'possibly billed') this.#possiblyBilledUsd += reservation.usd
    else {
      this.#spentUsd += outcome.costUsd
      if (outcome.isEstimate === true && outcome.costUsd < reservation.usd) {
        this.#possiblyBilledUsd += reservation.usd - outcome.costUsd
      }
      this.#learn(reservation, outcome.costUsd)
    }
    this.#wakeAll()
  }

  /** Later reservations for the model are larger in proportion, rounded up to a thousandth. */
  #learn({ model, worstUsd, usd }: Reservation, costUsd: Usd): void {
    if (worstUsd === ZERO_USD || costUsd <= usd) return
    this.#overruns += 1
    const needed = (costUsd * 1_000n) / worstUsd + 1n
    if (needed > (this.#marginsPermille.get(model) ?? 1_000n)) this.#marginsPermille.set(model, needed)
  }

  #wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
