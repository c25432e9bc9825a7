/** How much may go out, by the user's word and by the endpoint's? One limit for requests, one for tokens. */
import type { RateLimits } from '../provider/types.ts'
import { evenly, TokenBucket } from './token-bucket.ts'

/** What the endpoint said once holds so long: nothing that it says can stop the run for longer. */
const TOLD_HOLDS_MS = 60_000

/** Tokens come in lumps of whole requests: a bucket holds what comes in within a second. */
const TOKEN_CAPACITY_MS = 1_000

/** What is limited: requests or tokens. */
class Limit {
  readonly #own: TokenBucket | null
  readonly #ownPerMinute: number | null
  #told: { readonly bucket: TokenBucket; readonly perMinute: number; readonly untilMs: number } | null = null
  /** What has gone out since the beginning. */
  #taken = 0
  /** When the attempt was sent whose answer was last believed. */
  #believedMs = Number.NEGATIVE_INFINITY

  constructor(own: TokenBucket | null, ownPerMinute: number | null) {
    this.#own = own
    this.#ownPerMinute = ownPerMinute
  }

  isActive(nowMs: number): boolean {
    return this.#own !== null || this.#toldAt(nowMs) !== null
  }

  perMinute(nowMs: number): number | null {
    const told = this.#toldAt(nowMs)
    if (told === null) return this.#ownPerMinute
    return Math.min(told.perMinute, this.#ownPerMinute ?? told.perMinute)
  }

  waitMs(amount: number, nowMs: number): number {
    const told = this.#toldAt(nowMs)
    const toldWaitMs = told === null ? 0 : Math.min(told.bucket.waitMs(amount, nowMs), told.untilMs - nowMs)
    return Math.max(this.#own?.waitMs(amount, nowMs) ?? 0, toldWaitMs)
  }

  /** Returns the mark by which a later answer tells what had gone out before its request. */
  take(amount: number, nowMs: number): number {
    this.#own?.take(amount, nowMs)
    this.#told?.bucket.take(amount, nowMs)
    return (this.#taken += amount)
  }

  give(amount: number): void {
    this.#own?.give(amount)
    this.#told?.bucket.give(amount)
  }

  /**
   * The endpoint counted when the request came in. Since then the limit has filled again, and what was sent after it has
   * been taken. Answers overtake each other: the latest request is believed.
   */
  believe(
    { limit, remaining }: { limit: number; remaining: number },
    mark: number,
    sentMs: number,
    nowMs: number,
  ): void {
    if (sentMs < this.#believedMs) return
    this.#believedMs = sentMs
    const perMs = limit / 60_000
    const level = Math.min(limit, remaining + perMs * (nowMs - sentMs)) - (this.#taken - mark)
    const bucket = new TokenBucket({ capacity: limit, perMs }, nowMs, level)
    this.#told = { bucket, perMinute: limit, untilMs: sentMs + TOLD_HOLDS_MS }
  }

  #toldAt(nowMs: number) {
    if (this.#told !== null && nowMs >= this.#told.untilMs) this.#told = null
    return this.#told
  }
}

/** What one attempt has taken of the limits. */
export interface Taken {
  readonly tokens: number
  readonly requestMark: number
  readonly tokenMark: number
}

export class Limits {
  readonly #requests: Limit
  readonly #tokens: Limit

  /** Null: not limited by the user. */
  constructor(requestsPerMinute: number | null, tokensPerMinute: number | null, nowMs: number) {
    const requests = requestsPerMinute === null ? null : new TokenBucket(evenly(requestsPerMinute), nowMs)
    const tokensPerMs = (tokensPerMinute ?? 0) / 60_000
    const tokens =
      tokensPerMinute === null
        ? null
        : new TokenBucket({ capacity: tokensPerMs * TOKEN_CAPACITY_MS, perMs: tokensPerMs }, nowMs)
    this.#requests = new Limit(requests, requestsPerMinute)
    this.#tokens = new Limit(tokens, tokensPerMinute)
  }

  /** False: nobody needs to count tokens. */
  countTokens(nowMs: number): boolean {
    return this.#tokens.isActive(nowMs)
  }

  requestsPerMinute(nowMs: number): number | null {
    return this.#requests.perMinute(nowMs)
  }

  waitMs(tokens: number, nowMs: number): number {
    return Math.max(this.#requests.waitMs(1, nowMs), this.#tokens.waitMs(tokens, nowMs))
  }

  take(tokens: number, nowMs: number): Taken {
    return { tokens, requestMark: this.#requests.take(1, nowMs), tokenMark: this.#tokens.take(tokens, nowMs) }
  }

  /** Nothing was sent. */
  giveBack({ tokens }: Taken): void {
    this.#requests.give(1)
    this.#tokens.give(tokens)
  }

  /** So many tokens have been used in place of those that were expected. */
  used(tokens: number, taken: Taken): void {
    if (taken.tokens > 0) this.#tokens.give(taken.tokens - tokens)
  }

  believe({ requests, tokens }: RateLimits, taken: Taken, sentMs: number, nowMs: number): void {
    if (requests !== null) this.#requests.believe(requests, taken.requestMark, sentMs, nowMs)
    if (tokens !== null) this.#tokens.believe(tokens, taken.tokenMark, sentMs, nowMs)
  }
}
