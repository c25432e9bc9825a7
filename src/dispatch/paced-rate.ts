/**
 * How many requests a second does the endpoint take? Null until it refuses some; then what it accepted, and from there
 * slowly upward. A pure machine: time is an argument.
 *
 * A period with more refusals than are tolerated cuts the rate, once; any other raises it.
 */
import { evenly, TokenBucket } from './token-bucket.ts'
import { acceptedPerMs, acceptedShare, type Period, Traffic } from './traffic.ts'

/** Share of refusals that is tolerated: less than half of what a run may have, so that probing has room; and one of so many. */
const TOLERATED_SHARE = 0.02
const ONE_IS_TOLERATED_OF = 20

/** The new rate over the one that was borne: a little less, so that a bucket at the other side fills again. */
const CUT = 0.95

/** A cut leaves this much of the rate: what one period accepted may be chance. */
const KEPT = 0.7

/** Growth per period: quick up to near the rate that was cut; slow there; from the sixth period on twice as much each time. */
const QUICK_GROWTH = 0.1
const NEAR = 0.9
const SLOW_GROWTH = 0.02
const SLOW_PERIODS = 5
const MOST_GROWTH = 0.25

/** Growth per period of a rate that is a guess. */
const GUESS_GROWTH = 0.5

/** A rate grows when at least this part of it was used, and is given up when less than this was. */
const USED_UP = 0.8
const HARDLY_USED = 0.5

/**
 * Some servers refuse now and then whatever the rate is; cut after cut would end near zero. So when little is left of what
 * was accepted once and still there are refusals, as much is sent again for a period. Above a limit the share that is
 * accepted falls; where it stays, and is no small one, the rate is not the reason.
 */
const LITTLE_LEFT = 0.4
const SHARE_STAYS = 0.8
const SMALL_SHARE = 0.7
/** A test means something when so many times as much was sent. */
const TEST_FACTOR = 1.8

/** No test at the start, when the rate is only being found; and none so soon after one that found a limit, twice as long after each. */
const NO_TEST_MS = 10_000
const FIRST_TEST_WAIT_MS = 30_000

/** How fast the share of refusals that comes anyway follows what is seen. */
const SHARE_LEARNING_RATE = 0.1

export class PacedRate {
  readonly #traffic: Traffic
  /** Null: not paced. */
  #perMs: number | null = null
  #bucket: TokenBucket | null = null
  /** Nothing has contradicted the rate yet. */
  #isGuess = false
  /** The rate that was last cut. */
  #cutPerMs = 0
  /** Periods without a cut in a row, near that rate or above. */
  #slowPeriods = 0
  /** What was sent per ms in the last period if it had no cut, else 0. */
  #bornePerMs = 0
  /** The most that was accepted per ms lately, since a limit was found. */
  #mostPerMs = 0
  /** During a test: the period before it. */
  #beforeTest: Period | null = null
  #testWaitMs = FIRST_TEST_WAIT_MS
  #nextTestMs: number
  /** Share of refusals that comes whatever the rate is. */
  #usualShare = 0
  /** Null: there is none. */
  #pause: { readonly startMs: number; refusedMs: number } | null = null

  constructor(nowMs: number) {
    this.#traffic = new Traffic(nowMs)
    this.#nextTestMs = nowMs + NO_TEST_MS
  }

  /** Requests per minute; null: not paced. */
  get perMinute(): number | null {
    return this.#perMs === null ? null : this.#perMs * 60_000
  }

  /** Periods that have ended. */
  get periods(): number {
    return this.#traffic.periods
  }

  waitMs(nowMs: number): number {
    return this.#bucket?.waitMs(1, nowMs) ?? 0
  }

  /** Begins with a guess, unless there is a rate. */
  guess(perMs: number, nowMs: number): void {
    if (this.#perMs !== null) return
    this.#isGuess = true
    this.#setRate(perMs, nowMs)
    this.#traffic.begin(nowMs)
  }

  sent(nowMs: number): void {
    if (this.#pause === null && this.#traffic.isOver(nowMs)) this.#endPeriod(nowMs)
    this.#traffic.send()
    this.#bucket?.take(1, nowMs)
  }

  /** A request that was sent at `sentMs` was refused. */
  refused(sentMs: number, nowMs: number): void {
    if (this.#pause !== null) this.#pause.refusedMs = nowMs
    if (!this.#traffic.refuse(sentMs) || this.#pause !== null || this.#beforeTest !== null) return
    if (this.#traffic.isClear && this.#areTooMany(this.#traffic.current(nowMs))) this.#endPeriod(nowMs)
  }

  /**
   * The endpoint is left alone for a while: what was refused until now counts, however short the period. A second pause
   * without a good period in between says that the rate was far too high.
   */
  pause(nowMs: number): void {
    const recent = this.#traffic.recentPerMs(nowMs)
    const perMs = (this.#perMs ?? recent) * (this.#bornePerMs === 0 ? KEPT : 1)
    if (this.#traffic.current(nowMs).refused > 0) this.#setRate(Math.min(recent, perMs) * CUT, nowMs)
    this.#bornePerMs = 0
    this.#beforeTest = null
    this.#traffic.begin(nowMs)
    this.#pause = { startMs: nowMs, refusedMs: nowMs }
  }

  /** The endpoint is back. */
  resume(nowMs: number): void {
    if (this.#pause === null) return
    this.#traffic.resume(this.#pause.refusedMs - this.#pause.startMs, nowMs)
    this.#pause = null
    this.#mostPerMs = 0
    this.#slowPeriods = 0
  }

  #endPeriod(nowMs: number): void {
    const period = this.#traffic.current(nowMs)
    if (this.#beforeTest !== null) this.#endTest(period, this.#beforeTest, nowMs)
    else if (!this.#areTooMany(period)) this.#raise(period, nowMs)
    else if (this.#perMs !== null && this.#perMs < this.#mostPerMs * LITTLE_LEFT && nowMs >= this.#nextTestMs) {
      this.#beforeTest = period
      this.#setRate(this.#mostPerMs, nowMs)
    } else this.#cut(period, nowMs)
    this.#mostPerMs = Math.max(this.#mostPerMs, this.#traffic.recentPerMs(nowMs))
    this.#traffic.begin(nowMs)
  }

  /** What comes anyway may be twice its standard deviation more. */
  #areTooMany({ sent, refused }: Period): boolean {
    const usual = this.#usualShare * sent
    const tolerated = Math.max(TOLERATED_SHARE * sent, sent >= ONE_IS_TOLERATED_OF ? 1 : 0)
    return refused > usual + 2 * Math.sqrt(usual) + tolerated
  }

  #cut(period: Period, nowMs: number): void {
    const borne = this.#borneIn(period, nowMs)
    this.#isGuess = this.#perMs === null && this.#traffic.isEarly(nowMs)
    this.#cutPerMs = this.#perMs ?? borne
    this.#slowPeriods = 0
    this.#bornePerMs = 0
    this.#setRate(borne * CUT, nowMs)
  }

  /** What was borne the period before, else what has been accepted in this one. */
  #borneIn(period: Period, nowMs: number): number {
    if (this.#perMs === null) return this.#traffic.recentPerMs(nowMs)
    const borne = Math.max(acceptedPerMs(period), this.#bornePerMs, this.#isGuess ? 0 : this.#perMs * KEPT)
    return Math.min(borne, this.#perMs)
  }

  #raise({ sent, refused, ms }: Period, nowMs: number): void {
    if (this.#usualShare > 0) this.#usualShare += SHARE_LEARNING_RATE * (refused / sent - this.#usualShare)
    this.#bornePerMs = sent / ms
    if (this.#perMs === null) return
    // A rate that is not used up holds nothing back, and that it was borne says nothing.
    if (this.#bornePerMs < this.#perMs * HARDLY_USED) this.#unpace()
    else if (this.#bornePerMs >= this.#perMs * USED_UP)
      this.#setRate(this.#perMs * (1 + this.#growth(this.#perMs)), nowMs)
  }

  #growth(perMs: number): number {
    if (this.#isGuess) return GUESS_GROWTH
    if (perMs < this.#cutPerMs * NEAR) return QUICK_GROWTH
    this.#slowPeriods += 1
    return Math.min(MOST_GROWTH, SLOW_GROWTH * 2 ** Math.max(0, this.#slowPeriods - SLOW_PERIODS))
  }

  #endTest(period: Period, before: Period, nowMs: number): void {
    this.#beforeTest = null
    const share = acceptedShare(period)
    const isMore = period.sent / period.ms >= (before.sent / before.ms) * TEST_FACTOR
    if (isMore && share >= SMALL_SHARE && share >= acceptedShare(before) * SHARE_STAYS) {
      this.#usualShare = 1 - share
      this.#unpace()
      return
    }
    this.#setRate(acceptedPerMs(before) * CUT, nowMs)
    this.#mostPerMs = acceptedPerMs(before)
    this.#nextTestMs = nowMs + this.#testWaitMs
    this.#testWaitMs *= 2
  }

  #unpace(): void {
    this.#perMs = null
    this.#bucket = null
    this.#isGuess = false
  }

  /** Nothing accepted at all is no rate: that is the breaker's business. */
  #setRate(perMs: number, nowMs: number): void {
    if (perMs <= 0) return
    this.#perMs = perMs
    const filling = evenly(perMs * 60_000)
    if (this.#bucket === null) this.#bucket = new TokenBucket(filling, nowMs, 0)
    else this.#bucket.refit(filling, nowMs)
  }
}
