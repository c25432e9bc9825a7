/** What went out, and what of it was refused? Counted in periods. A pure machine: time is an argument. */

/**
 * A period lasts at least a second, for servers that count by the second; and as long as the longest time in which the
 * endpoint refused everything, for those that count by the minute. Beyond a minute that was no limit but a failure.
 */
const SHORTEST_PERIOD_MS = 1_000
const LONGEST_PERIOD_MS = 60_000

/** A share means something among so many requests; where they take longer than this, fewer have to do, as where none was refused. */
const REQUESTS_TO_JUDGE = 20
const LONG_MS = 10_000
const FEWEST_REQUESTS = 5

/** So many refusals are enough to judge by before a period is over. */
const ENOUGH_REFUSED = 5

/** What happened in a time. */
export interface Period {
  readonly sent: number
  readonly refused: number
  readonly ms: number
}

export function acceptedPerMs({ sent, refused, ms }: Period): number {
  return (sent - refused) / Math.max(1, ms)
}

export function acceptedShare({ sent, refused }: Period): number {
  return (sent - refused) / sent
}

export class Traffic {
  #startMs: number
  #sent = 0
  #refused = 0
  #shortestMs = SHORTEST_PERIOD_MS
  /** What was accepted lately, up to this period. */
  #recent = { accepted: 0, ms: 0 }
  #periods = 0

  constructor(nowMs: number) {
    this.#startMs = nowMs
  }

  /** Periods that have ended. */
  get periods(): number {
    return this.#periods
  }

  send(): void {
    this.#sent += 1
  }

  /** False: it was sent before the period, and has had its effect. */
  refuse(sentMs: number): boolean {
    if (sentMs < this.#startMs) return false
    this.#refused += 1
    return true
  }

  current(nowMs: number): Period {
    return { sent: this.#sent, refused: this.#refused, ms: nowMs - this.#startMs }
  }

  isOver(nowMs: number): boolean {
    const ms = nowMs - this.#startMs
    if (ms < this.#shortestMs || this.#sent < FEWEST_REQUESTS) return false
    return this.#sent >= REQUESTS_TO_JUDGE || ms >= LONG_MS || this.#refused === 0
  }

  /** Whether so many were refused that there is no need to wait for the end of the period. */
  get isClear(): boolean {
    return this.#refused >= ENOUGH_REFUSED && this.#sent >= REQUESTS_TO_JUDGE
  }

  /** True: this is the first second, of which nobody knows whether it was a burst. */
  isEarly(nowMs: number): boolean {
    return this.#recent.ms + nowMs - this.#startMs < SHORTEST_PERIOD_MS
  }

  /** Accepted requests per ms in about two periods, over a second at least. */
  recentPerMs(nowMs: number): number {
    const { sent, refused, ms } = this.current(nowMs)
    return (this.#recent.accepted + sent - refused) / Math.max(SHORTEST_PERIOD_MS, this.#recent.ms + ms)
  }

  begin(nowMs: number): void {
    this.#remember(this.current(nowMs))
    this.#restart(nowMs)
    this.#periods += 1
  }

  /** Begins after a time in which nothing but probes went out: until the last refusal nothing was accepted, the rest is our own. */
  resume(dryMs: number, nowMs: number): void {
    this.#shortestMs = Math.min(LONGEST_PERIOD_MS, Math.max(this.#shortestMs, dryMs))
    this.#remember({ sent: 0, refused: 0, ms: dryMs })
    this.#restart(nowMs)
  }

  #restart(nowMs: number): void {
    this.#startMs = nowMs
    this.#sent = 0
    this.#refused = 0
  }

  #remember({ sent, refused, ms }: Period): void {
    const accepted = this.#recent.accepted + sent - refused
    const total = this.#recent.ms + ms
    const kept = Math.min(1, (2 * this.#shortestMs) / total)
    this.#recent = { accepted: accepted * kept, ms: total * kept }
  }
}
