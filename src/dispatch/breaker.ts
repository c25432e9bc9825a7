/**
 * Is the endpoint down? Then only a probe goes out now and then, and trials wait without using up their attempts. A pure
 * machine: time is an argument.
 */

/** It opens when so many different trials have failed in a row: a few trials that fail again and again are their own matter. */
const TRIALS_IN_A_ROW = 10

/**
 * It opens, too, when so many trials in a row were told to come back later: then this holds for all. They must have been
 * sent over some time; those that hit the end of a second's allowance together are no agreement.
 */
const HINTS_IN_A_ROW = 3
const HINTS_SPAN_MS = 250

/** Nothing that a server says keeps probes away for longer. */
const LONGEST_HINT_MS = 60_000

/** Before the first probe; twice as long before each further one, up to half a minute. */
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000

/** One failed attempt. */
export interface Failure {
  readonly trial: object
  readonly sentMs: number
  /** The endpoint is there, and has had enough. */
  readonly isRefusal: boolean
  /** How long the server asks to be left alone; null when it did not refuse, or does not say. */
  readonly hintMs: number | null
}

export class Breaker {
  readonly #failing = new Set<object>()
  readonly #hinted = new Set<object>()
  /** When the first of them was sent. */
  #hintedFromMs = 0
  /** The soonest time that a hint allows. */
  #soonestMs = Number.POSITIVE_INFINITY
  /** Null: closed. */
  #openedMs: number | null = null
  #openedByHints = false
  /** What closed it last had been sent before it opened: the endpoint may have gone since. */
  #isDoubtful = false
  #closedMs = 0
  #nextProbeMs = 0
  #waitMs = FIRST_WAIT_MS
  #pauses = 0
  #pausedMs = 0

  get isOpen(): boolean {
    return this.#openedMs !== null
  }

  /** How often it has opened. */
  get pauses(): number {
    return this.#pauses
  }

  pausedMs(nowMs: number): number {
    return this.#pausedMs + (this.#openedMs === null ? 0 : nowMs - this.#openedMs)
  }

  /** Until the next request may go out. */
  waitMs(nowMs: number): number {
    return this.#openedMs === null ? 0 : Math.max(0, this.#nextProbeMs - nowMs)
  }

  /** While it is open this was a probe: the next one follows later, whatever comes of this one. */
  sent(nowMs: number): void {
    if (this.#openedMs === null) return
    this.#nextProbeMs = nowMs + this.#waitMs
    this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2)
  }

  failed({ trial, sentMs, isRefusal, hintMs }: Failure, nowMs: number): void {
    const hintedMs = hintMs === null ? null : nowMs + Math.min(hintMs, LONGEST_HINT_MS)
    if (this.#openedMs !== null) {
      if (hintedMs !== null && sentMs >= this.#openedMs) this.#nextProbeMs = Math.max(this.#nextProbeMs, hintedMs)
      return
    }
    this.#failing.add(trial)
    if (hintedMs !== null) {
      if (this.#hinted.size === 0) this.#hintedFromMs = sentMs
      this.#hinted.add(trial)
      this.#soonestMs = Math.min(this.#soonestMs, hintedMs)
    }
    const isDown = this.#failing.size >= (this.#isDoubtful && !isRefusal ? 1 : TRIALS_IN_A_ROW)
    const doAgree = this.#hinted.size >= HINTS_IN_A_ROW && (isDown || sentMs - this.#hintedFromMs >= HINTS_SPAN_MS)
    if (doAgree) this.#open(nowMs, Math.max(nowMs, this.#soonestMs), true)
    else if (isDown) this.#open(nowMs, nowMs + FIRST_WAIT_MS, false)
  }

  /**
   * The endpoint has answered. It does not close what several hints have opened unless it was sent since: those before had
   * been accepted when the others were told to wait.
   */
  answered(sentMs: number, nowMs: number): void {
    if (this.#openedMs !== null) {
      if (this.#openedByHints && sentMs < this.#openedMs) return
      this.#isDoubtful = sentMs < this.#openedMs
      this.#pausedMs += nowMs - this.#openedMs
      this.#openedMs = null
      this.#closedMs = nowMs
    } else if (sentMs >= this.#closedMs) this.#isDoubtful = false
    if (this.#failing.size > 0) this.#forget()
  }

  #open(nowMs: number, probeMs: number, byHints: boolean): void {
    this.#openedMs = nowMs
    this.#openedByHints = byHints
    this.#nextProbeMs = probeMs
    this.#waitMs = byHints ? FIRST_WAIT_MS : FIRST_WAIT_MS * 2
    this.#pauses += 1
    this.#forget()
  }

  #forget(): void {
    this.#failing.clear()
    this.#hinted.clear()
    this.#soonestMs = Number.POSITIVE_INFINITY
  }
}
