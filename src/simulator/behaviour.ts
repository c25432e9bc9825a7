/** How long does an answer take, and which attempts go wrong? Seeded by the request body, so that a rerun is the same. */
import type { Clock } from '../lib/clock.ts'
import { hash01 } from '../lib/hash.ts'
import type { Random } from '../lib/random.ts'
import { randomFrom } from '../lib/random.ts'
import { createRecent } from './recent.ts'
import type { Latency, Misbehaviour, SimulatorOptions } from './types.ts'

/** About a fast small model; 200 short questions at concurrency 8 take two or three seconds. */
export const DEFAULT_LATENCY: Latency = { ttftMs: 60, tokenGapMs: 2, sigma: 0.4 }

/** What a share of `failRate` is spread over, evenly. */
const RANDOM_FAILURES = ['500', '502', '503', 'mid-stream-error'] as const satisfies readonly Misbehaviour[]

/** Retries come within minutes; a body unseen for longer starts again at its first attempt. */
const REMEMBERED_BODIES = 100_000

/** Why a request was not admitted. */
export interface Refusal {
  /** What the header X-RateLimit-Limit says: requests in one burst. */
  readonly limit: number
  readonly retryAfterMs: number
}

/** Tells for each attempt what happens to it: the script first, then the fail rate. */
export interface Fate {
  next(bodyHash: string): Misbehaviour
}

/** Admits requests or turns them away. */
export interface Throttle {
  /** Null when the request is admitted. */
  admit(inFlight: number): Refusal | null
}

/**
 * When each piece of an answer is written, in ms since the request came; never decreasing. The first comes after the
 * TTFT, each further one after the gap of the tokens in it. Both are log-normal, median · exp(sigma · z): response times
 * have a long right tail. The last time is when a whole answer is ready.
 */
export function timelineOf(bodyHash: string, pieces: number, tokens: number, latency: Latency): number[] {
  if (latency.ttftMs === 0 && latency.tokenGapMs === 0) return Array.from({ length: pieces }, () => 0)
  const random = randomFrom(`latency|${bodyHash}`)
  const stretch = (): number => Math.exp(latency.sigma * standardNormal(random))
  const gapMs = (latency.tokenGapMs * tokens) / pieces
  let atMs = latency.ttftMs * stretch()
  return Array.from({ length: pieces }, (_, piece) => (atMs += piece === 0 ? 0 : gapMs * stretch()))
}

/** Box & Muller 1958, "A note on the generation of random normal deviates". */
function standardNormal(random: Random): number {
  // 1 − u lies in (0, 1]: the logarithm is finite.
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform())
}

export function createFate(options: Pick<SimulatorOptions, 'script' | 'failRate'>): Fate {
  const script = [...(options.script ?? [])]
  const failRate = options.failRate ?? 0
  /** How often each body has come. */
  const attempts = createRecent<number>(REMEMBERED_BODIES)

  return {
    next(bodyHash) {
      const scripted = script.shift()
      if (scripted !== undefined) return scripted
      if (failRate === 0) return 'ok'
      const attempt = (attempts.get(bodyHash) ?? 0) + 1
      attempts.set(bodyHash, attempt)
      const draw = `${bodyHash}|${attempt}`
      if (hash01(`fail|${draw}`) >= failRate) return 'ok'
      return RANDOM_FAILURES[Math.floor(hash01(`kind|${draw}`) * RANDOM_FAILURES.length)] ?? '502'
    },
  }
}

/** A token bucket (one second's worth, at least 1) beside a limit on what is in progress. */
export function createThrottle(options: Pick<SimulatorOptions, 'rateLimit' | 'maxInFlight'>, clock: Clock): Throttle {
  const perSecond = options.rateLimit?.requestsPerSecond ?? Number.POSITIVE_INFINITY
  const maxInFlight = options.maxInFlight ?? Number.POSITIVE_INFINITY
  const burst = Math.max(1, perSecond)
  let tokens = burst
  let filledMs = clock.nowMs()

  return {
    admit(inFlight) {
      if (inFlight >= maxInFlight) return { limit: maxInFlight, retryAfterMs: 1000 }
      if (options.rateLimit === undefined) return null
      const nowMs = clock.nowMs()
      tokens = Math.min(burst, tokens + ((nowMs - filledMs) * perSecond) / 1000)
      filledMs = nowMs
      if (tokens < 1) return { limit: Math.floor(burst), retryAfterMs: ((1 - tokens) / perSecond) * 1000 }
      tokens -= 1
      return null
    },
  }
}
