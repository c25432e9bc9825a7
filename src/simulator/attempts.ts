/** Is a request admitted, does it fail, and what is billed? The same for completions and embeddings: they share limits and script. */
import type { Clock } from '../lib/clock.ts'
import { createFate, createThrottle } from './behaviour.ts'
import { rateLimitReply } from './errors.ts'
import type { FailedAttempt } from './misbehaviour.ts'
import type { Misbehaviour, Reply, SimulatorOptions } from './types.ts'
import type { Generation } from './wire.ts'

export interface Outcome {
  readonly kind: 'completed' | 'failed' | 'rateLimited'
  readonly reply: Reply
  /** What is billed, at its cost; null when nothing was generated. */
  readonly generation: Generation | null
}

/** What a request would get, were nothing to go wrong, and what it gets when something does. */
export interface Work {
  readonly generation: Generation
  reply(): Reply
  fail(kind: Exclude<Misbehaviour, 'ok'>, now: Date): FailedAttempt
}

/** Decides about one request, given how many others are in progress. */
export type Attempts = (bodyHash: string, inFlight: number, work: Work) => Outcome

/** Answers one body, given how many others are in progress. Throws RequestRefused for a request that cannot be served. */
export type Endpoint = (bodyText: string, inFlight: number) => Outcome

export function createAttempts(options: SimulatorOptions, clock: Clock): Attempts {
  const fate = createFate(options)
  const throttle = createThrottle(options, clock)

  return (bodyHash, inFlight, work) => {
    const refusal = throttle.admit(inFlight)
    if (refusal !== null) {
      return { kind: 'rateLimited', reply: rateLimitReply(refusal, clock.wallTime()), generation: null }
    }
    const misbehaviour = fate.next(bodyHash)
    if (misbehaviour === 'ok') return { kind: 'completed', reply: work.reply(), generation: work.generation }
    return { kind: 'failed', ...work.fail(misbehaviour, clock.wallTime()) }
  }
}
