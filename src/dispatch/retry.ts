/** Try again, and when? One table for every kind of failure. */
import type { Random } from '../lib/random.ts'
import type { ProviderError } from '../provider/types.ts'
import type { RetryRule, RetryTable } from './types.ts'

const SOON: RetryRule = { retries: Number.POSITIVE_INFINITY, firstWaitMs: 500, stopsRun: false }
// Even a final failure has a wait, for a server that says of its own that trying again may help.
const FINAL: RetryRule = { ...SOON, retries: 0 }
const ENDS_RUN: RetryRule = { ...FINAL, stopsRun: true }

export const RETRY_TABLE: RetryTable = {
  rate_limited: { ...SOON, firstWaitMs: 1_000 },
  // An overloaded provider needs longer to recover than one that stumbled.
  overloaded: { ...SOON, firstWaitMs: 2_000 },
  provider_error: SOON,
  gateway_timeout: SOON,
  network: SOON,
  timeout: SOON,
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

/**
 * Milliseconds to wait before attempt `attempt + 1`, or null to give up. The server's word comes first: whether to try again,
 * and when. Without a hint the wait doubles, with ±25 % jitter so that trials that failed together do not return together.
 */
export function retryWaitMs(error: ProviderError, attempt: number, retries: number, random: Random): number | null {
  const rule = RETRY_TABLE[error.kind]
  const limit = error.serverSaysRetry === true ? retries : Math.min(retries, rule.retries)
  if (error.serverSaysRetry === false || attempt > limit) return null
  // A small random part on top of a hint keeps a crowd from arriving in the same millisecond.
  if (error.retryAfterMs !== null) return error.retryAfterMs + random.uniform() * 100
  const backoffMs = Math.min(LONGEST_BACKOFF_MS, rule.firstWaitMs * 2 ** (attempt - 1))
  return backoffMs * (0.75 + 0.5 * random.uniform())
}
