/** When does each call go out? */
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import type { ErrorKind, ProviderError, RateLimits } from '../provider/types.ts'

export interface DispatchPolicy {
  /** Most requests in flight at once, from 1. */
  readonly concurrency: number
  /** Begin with few in flight, and find out how many the endpoint takes. */
  readonly isAdaptive: boolean
  /** Most requests sent in any minute; null: what the endpoint says of its limits. */
  readonly requestsPerMinute: number | null
  /** About the most tokens used in any minute; null: what the endpoint says of its limits. */
  readonly tokensPerMinute: number | null
  /** Further attempts after the first: `retries` 5 means at most 6 attempts. */
  readonly retries: number
  /** Longest wall time of one attempt. */
  readonly attemptTimeoutMs: number
  /** Longest wall time of a trial from its first attempt, waits included. */
  readonly trialTimeoutMs: number
  /** An endpoint that is down and has given no answer for so long ends the run. */
  readonly giveUpAfterMs: number
}

/** The edges that dispatch is handed, so that a test can play them. */
export interface DispatchContext {
  readonly clock: Clock
  /** Jitter of retry waits; a stream of its own. */
  readonly random: Random
  /** Aborted: nothing new is sent, what is in flight finishes. */
  readonly stop: AbortSignal
  readonly pace: Gate
}

/** When may an attempt go out? */
export interface Gate {
  /**
   * Waits for its turn; retries come first. Null: the run was stopped meanwhile. Not a promise when nothing holds it back:
   * most attempts of most runs, which are to cost next to nothing here.
   */
  enter(trial: Paced, isRetry: boolean): Permit | Promise<Permit | null>
}

/** What the gate asks of a trial, which it also knows it by. */
export interface Paced {
  /** About how many tokens an attempt takes, prompt and answer; asked only when tokens are limited, when its turn comes. */
  estimateTokens(): number
}

/** For one attempt. Exactly one of the three ends is told. */
export interface Permit {
  /** Since when only the pace has held it back. */
  readonly dueMs: number
  answered(learned: Learned): void
  failed(error: ProviderError): void
  /** Not sent after all. */
  withdraw(): void
}

/** What an answer tells of the pace. */
export interface Learned {
  /** Prompt and answer; null when not reported. */
  readonly tokens: number | null
  readonly rateLimits: RateLimits | null
}

export type Admission = 'admitted' | 'budget' | 'stopped' | 'late'

/** What dispatch needs to know of one trial: how to admit, send and note each attempt. */
export interface TrialWork<R> extends Paced {
  /**
   * Called before each attempt, when its turn has come. Anything but `admitted`: not sent, since no money is left, the run was
   * stopped, or the time of the trial was over (`isLate`) when the money was there.
   */
  admit(attempt: number, isLate: () => boolean): Promise<Admission>
  /** Sends one attempt; rejects with ProviderError when it failed. */
  send(signal: AbortSignal): Promise<R>
  /** What the answer tells of the pace. */
  learn(value: R): Learned
  /** Called after each failed attempt that will be tried again. */
  retrying(attempt: number, error: ProviderError, waitMs: number): void
}

/** Times of a trial in integer microseconds; they add up: total = queue + retry + the final attempt. */
export interface TrialTiming {
  /** From the moment the trial was due to its admission. */
  readonly queueUs: number
  /** Failed attempts and the waits between attempts. */
  readonly retryUs: number
}

export type Outcome<R> =
  | ({ readonly kind: 'completed'; readonly value: R; readonly attempts: number } & TrialTiming)
  | ({ readonly kind: 'failed'; readonly error: ProviderError; readonly attempts: number } & TrialTiming)
  /** Not settled: the run was stopped (or its budget used up) before an attempt could settle it. */
  | { readonly kind: 'unsettled'; readonly why: 'stopped' | 'budget'; readonly attempts: number }

/** What follows from a failed attempt. */
export interface RetryRule {
  /** How many further attempts this kind is worth; the policy's `retries` caps it. */
  readonly retries: number
  /** First wait without a hint of the server; it doubles with each attempt. */
  readonly firstWaitMs: number
  /** The whole run ends: no other trial could fare better. */
  readonly stopsRun: boolean
  /**
   * What it tells of the endpoint: `alive` answers (no matter what), `refuses` for now, `late` was no answer in time, `fails`.
   * Many that are not alive in a row mean that it is down.
   */
  readonly endpoint: 'alive' | 'refuses' | 'late' | 'fails'
}

export type RetryTable = Readonly<Record<ErrorKind, RetryRule>>

/** What the pace was, for the summary. */
export interface PaceReport {
  /** Attempts that the endpoint refused for now (429, 503, 529). */
  readonly refused: number
  /** How often nothing but probes was sent, since the endpoint was down. */
  readonly pauses: number
  /** How long that was in all, in milliseconds. */
  readonly pausedMs: number
  /** What was allowed, from each moment on: at most 100 points. */
  readonly timeline: readonly PacePoint[]
}

export interface PacePoint {
  /** Since the first trial. */
  readonly atMs: number
  /** Most requests in flight. */
  readonly concurrency: number
  /** Most requests per minute; 0 while the endpoint is down, null without a limit. */
  readonly requestsPerMinute: number | null
}

/** An endpoint that is down. */
export interface Down {
  /** Without an answer for so long. */
  readonly silentMs: number
  /** The run ends in so long, unless there is an answer. */
  readonly givesUpInMs: number
  /** Kind and message of the last failure. */
  readonly lastFailure: string
}
