/** Time, chance and trials that a test plays. */
import type { Clock } from '../../src/lib/clock.ts'
import type { Random } from '../../src/lib/random.ts'
import { Pace } from '../../src/dispatch/pace.ts'
import type { DispatchContext, DispatchPolicy, Gate as PaceGate, Learned, TrialWork } from '../../src/dispatch/types.ts'
import { type ErrorKind, ProviderError } from '../../src/provider/types.ts'

/** A clock that stands still until it is moved. */
export class PlayClock implements Clock {
  ms = 1_000
  /** Every sleep that was asked for, in order. */
  readonly sleepsMs: number[] = []
  /** Sleepers to be woken by hand; undefined: each sleep ends at once and moves the clock by its length. */
  held: { readonly ms: number; wake(): void }[] | undefined

  nowMs(): number {
    return this.ms
  }

  wallTime(): Date {
    return new Date(this.ms)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleepsMs.push(ms)
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        this.ms += ms
        resolve()
      }
      if (signal?.aborted) reject(signal.reason as Error)
      else if (this.held === undefined) wake()
      else {
        this.held.push({ ms, wake })
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      }
    })
  }
}

/** Chance that always gives the same. */
export function constant(uniform: number): Random {
  return { uint32: () => Math.floor(uniform * 2 ** 32), uniform: () => uniform }
}

/** A gate that holds nobody back. */
export function openGate(clock: Clock): PaceGate {
  return { enter: () => ({ dueMs: clock.nowMs(), answered: () => {}, failed: () => {}, withdraw: () => {} }) }
}

/** The pace of a run, with nothing done about what it tells. */
export function playPace(
  policy: Partial<DispatchPolicy>,
  { clock, stop }: Pick<DispatchContext, 'clock' | 'stop'>,
): Pace {
  return new Pace({ ...POLICY, ...policy }, { clock, stop, probing: () => {}, giveUp: () => {} })
}

/** Everything dispatch is handed, as plain as can be; the middle of every jitter. */
export function playContext(): DispatchContext & { readonly clock: PlayClock; readonly stopper: AbortController } {
  const stopper = new AbortController()
  const clock = new PlayClock()
  return { clock, random: constant(0.5), stop: stopper.signal, pace: openGate(clock), stopper }
}

export const POLICY: DispatchPolicy = {
  concurrency: 1,
  isAdaptive: false,
  requestsPerMinute: null,
  tokensPerMinute: null,
  retries: 5,
  attemptTimeoutMs: 60_000,
  trialTimeoutMs: 600_000,
  giveUpAfterMs: 300_000,
}

export function failure(kind: ErrorKind, facts: ConstructorParameters<typeof ProviderError>[2] = {}): ProviderError {
  return new ProviderError(kind, `played ${kind}`, facts)
}

/** A trial whose attempts end as listed, the last one for ever; notes what it was asked to do. */
export class PlayTrial implements TrialWork<string> {
  readonly log: string[] = []
  readonly #endings: readonly (string | Error)[]
  #sent = 0

  constructor(...endings: readonly (string | Error)[]) {
    this.#endings = endings
  }

  get sent(): number {
    return this.#sent
  }

  admit(attempt: number): Promise<'admitted' | 'budget' | 'stopped'> {
    this.log.push(`admit ${attempt}`)
    return Promise.resolve('admitted')
  }

  send(_signal: AbortSignal): Promise<string> {
    this.#sent += 1
    this.log.push(`send ${this.#sent}`)
    const ending = this.#endings[Math.min(this.#sent, this.#endings.length) - 1] ?? 'answer'
    return typeof ending === 'string' ? Promise.resolve(ending) : Promise.reject(ending)
  }

  learn(_value: string): Learned {
    return { tokens: null, rateLimits: null }
  }

  estimateTokens(): number {
    return 1
  }

  retrying(attempt: number, error: ProviderError, waitMs: number): void {
    this.log.push(`retry after ${attempt}: ${error.kind}, ${waitMs} ms`)
  }
}

/** A promise with its handles. */
export interface Gate<T> {
  readonly promise: Promise<T>
  open(value: T): void
  fail(error: Error): void
}

export function gate<T = void>(): Gate<T> {
  let open: (value: T) => void = () => {}
  let fail: (error: Error) => void = () => {}
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { promise, open, fail }
}

/** Lets everything that can go on go on. */
export async function idle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
