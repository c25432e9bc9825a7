/** May so much go out now, or when? A bucket that fills evenly and is emptied by what goes out. */

/**
 * A timer fires a little late, and what it is late by would be lost for ever if no bucket could hold more than one request:
 * at 50 requests/s one of twenty. So a bucket holds what comes in within this time.
 */
const CATCH_UP_MS = 50

/** Below this a level counts as reached: sums of fractions are never exact. */
const EPSILON = 1e-9

export interface Filling {
  /** The level at which it is full. */
  readonly capacity: number
  /** What comes in per millisecond. */
  readonly perMs: number
}

/**
 * Lets `rate` units per ms pass, evenly. With `unitsPerMinute` as the rate no minute holds more than that: what a full
 * bucket lets through on top is taken off the rate.
 */
export function evenly(unitsPerMinute: number): Filling {
  const capacity = Math.max(1, (unitsPerMinute / 60_000) * CATCH_UP_MS)
  return { capacity, perMs: (unitsPerMinute - (capacity - 1)) / 60_000 }
}

export class TokenBucket {
  #filling: Filling
  #level: number
  #atMs: number

  /** Full, unless told otherwise. */
  constructor(filling: Filling, nowMs: number, level = filling.capacity) {
    this.#filling = filling
    this.#level = level
    this.#atMs = nowMs
  }

  /** Milliseconds until the amount may go out. More than fits waits for a full bucket, and is paid off afterwards. */
  waitMs(amount: number, nowMs: number): number {
    this.#fill(nowMs)
    const missing = Math.min(amount, this.#filling.capacity) - this.#level
    return missing <= EPSILON ? 0 : missing / this.#filling.perMs
  }

  /** The level may go below zero: a debt. */
  take(amount: number, nowMs: number): void {
    this.#fill(nowMs)
    this.#level -= amount
  }

  /** Puts back what was taken too much; a negative amount takes what was taken too little. */
  give(amount: number): void {
    this.#level = Math.min(this.#filling.capacity, this.#level + amount)
  }

  /** From now on it fills like this. */
  refit(filling: Filling, nowMs: number): void {
    this.#fill(nowMs)
    this.#filling = filling
    this.#level = Math.min(filling.capacity, this.#level)
  }

  #fill(nowMs: number): void {
    const { capacity, perMs } = this.#filling
    this.#level = Math.min(capacity, this.#level + (nowMs - this.#atMs) * perMs)
    this.#atMs = nowMs
  }
}
