/** Try again, and when? One table for every kind of failure. */
import type { Random } from '../lib/random.ts'
import type { ProviderError } from '../provider/types.ts'
import type { RetryRule, RetryTable } from './types.ts'

const SOON: RetryRule = { retries: Number.POSITIVE_INFINITY, firstWaitMs: 500, stopsRun: false, endpoint: 'alive' }
const FAILS: RetryRule = { ...SOON, endpoint: 'fails' }
const LATE: RetryRule = { ...SOON, endpoint: 'late' }
// Even a final failure has a wait, for a server that says of its own that trying again may help.
const FINAL: RetryRule = { ...SOON, retries: 0 }
const ENDS_RUN: RetryRule = { ...FINAL, stopsRun: true }

export const RETRY_TABLE: RetryTable = {
  rate_limited: { ...SOON, firstWaitMs: 1_000, endpoint: 'refuses' },
  // An overloaded provider needs longer to recover than one that stumbled.
  overloaded: { ...SOON, firstWaitMs: 2_000, endpoint: 'refuses' },
  provider_error: FAILS,
  gateway_timeout: LATE,
  network: FAILS,
  timeout: LATE,
  truncated: SOON,
  invalid_response: SOON,
  // A cold start answers with nothing; a model that keeps saying nothing has answered.
  empty: { ...SOON, retries: 2 },
  context_overflow: FINAL,
  invalid_request: FINAL,
  blocked: FINAL,
  payload_too_large: FINAL,
  body_too_large: FINAL,
  cancelled: FINAL,
  // The next trial has the same key, the same balance, the same model and the same address.
  unauthorized: ENDS_RUN,
  insufficient_credits: ENDS_RUN,
  quota_exhausted: ENDS_RUN,
  not_found: ENDS_RUN,
  redirected: ENDS_RUN,
}

/** Longest wait that we choose ourselves. */
export const LONGEST_BACKOFF_MS = 60_000

/** Longest wait that a server can ask for; what it says beyond that is cut to it. */
export const LONGEST_HINT_MS = 120_000

/**
 * Milliseconds to wait before attempt `attempt + 1`, or null to give up. The server's word comes first: whether to try again,
 * and when; but a wait that was too short once is not believed again where our own is longer. That one doubles, with ±25 %
 * jitter so that trials that failed together do not return together.
 */
export function retryWaitMs(error: ProviderError, attempt: number, retries: number, random: Random): number | null {
  const { firstWaitMs, retries: worth } = RETRY_TABLE[error.kind]
  const limit = error.serverSaysRetry === true ? retries : Math.min(retries, worth)
  if (error.serverSaysRetry === false || attempt > limit) return null
  const hintMs = error.retryAfterMs
  const waits = hintMs === null ? attempt : attempt - 1
  const ownMs = waits === 0 ? 0 : Math.min(LONGEST_BACKOFF_MS, firstWaitMs * 2 ** (waits - 1))
  if (hintMs === null || hintMs < ownMs) return ownMs * (0.75 + 0.5 * random.uniform())
  // A small random part on top of a hint keeps a crowd from arriving in the same millisecond.
  return Math.min(LONGEST_HINT_MS, hintMs) + random.uniform() * 100
}
