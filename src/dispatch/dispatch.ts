/**
 * When does each call go out? Bounded look-ahead, retries inside a deadline, and a clean stop; whose turn it is, the pace says.
 * Knows nothing of models: it is handed what to do for each trial.
 */
import { setMaxListeners } from 'node:events'
import pLimit from 'p-limit'
import { ProviderError } from '../provider/types.ts'
import { retryWaitMs } from './retry.ts'
import type { Admission, DispatchContext, DispatchPolicy, Outcome, Permit, TrialWork } from './types.ts'

/** Longest delay of a Node timer; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * Runs `settle` for every item. At most twice `concurrency` plus 64 items are open, those that wait for their turn or their
 * retry included: a million items never become a million promises. Stops pulling items when the signal aborts, then waits
 * for what is open. Rejects with the first error that `settle` throws, when all that is open has ended.
 *
 * @param pace its `concurrency` is asked again and again: it may change
 */
export async function dispatch<T>(
  items: Iterable<T>,
  settle: (item: T) => Promise<void>,
  pace: { readonly concurrency: number },
  stop: AbortSignal,
): Promise<void> {
  // Every trial that waits for its retry listens for the stop; the default warns about the eleventh listener.
  setMaxListeners(0, stop)
  const limit = pLimit(mostOpen(pace))
  const failures: unknown[] = []
  const isOver = (): boolean => stop.aborted || failures.length > 0
  let open = 0
  let lastEnded = (): void => {}
  const begun = (item: T): Promise<void> =>
    new Promise((begin) => {
      open += 1
      limit(async () => {
        begin()
        if (!isOver()) await settle(item)
      })
        .catch((error: unknown) => void failures.push(error))
        .finally(() => {
          open -= 1
          if (open === 0) lastEnded()
        })
    })
  for (const item of isOver() ? [] : items) {
    limit.concurrency = mostOpen(pace)
    await begun(item)
    if (isOver()) break
  }
  if (open > 0) await new Promise<void>((resolve) => (lastEnded = resolve))
  if (failures.length > 0) throw failures[0]
}

function mostOpen({ concurrency }: { readonly concurrency: number }): number {
  return concurrency * 2 + 64
}

/** How far one trial has come. */
interface Progress {
  attempts: number
  /** Closed loop: a trial is due when there is room for it in flight. Waiting behind others is the plan, not a delay. */
  dueMs: number | undefined
  /** Start of the first attempt. */
  admittedMs: number
  /** Start of the latest attempt. */
  startMs: number
}

/** Sends one trial until an attempt settles it. Between attempts it has no place among those in flight. */
export async function attemptUntilSettled<R>(
  work: TrialWork<R>,
  policy: DispatchPolicy,
  context: DispatchContext,
): Promise<Outcome<R>> {
  const progress: Progress = { attempts: 0, dueMs: undefined, admittedMs: 0, startMs: 0 }
  for (;;) {
    if (context.stop.aborted) return { kind: 'unsettled', why: 'stopped', attempts: progress.attempts }
    const entered = context.pace.enter(work, progress.attempts > 0)
    const permit = entered instanceof Promise ? await entered : entered
    if (permit === null) return { kind: 'unsettled', why: 'stopped', attempts: progress.attempts }
    const ended = await attempt(work, policy, context, permit, progress)
    if (!(ended instanceof ProviderError)) return ended
    const waitMs = waitBeforeRetry(ended, progress, policy, context)
    if (waitMs === null) return { kind: 'failed', error: ended, ...settled(progress) }
    work.retrying(progress.attempts, ended, waitMs)
    if (!(await waited(waitMs, context))) return { kind: 'unsettled', why: 'stopped', attempts: progress.attempts }
  }
}

/** One attempt, whose turn it is. Resolves with the ProviderError of one that failed: what follows is not decided here. */
async function attempt<R>(
  work: TrialWork<R>,
  policy: DispatchPolicy,
  { clock }: DispatchContext,
  permit: Permit,
  progress: Progress,
): Promise<Outcome<R> | ProviderError> {
  progress.dueMs ??= permit.dueMs
  const isLate = (): boolean => progress.attempts > 0 && clock.nowMs() - progress.admittedMs >= policy.trialTimeoutMs
  const admission = await admitted(work, permit, progress.attempts + 1, isLate)
  if (admission === 'late') {
    progress.startMs = clock.nowMs()
    const error = new ProviderError('timeout', 'the time of the trial was over before its retry had its turn')
    return { kind: 'failed', error, ...settled(progress) }
  }
  if (admission !== 'admitted') return { kind: 'unsettled', why: admission, attempts: progress.attempts }
  progress.attempts += 1
  progress.startMs = clock.nowMs()
  if (progress.attempts === 1) progress.admittedMs = progress.startMs
  const remainingMs = policy.trialTimeoutMs - (progress.startMs - progress.admittedMs)
  try {
    const value = await withTimeout(work, policy.attemptTimeoutMs, remainingMs)
    permit.answered(work.learn(value))
    return { kind: 'completed', value, ...settled(progress) }
  } catch (error) {
    if (!(error instanceof ProviderError)) {
      permit.withdraw()
      throw error
    }
    permit.failed(error)
    return error
  }
}

/** What is not admitted gives its place back. */
async function admitted<R>(
  work: TrialWork<R>,
  permit: Permit,
  number: number,
  isLate: () => boolean,
): Promise<Admission> {
  let admission: Admission = 'stopped'
  try {
    admission = isLate() ? 'late' : await work.admit(number, isLate)
    return admission
  } finally {
    if (admission !== 'admitted') permit.withdraw()
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
