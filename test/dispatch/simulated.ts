/** Runs of thousands of trials in played time: real dispatch, real pace, servers that limit, and no real waiting. */
import { attemptUntilSettled, dispatch } from '../../src/dispatch/dispatch.ts'
import { Pace } from '../../src/dispatch/pace.ts'
import type { DispatchPolicy, Down, PaceReport } from '../../src/dispatch/types.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { randomFrom } from '../../src/lib/random.ts'
import { ProviderError, type RateLimits } from '../../src/provider/types.ts'
import { POLICY } from './play.ts'

/** A clock that jumps from event to event. */
export class JumpingClock implements Clock {
  #nowMs = 0
  /** In the order of their time, those of one time in the order in which they were set. */
  readonly #events: { readonly atMs: number; fire(): void }[] = []

  nowMs(): number {
    return this.#nowMs
  }

  wallTime(): Date {
    return new Date(this.#nowMs)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error)
        return
      }
      const event = { atMs: this.#nowMs + Math.max(0, ms), fire: resolve }
      const place = this.#events.findLastIndex(({ atMs }) => atMs <= event.atMs) + 1
      this.#events.splice(place, 0, event)
      signal?.addEventListener(
        'abort',
        () => {
          const index = this.#events.indexOf(event)
          if (index >= 0) this.#events.splice(index, 1)
          reject(signal.reason as Error)
        },
        { once: true },
      )
    })
  }

  /** Moves on until the work is done; rejects when nothing is left to wait for. */
  async runUntil<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const done = work.finally(() => (isDone = true))
    done.catch(() => {})
    for (;;) {
      // Lets everything that can go on at this time go on.
      await new Promise((resolve) => setImmediate(resolve))
      if (isDone) return await done
      const next = this.#events.shift()
      if (next === undefined) throw new Error(`nothing more happens after ${this.#nowMs} ms`)
      this.#nowMs = next.atMs
      next.fire()
    }
  }
}

/** Whether a request that comes in now is taken. `done` is called when it has been answered. */
export interface Admission {
  takes(nowMs: number): boolean
  done?(): void
  /** What the headers say. */
  tells?(nowMs: number): RateLimits
}

export function tokenBucket(perSecond: number | ((nowMs: number) => number), burst: number): Admission {
  let level = burst
  let atMs = 0
  const rateAt = typeof perSecond === 'number' ? () => perSecond : perSecond
  return {
    takes: (nowMs) => {
      level = Math.min(burst, level + ((nowMs - atMs) * rateAt(nowMs)) / 1_000)
      atMs = nowMs
      if (level < 1) return false
      level -= 1
      return true
    },
    tells: () => {
      const limit = rateAt(atMs) * 60
      return { requests: { limit, remaining: Math.min(limit, Math.floor(level)) }, tokens: null }
    },
  }
}

/** So many in each window of the clock. */
export function fixedWindow(requests: number, windowMs: number): Admission {
  let window = -1
  let taken = 0
  return {
    takes: (nowMs) => {
      const current = Math.floor(nowMs / windowMs)
      if (current !== window) taken = 0
      window = current
      if (taken >= requests) return false
      taken += 1
      return true
    },
  }
}

/** So many in any window. */
export function slidingWindow(requests: number, windowMs: number): Admission {
  const times: number[] = []
  return {
    takes: (nowMs) => {
      while (times[0] !== undefined && times[0] <= nowMs - windowMs) times.shift()
      if (times.length >= requests) return false
      times.push(nowMs)
      return true
    },
  }
}

export function inFlight(most: number | ((nowMs: number) => number)): Admission {
  let busy = 0
  return {
    takes: (nowMs) => {
      if (busy >= (typeof most === 'number' ? most : most(nowMs))) return false
      busy += 1
      return true
    },
    done: () => {
      busy -= 1
    },
  }
}

export interface Scenario {
  readonly rows: number
  readonly policy: Partial<DispatchPolicy>
  readonly admission: Admission
  readonly latencyMs: (uniform: number) => number
  /** How long a refusal takes to arrive. */
  readonly refusalMs?: number
  readonly retryAfterMs?: number
  /** Headers are sent with every answer. */
  readonly hasHeaders?: boolean
  /** Share of requests that fail for no reason of load, and how. */
  readonly stumbles?: { readonly share: number; readonly kind: 'overloaded' | 'provider_error' }
  /** When the endpoint fails whatever comes. */
  readonly isDown?: (nowMs: number) => boolean
  /** Time of the client between an answer and the next request. */
  readonly overheadMs?: number
  readonly seed?: string
}

export interface Played {
  readonly wallMs: number
  readonly completed: number
  readonly failed: number
  readonly unsettled: number
  readonly requests: number
  readonly refused: number
  /** When requests came in. */
  readonly timesMs: readonly number[]
  readonly report: PaceReport
  readonly gaveUp: Down | null
}

export async function play(scenario: Scenario): Promise<Played> {
  const clock = new JumpingClock()
  const random = randomFrom(scenario.seed ?? 'pace')
  const stopper = new AbortController()
  const policy: DispatchPolicy = { ...POLICY, ...scenario.policy }
  const counts = { completed: 0, failed: 0, unsettled: 0, refused: 0 }
  const timesMs: number[] = []
  let gaveUp: Down | null = null
  const pace = new Pace(policy, {
    clock,
    stop: stopper.signal,
    probing: () => {},
    giveUp: (down) => {
      gaveUp = down
      stopper.abort()
    },
  })
  const send = async (): Promise<RateLimits | null> => {
    const { admission, stumbles } = scenario
    const nowMs = clock.nowMs()
    timesMs.push(nowMs)
    const tells = (): RateLimits | null => (scenario.hasHeaders ? (admission.tells?.(clock.nowMs()) ?? null) : null)
    if (scenario.isDown?.(nowMs)) throw new ProviderError('network', 'down')
    if (stumbles !== undefined && random.uniform() < stumbles.share) throw new ProviderError(stumbles.kind, 'stumbled')
    if (!admission.takes(nowMs)) {
      counts.refused += 1
      const rateLimits = tells()
      await clock.sleep(scenario.refusalMs ?? 0)
      throw new ProviderError('rate_limited', 'too many', { retryAfterMs: scenario.retryAfterMs ?? null, rateLimits })
    }
    const rateLimits = tells()
    await clock.sleep(scenario.latencyMs(random.uniform()))
    admission.done?.()
    await clock.sleep(scenario.overheadMs ?? 0)
    return rateLimits
  }
  const settle = async (): Promise<void> => {
    const outcome = await attemptUntilSettled(
      {
        admit: () => Promise.resolve('admitted'),
        send,
        learn: (rateLimits) => ({ tokens: null, rateLimits }),
        estimateTokens: () => 1,
        retrying: () => {},
      },
      policy,
      { clock, random, stop: stopper.signal, pace },
    )
    counts[outcome.kind] += 1
  }
  const rows = Array.from({ length: scenario.rows }, (_, index) => index)
  await clock.runUntil(dispatch(rows, settle, pace, stopper.signal))
  pace.close()
  return { ...counts, wallMs: clock.nowMs(), requests: timesMs.length, timesMs, report: pace.report(), gaveUp }
}
