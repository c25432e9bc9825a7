/** Time as an argument: the core never reads a clock of its own. */

export interface Clock {
  /** Monotonic milliseconds with fractions; only differences mean anything. */
  nowMs(): number
  /** Wall time, for labels and file names only: it can step. */
  wallTime(): Date
  /** Resolves after `ms`, or rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Longest delay of a Node timer; longer ones would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallTime: () => new Date(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error)
        return
      }
      const onAbort = (): void => {
        clearTimeout(timer)
        reject(signal?.reason as Error)
      }
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
        Math.min(Math.max(0, ms), LONGEST_TIMER_MS),
      )
      signal?.addEventListener('abort', onAbort, { once: true })
    }),
}
