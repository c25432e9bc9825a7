/** How many requests may be in flight? Fewer after one too many was refused, then slowly more. A pure machine. */

/** With `--concurrency auto` so many are in flight at first. */
const FIRST_ADAPTIVE = 8

/**
 * After a cut nothing is added for this long; twice as long after each further cut to the same number, up to the longest:
 * a probe costs one refusal, and who never probes never learns that there is more room now.
 */
const FIRST_HOLD_MS = 2_000
const LONGEST_HOLD_MS = 15_000

/** Until the first cut each answer earns this part of a further place, so that a round of answers makes a quarter more. */
const CLIMB = 0.25

export class Ceiling {
  readonly #most: number
  /** With the part of the next one that has been earned. */
  #level: number
  #cutMs = Number.NEGATIVE_INFINITY
  #cutTo = 0
  #holdMs = 0
  #wasCut = false

  constructor({ concurrency, isAdaptive }: { readonly concurrency: number; readonly isAdaptive: boolean }) {
    this.#most = concurrency
    this.#level = isAdaptive ? Math.min(FIRST_ADAPTIVE, concurrency) : concurrency
  }

  /** Most requests in flight, at least 1. */
  get limit(): number {
    return Math.floor(this.#level)
  }

  get wasCut(): boolean {
    return this.#wasCut
  }

  /** When it was last cut: what was sent before tells nothing new. */
  get cutMs(): number {
    return this.#cutMs
  }

  /** A request was accepted that had taken the last place: it earns a part of a further one; after a cut, one per round. */
  acceptedLast(nowMs: number): void {
    if (nowMs < this.#cutMs + this.#holdMs) return
    this.#level = Math.min(this.#most, this.#level + (this.#wasCut ? 1 / this.limit : CLIMB))
  }

  /** Fewer for a moment, until it is known why one was refused. */
  lower(limit: number): void {
    this.#level = Math.max(1, Math.min(this.#level, limit))
  }

  /** Takes that back. */
  restore(limit: number): void {
    this.#level = Math.max(this.#level, limit)
  }

  cutTo(limit: number, nowMs: number): void {
    const to = Math.max(1, Math.min(this.limit, limit))
    this.#holdMs = to === this.#cutTo ? Math.min(LONGEST_HOLD_MS, this.#holdMs * 2) : FIRST_HOLD_MS
    this.#cutTo = to
    this.#wasCut = true
    this.#cutMs = nowMs
    this.#level = to
  }
}
