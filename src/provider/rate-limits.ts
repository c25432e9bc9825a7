/** What does the endpoint say of its rate limits? (openrouter.md section 5.6) */
import { headerOf, mirroredHeaders, parseReset, type ResponseHeaders } from './retry-after.ts'
import type { RateLimit, RateLimits } from './types.ts'

/** Names of limit and remaining, as OpenAI (and Azure), Mistral today, and Mistral earlier write them. */
const REQUESTS = [
  ['x-ratelimit-limit-requests', 'x-ratelimit-remaining-requests'],
  ['x-ratelimit-limit-req-minute', 'x-ratelimit-remaining-req-minute'],
] as const
const TOKENS = [
  ['x-ratelimit-limit-tokens', 'x-ratelimit-remaining-tokens'],
  ['x-ratelimit-limit-tokens-minute', 'x-ratelimit-remaining-tokens-minute'],
  ['x-ratelimitbysize-limit-minute', 'x-ratelimitbysize-remaining-minute'],
  ['ratelimitbysize-limit', 'ratelimitbysize-remaining'],
] as const

/** Names without a unit, which OpenRouter uses with its 429s. */
const UNNAMED = ['x-ratelimit-limit', 'x-ratelimit-remaining'] as const

/** Without a unit a limit is taken as one per minute when its window ends within a minute, and is no matter of seconds. */
const SHORTEST_MINUTE_MS = 1_000
const LONGEST_MINUTE_MS = 60_000

const NUMBER = /^\d{1,15}(?:\.\d+)?$/

/** Null when the headers tell none, which most servers' do not: that costs next to nothing. */
export function rateLimitsOf(headers: ResponseHeaders): RateLimits | null {
  const requests = firstOf(REQUESTS, headers)
  const tokens = firstOf(TOKENS, headers)
  return requests === null && tokens === null ? null : { requests, tokens }
}

/** The same for an answer that is an error; `error` is the member of its body, in which OpenRouter repeats the headers. */
export function rateLimitsOfRefusal(headers: ResponseHeaders, error: unknown, wallTime: Date): RateLimits | null {
  return rateLimitsOf(headers) ?? unnamedLimit(headers, wallTime) ?? unnamedLimit(mirroredHeaders(error), wallTime)
}

function unnamedLimit(headers: ResponseHeaders, wallTime: Date): RateLimits | null {
  const requests = readLimit(UNNAMED, headers)
  if (requests === null) return null
  const resetMs = parseReset(headerOf(headers, 'x-ratelimit-reset'), wallTime) ?? 0
  return resetMs > SHORTEST_MINUTE_MS && resetMs <= LONGEST_MINUTE_MS ? { requests, tokens: null } : null
}

type Names = readonly [limit: string, remaining: string]

function firstOf(names: readonly Names[], headers: ResponseHeaders): RateLimit | null {
  for (const pair of names) {
    const limit = readLimit(pair, headers)
    if (limit !== null) return limit
  }
  return null
}

/** Numbers that make no sense together are none. */
function readLimit([limitName, remainingName]: Names, headers: ResponseHeaders): RateLimit | null {
  if (headers[limitName] === undefined) return null
  const limit = readNumber(headerOf(headers, limitName))
  const remaining = readNumber(headerOf(headers, remainingName))
  return limit !== null && remaining !== null && limit > 0 && remaining <= limit ? { limit, remaining } : null
}

function readNumber(text: string): number | null {
  return NUMBER.test(text) ? Number(text) : null
}
