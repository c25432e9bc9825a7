/**
 * When does each call go out? Bounded concurrency, bounded look-ahead, retries inside a deadline, and a clean stop.
 * Knows nothing of models: it is handed what to do for each trial.
 */
import { setMaxListeners } from 'node:events'
import pLimit from 'p-limit'
import { ProviderError } from '../provider/types.ts'
import { retryWaitMs } from './retry.ts'
import type { DispatchContext, DispatchPolicy, Outcome, Slots, TrialWork } from './types.ts'

/** Longest delay of a Node timer; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * Runs `settle` for every item. At most `concurrency` attempts are in flight, about as many wait for a slot, and at most
 * twice that plus 64 items are open at all (waits for a retry included): a million items never become a million promises,
 * and a retry finds only one round of others ahead of it. Stops pulling items when the signal aborts, then waits for what is
 * open. Rejects with the first error that `settle` throws, when all that is open has ended.
 */
export async function dispatch<T>(
  items: Iterable<T>,
  settle: (item: T, slots: Slots) => Promise<void>,
  { concurrency }: Pick<DispatchPolicy, 'concurrency'>,
  stop: AbortSignal,
): Promise<void> {
  // Every trial that waits for its retry listens for the stop; the default warns about the eleventh listener.
  setMaxListeners(0, stop)
  const limit = pLimit(concurrency)
  const mostOpen = concurrency * 2 + 64
  const open = new Set<Promise<void>>()
  const failures: unknown[] = []
  let wake = (): void => {}
  const slots: Slots = (send) => limit(send).finally(() => wake())
  const isFull = (): boolean => open.size >= mostOpen || limit.pendingCount >= concurrency
  for (const item of items) {
    while (isFull() && !stop.aborted && failures.length === 0) {
      await new Promise<void>((resolve) => (wake = resolve))
    }
    if (stop.aborted || failures.length > 0) break
    const task: Promise<void> = settle(item, slots)
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

/** How far one trial has come. */
interface Progress {
  attempts: number
  /** Closed loop: a trial is due when a slot is free for it. Waiting behind others is the plan, not a delay. */
  dueMs: number | undefined
  /** Start of the first attempt. */
  admittedMs: number
  /** Start of the latest attempt. */
  startMs: number
}

/**
 * Sends one trial until an attempt settles it. A slot is held only while an attempt is in flight: a trial that waits for
 * its retry holds none.
 */
export async function attemptUntilSettled<R>(
  work: TrialWork<R>,
  policy: DispatchPolicy,
  context: DispatchContext,
  slots: Slots,
): Promise<Outcome<R>> {
  const progress: Progress = { attempts: 0, dueMs: undefined, admittedMs: 0, startMs: 0 }
  for (;;) {
    const ended = await slots(() => attempt(work, policy, context, progress))
    if (!(ended instanceof ProviderError)) return ended
    const waitMs = waitBeforeRetry(ended, progress, policy, context)
    if (waitMs === null) return { kind: 'failed', error: ended, ...settled(progress) }
    work.retrying(progress.attempts, ended, waitMs)
    if (!(await waited(waitMs, context))) return { kind: 'unsettled', why: 'stopped', attempts: progress.attempts }
  }
}

/** One attempt, in a slot. Resolves with the ProviderError of an attempt that failed: what follows is not decided here. */
async function attempt<R>(
  work: TrialWork<R>,
  policy: DispatchPolicy,
  { clock, stop }: DispatchContext,
  progress: Progress,
): Promise<Outcome<R> | ProviderError> {
  if (stop.aborted) return { kind: 'unsettled', why: 'stopped', attempts: progress.attempts }
  progress.dueMs ??= clock.nowMs()
  if (progress.attempts > 0 && clock.nowMs() - progress.admittedMs >= policy.trialTimeoutMs) {
    progress.startMs = clock.nowMs()
    const error = new ProviderError('timeout', 'the time of the trial was over before a slot was free for its retry')
    return { kind: 'failed', error, ...settled(progress) }
  }
  const admission = await work.admit(progress.attempts + 1)
  if (admission !== 'admitted') return { kind: 'unsettled', why: admission, attempts: progress.attempts }
  progress.attempts += 1
  progress.startMs = clock.nowMs()
  if (progress.attempts === 1) progress.admittedMs = progress.startMs
  const remainingMs = policy.trialTimeoutMs - (progress.startMs - progress.admittedMs)
  try {
    const value = await withTimeout(work, policy.attemptTimeoutMs, remainingMs)
    return { kind: 'completed', value, ...settled(progress) }
  } catch (error) {
    if (error instanceof ProviderError) return error
    throw error
  }
}

/** Null: the failure is final, by its kind, by the number of attempts, or by the trial's deadline. */
function waitBeforeRetry(
  error: ProviderError,
  { attempts, admittedMs }: Progress,
  { retries, trialTimeoutMs }: DispatchPolicy,
  { clock, random }: DispatchContext,
): number | null {
  const waitMs = retryWaitMs(error, attempts, retries, random)
  return waitMs === null || clock.nowMs() + waitMs - admittedMs >= trialTimeoutMs ? null : waitMs
}

/** False when the run was stopped meanwhile. */
async function waited(waitMs: number, { clock, stop }: DispatchContext): Promise<boolean> {
  try {
    await clock.sleep(waitMs, stop)
    return true
  } catch (error) {
    if (stop.aborted) return false
    throw error
  }
}

function settled({ attempts, dueMs, admittedMs, startMs }: Progress): {
  attempts: number
  queueUs: number
  retryUs: number
} {
  return { attempts, queueUs: toUs(admittedMs - (dueMs ?? admittedMs)), retryUs: toUs(startMs - admittedMs) }
}

/** The message names the deadline that was set, not the time that was left: equal runs get equal words. */
async function withTimeout<R>(work: TrialWork<R>, attemptTimeoutMs: number, remainingMs: number): Promise<R> {
  const controller = new AbortController()
  const limits = attemptTimeoutMs <= remainingMs ? `within ${attemptTimeoutMs} ms` : 'within the time of the trial'
  const timer = setTimeout(
    () => controller.abort(new ProviderError('timeout', `no complete answer ${limits}`)),
    Math.min(attemptTimeoutMs, remainingMs, LONGEST_TIMER_MS),
  )
  try {
    return await work.send(controller.signal)
  } finally {
    clearTimeout(timer)
  }
}

function toUs(ms: number): number {
  return Math.max(0, Math.round(ms * 1_000))
}
