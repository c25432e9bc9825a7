/**
 * Whose turn is it? The one queue of a run: attempts wait here while too many are in flight, while a rate or a limit says
 * so, and while the endpoint is down. What they come back with moves all of that.
 */
import type { Clock } from '../lib/clock.ts'
import type { ProviderError } from '../provider/types.ts'
import { Adaptive, type Sent } from './adaptive.ts'
import { Breaker, type Failure } from './breaker.ts'
import { Limits, type Taken } from './limits.ts'
import { RETRY_TABLE } from './retry.ts'
import { Timeline } from './timeline.ts'
import type { DispatchPolicy, Down, Gate, Learned, Paced, PaceReport, Permit } from './types.ts'

/** How fast the ratio of used to estimated tokens follows what is reported: about the last ten answers count. */
const LEARNING_RATE = 0.1

export interface PaceIo {
  readonly clock: Clock
  /** Aborted: nobody waits any longer. */
  readonly stop: AbortSignal
  /** Called when the endpoint goes down, and for every probe while it is. */
  probing(down: Down): void
  /** The endpoint was down for as long as the policy bears. */
  giveUp(down: Down): void
}

interface Waiter {
  readonly trial: Paced
  readonly resolve: (permit: Permit | null) => void
  /** Known when its turn comes. */
  tokens: number | null
  dueMs: number | null
}

/** An attempt in flight. */
interface Flight {
  readonly trial: Paced
  readonly sent: Sent
  readonly taken: Taken
}

export class Pace implements Gate {
  readonly #io: PaceIo
  readonly #giveUpAfterMs: number
  readonly #limits: Limits
  readonly #adaptive: Adaptive
  readonly #breaker = new Breaker()
  readonly #timeline: Timeline
  readonly #retries: Waiter[] = []
  readonly #firsts: Waiter[] = []
  /** Used tokens over estimated ones. */
  #tokenRatio = 1
  #refused = 0
  #answeredMs: number
  #lastFailure = ''
  /** Set for the first in the queue. */
  #alarm: { readonly dueMs: number; readonly off: AbortController } | null = null
  /** Runs while the endpoint is down. */
  #deadline: AbortController | null = null

  constructor(policy: Omit<DispatchPolicy, 'retries' | 'attemptTimeoutMs' | 'trialTimeoutMs'>, io: PaceIo) {
    const nowMs = io.clock.nowMs()
    this.#io = io
    this.#giveUpAfterMs = policy.giveUpAfterMs
    this.#limits = new Limits(policy.requestsPerMinute, policy.tokensPerMinute, nowMs)
    this.#adaptive = new Adaptive(policy, nowMs)
    this.#timeline = new Timeline(nowMs)
    this.#answeredMs = nowMs
    this.#note(nowMs)
    io.stop.addEventListener('abort', () => this.close(), { once: true })
  }

  /** Most attempts in flight, now. */
  get concurrency(): number {
    return this.#adaptive.concurrency
  }

  enter(trial: Paced, isRetry: boolean): Permit | Promise<Permit | null> {
    const nowMs = this.#io.clock.nowMs()
    if (this.#retries.length + this.#firsts.length === 0 && this.#adaptive.hasRoom) {
      const tokens = this.#tokensOf(trial, nowMs)
      if (this.#waitMs(tokens, nowMs) === 0) return this.#admit(trial, tokens, nowMs, nowMs)
    }
    return new Promise((resolve) => {
      const queue = isRetry ? this.#retries : this.#firsts
      queue.push({ trial, resolve, tokens: null, dueMs: null })
      this.#callUp()
    })
  }

  /** Nobody waits any longer, and no timer runs. */
  close(): void {
    this.#alarm?.off.abort()
    this.#alarm = null
    this.#deadline?.abort()
    this.#deadline = null
    for (const { resolve } of [...this.#retries.splice(0), ...this.#firsts.splice(0)]) resolve(null)
  }

  report(): PaceReport {
    return {
      refused: this.#refused,
      pauses: this.#breaker.pauses,
      pausedMs: Math.round(this.#breaker.pausedMs(this.#io.clock.nowMs())),
      timeline: this.#timeline.points,
    }
  }

  /** Admits all whose turn it is, and sets the alarm for the next one. */
  #callUp(): void {
    while (this.#adaptive.hasRoom) {
      const queue = this.#retries.length > 0 ? this.#retries : this.#firsts
      const [next] = queue
      if (next === undefined) return
      const nowMs = this.#io.clock.nowMs()
      next.dueMs ??= nowMs
      next.tokens ??= this.#tokensOf(next.trial, nowMs)
      const waitMs = this.#waitMs(next.tokens, nowMs)
      if (waitMs > 0) {
        this.#setAlarm(nowMs + waitMs, nowMs)
        return
      }
      queue.shift()
      next.resolve(this.#admit(next.trial, next.tokens, next.dueMs, nowMs))
    }
  }

  #waitMs(tokens: number, nowMs: number): number {
    return Math.max(this.#breaker.waitMs(nowMs), this.#adaptive.rate.waitMs(nowMs), this.#limits.waitMs(tokens, nowMs))
  }

  #tokensOf(trial: Paced, nowMs: number): number {
    return this.#limits.countTokens(nowMs) ? trial.estimateTokens() * this.#tokenRatio : 0
  }

  #admit(trial: Paced, tokens: number, dueMs: number, nowMs: number): Permit {
    const taken = this.#limits.take(tokens, nowMs)
    const flight: Flight = { trial, taken, sent: this.#adaptive.sent(nowMs) }
    if (this.#breaker.isOpen) {
      this.#breaker.sent(nowMs)
      this.#io.probing(this.#down(nowMs))
    }
    return {
      dueMs,
      answered: (learned) => this.#answered(flight, learned),
      failed: (error) => this.#failed(flight, error),
      withdraw: () => this.#withdraw(flight),
    }
  }

  #answered({ sent, taken }: Flight, { tokens, rateLimits }: Learned): void {
    const nowMs = this.#io.clock.nowMs()
    this.#adaptive.accepted(sent, nowMs)
    if (tokens !== null && taken.tokens > 0) {
      this.#tokenRatio *= 1 + LEARNING_RATE * (tokens / taken.tokens - 1)
      this.#limits.used(tokens, taken)
    }
    if (rateLimits !== null) this.#limits.believe(rateLimits, taken, sent.sentMs, nowMs)
    this.#isAlive(sent, nowMs)
    this.#goOn(nowMs)
  }

  #failed({ trial, sent, taken }: Flight, error: ProviderError): void {
    const nowMs = this.#io.clock.nowMs()
    const { endpoint } = RETRY_TABLE[error.kind]
    if (error.rateLimits !== null) this.#limits.believe(error.rateLimits, taken, sent.sentMs, nowMs)
    if (endpoint === 'alive') {
      this.#adaptive.accepted(sent, nowMs)
      this.#isAlive(sent, nowMs)
    } else {
      if (endpoint === 'refuses') this.#refused += 1
      this.#adaptive[endpoint](sent, nowMs)
      this.#lastFailure = `${error.kind}: ${error.message}`
      const isRefusal = endpoint === 'refuses'
      const hintMs = isRefusal ? error.retryAfterMs : null
      this.#isNoAnswer({ trial, sentMs: sent.sentMs, isRefusal, hintMs }, nowMs)
    }
    this.#goOn(nowMs)
  }

  #withdraw({ sent, taken }: Flight): void {
    const nowMs = this.#io.clock.nowMs()
    this.#adaptive.fails(sent)
    this.#limits.giveBack(taken)
    this.#goOn(nowMs)
  }

  #isAlive({ sentMs }: Sent, nowMs: number): void {
    this.#answeredMs = nowMs
    const wasDown = this.#breaker.isOpen
    this.#breaker.answered(sentMs, nowMs)
    if (!wasDown || this.#breaker.isOpen) return
    this.#adaptive.rate.resume(nowMs)
    this.#deadline?.abort()
    this.#deadline = null
  }

  #isNoAnswer(failure: Failure, nowMs: number): void {
    const wasDown = this.#breaker.isOpen
    this.#breaker.failed(failure, nowMs)
    if (wasDown || !this.#breaker.isOpen) return
    this.#adaptive.rate.pause(nowMs)
    this.#io.probing(this.#down(nowMs))
    this.#deadline = new AbortController()
    this.#watch(this.#deadline, nowMs)
  }

  /** Gives up in time, whether or not an attempt ends just then. */
  #watch(off: AbortController, nowMs: number): void {
    this.#after(this.#down(nowMs).givesUpInMs, off, () => {
      const laterMs = this.#io.clock.nowMs()
      const down = this.#down(laterMs)
      if (down.givesUpInMs > 0) this.#watch(off, laterMs)
      else this.#io.giveUp(down)
    })
  }

  #down(nowMs: number): Down {
    const silentMs = nowMs - this.#answeredMs
    return { silentMs, givesUpInMs: Math.max(0, this.#giveUpAfterMs - silentMs), lastFailure: this.#lastFailure }
  }

  /** An alarm that rings sooner stays: it then sets the next one. */
  #setAlarm(dueMs: number, nowMs: number): void {
    if (this.#alarm !== null && this.#alarm.dueMs <= dueMs) return
    this.#alarm?.off.abort()
    const alarm = { dueMs, off: new AbortController() }
    this.#alarm = alarm
    this.#after(dueMs - nowMs, alarm.off, () => {
      this.#alarm = null
      this.#callUp()
    })
  }

  #after(ms: number, off: AbortController, act: () => void): void {
    this.#io.clock.sleep(ms, off.signal).then(act, (error: unknown) => {
      if (!off.signal.aborted) throw error
    })
  }

  /** Something has changed for those who wait. */
  #goOn(nowMs: number): void {
    this.#callUp()
    this.#note(nowMs)
  }

  #note(nowMs: number): void {
    const rates = [this.#limits.requestsPerMinute(nowMs), this.#adaptive.rate.perMinute].filter((rate) => rate !== null)
    const perMinute = rates.length === 0 ? null : Math.round(Math.min(...rates))
    this.#timeline.note(this.concurrency, this.#breaker.isOpen ? 0 : perMinute, nowMs)
  }
}
