/**
 * When does each call go out? Bounded concurrency, bounded look-ahead, retries inside a deadline, and a clean stop.
 * Knows nothing of models: it is handed what to do for each trial.
 */
import { setMaxListeners } from 'node:events'
import pLimit, { type LimitFunction } from 'p-limit'
import { ProviderError } from '../provider/types.ts'
import { retryWaitMs } from './retry.ts'
import type { DispatchContext, DispatchPolicy, Outcome, TrialWork } from './types.ts'

/**
 * Runs `settle` for every item. At most `concurrency` attempts are in flight, and at most twice that plus 64 items are open
 * at all (in flight, queued or waiting for a retry): a million items never become a million promises. Stops pulling items
 * when the signal aborts, then waits for what is open. Rejects with the first error that `settle` throws.
 */
export async function dispatch<T>(
  items: Iterable<T>,
  settle: (item: T, limit: LimitFunction) => Promise<void>,
  { concurrency }: Pick<DispatchPolicy, 'concurrency'>,
  stop: AbortSignal,
): Promise<void> {
  // Every trial that waits for its retry listens for the stop; the default warns about the eleventh listener.
  setMaxListeners(0, stop)
  const limit = pLimit(concurrency)
  const lookAhead = concurrency * 2 + 64
  const open = new Set<Promise<void>>()
  const failures: unknown[] = []
  let wake = (): void => {}
  for (const item of items) {
    while (open.size >= lookAhead && !stop.aborted) await new Promise<void>((resolve) => (wake = resolve))
    if (stop.aborted || failures.length > 0) break
    const task: Promise<void> = settle(item, limit)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        open.delete(task)
        wake()
      })
    open.add(task)
  }
  await Promise.all(open)
  if (failures.length > 0) throw failures[0]
}

/**
 * Sends one trial until an attempt settles it. A slot of `limit` is held only while an attempt is in flight: a trial that
 * waits for its retry holds none.
 */
export async function attemptUntilSettled<R>(
  work: TrialWork<R>,
  policy: DispatchPolicy,
  { clock, random, stop }: DispatchContext,
  limit: LimitFunction,
): Promise<Outcome<R>> {
  // Closed loop: a trial is due when a slot is free for it. Waiting behind others is the plan, not a delay.
  let dueMs: number | undefined
  let admittedMs = 0
  let attempts = 0
  for (;;) {
    const step = await limit(async (): Promise<Outcome<R> | ProviderError> => {
      if (stop.aborted) return { kind: 'unsettled', why: 'stopped', attempts }
      dueMs ??= clock.nowMs()
      const admission = await work.admit(attempts + 1)
      if (admission !== 'admitted') return { kind: 'unsettled', why: admission, attempts }
      attempts += 1
      const startMs = clock.nowMs()
      if (attempts === 1) admittedMs = startMs
      const remainingMs = policy.trialTimeoutMs - (startMs - admittedMs)
      try {
        const value = await withTimeout(work, Math.min(policy.attemptTimeoutMs, remainingMs))
        return {
          kind: 'completed',
          value,
          attempts,
          queueUs: toUs(admittedMs - (dueMs ?? admittedMs)),
          retryUs: toUs(startMs - admittedMs),
        }
      } catch (error) {
        if (error instanceof ProviderError) return error
        throw error
      }
    })
    if (!(step instanceof ProviderError)) return step
    const waitMs = retryWaitMs(step, attempts, policy.retries, random)
    const failedMs = clock.nowMs()
    const outOfTime = waitMs !== null && failedMs + waitMs - admittedMs >= policy.trialTimeoutMs
    if (waitMs === null || outOfTime) {
      const retryUs = toUs(failedMs - admittedMs) - step.elapsedUs
      return {
        kind: 'failed',
        error: step,
        attempts,
        queueUs: toUs(admittedMs - (dueMs ?? admittedMs)),
        retryUs: Math.max(0, retryUs),
      }
    }
    work.retrying(attempts, step, waitMs)
    try {
      await clock.sleep(waitMs, stop)
    } catch (error) {
      if (!stop.aborted) throw error
      return { kind: 'unsettled', why: 'stopped', attempts }
    }
  }
}

async function withTimeout<R>(work: TrialWork<R>, timeoutMs: number): Promise<R> {
  // A retry may have waited for its slot beyond the deadline: what would be cut off at once is not sent.
  if (timeoutMs <= 0) throw new ProviderError('timeout', 'the time of the trial was over before a slot was free')
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort(new ProviderError('timeout', `no complete answer within ${Math.round(timeoutMs)} ms`))
  }, timeoutMs)
  try {
    return await work.send(controller.signal)
  } finally {
    clearTimeout(timer)
  }
}

function toUs(ms: number): number {
  return Math.max(0, Math.round(ms * 1_000))
}
