/** When does each call go out? */
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import type { ErrorKind, ProviderError } from '../provider/types.ts'

export interface DispatchPolicy {
  /** Requests in flight at once, from 1. */
  readonly concurrency: number
  /** Further attempts after the first: `retries` 5 means at most 6 attempts. */
  readonly retries: number
  /** Longest wall time of one attempt. */
  readonly attemptTimeoutMs: number
  /** Longest wall time of a trial from its first attempt, waits included. */
  readonly trialTimeoutMs: number
}

/** The edges that dispatch is handed, so that a test can play them. */
export interface DispatchContext {
  readonly clock: Clock
  /** Jitter of retry waits; a stream of its own. */
  readonly random: Random
  /** Aborted: nothing new is sent, what is in flight finishes. */
  readonly stop: AbortSignal
}

/** Runs an attempt when a slot is free. */
export type Slots = <R>(attempt: () => Promise<R>) => Promise<R>

/** What dispatch needs to know of one trial: how to admit, send and note each attempt. */
export interface TrialWork<R> {
  /** Called before each attempt, in a slot. Anything but `admitted`: not sent, since no money is left or the run was stopped. */
  admit(attempt: number): Promise<'admitted' | 'budget' | 'stopped'>
  /** Sends one attempt; rejects with ProviderError when it failed. */
  send(signal: AbortSignal): Promise<R>
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
}

export type RetryTable = Readonly<Record<ErrorKind, RetryRule>>
