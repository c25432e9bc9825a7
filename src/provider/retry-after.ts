/** When does the server want to be asked again? (openrouter.md sections 5.5 and 5.6) */
import { type Fields, fieldsOf, textOf, wordOf } from './json.ts'

/** Response headers by lower-case name. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Two clocks that differ by less are right, as far as this matters. */
const AGREE_MS = 5_000

const MS_OF_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/
const NUMBER = /^\d+(?:\.\d+)?$/
const HTTP_DATE = /^[A-Z][a-z]{2,8},? .*\d{4}|^\d{4}-\d\d-\d\dT/
const IN_WORDS =
  /(?:retry|try again)[^.\d]{0,20}?(?:after|in)\s+(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b/i

/**
 * The wait the server asks for in ms, never negative; null when it asks for none. The first hint that parses counts:
 * `retry-after-ms`, `Retry-After` (seconds or date), `availability.retry_after`, then, for a 429 only, the rate-limit reset
 * (OpenAI sends that header with every answer, where it is no wish to wait), then the message's own words.
 *
 * @param wallTime now, by our clock
 * @param error the `error` member of the body
 */
export function retryAfterMs(status: number, headers: ResponseHeaders, error: unknown, wallTime: Date): number | null {
  const fields = fieldsOf(error)
  const now = timeOfServer(headers, wallTime)
  return (
    plainNumber(headerOf(headers, 'retry-after-ms'), 1) ??
    plainNumber(headerOf(headers, 'retry-after'), 1000) ??
    untilDate(headerOf(headers, 'retry-after'), now) ??
    plainNumber(wordOf(fieldsOf(fields['availability'])['retry_after']), 1000) ??
    (status === 429 ? untilReset(headers, fields, now) : null) ??
    inWords(typeof error === 'string' ? error : textOf(fields['message']))
  )
}

/**
 * A rate-limit reset in any of the known notations: a duration (`6m0s`), else a number (below 10⁹ seconds from now, below
 * 10¹⁰ epoch seconds, above that epoch milliseconds), else a date. Azure's `0` and `-1` mean "not known": null.
 */
export function parseReset(text: string, wallTime: Date): number | null {
  if (DURATION.test(text)) return duration(text)
  const value = plainNumber(text, 1)
  if (value === null) return untilDate(text, wallTime)
  if (value === 0) return null
  if (value < 1e9) return value * 1000
  return Math.max(0, (value < 1e10 ? value * 1000 : value) - wallTime.getTime())
}

/** Headers that OpenRouter repeats in its error body, by lower-case name. */
export function mirroredHeaders(error: unknown): ResponseHeaders {
  const entries = Object.entries(fieldsOf(fieldsOf(fieldsOf(error)['metadata'])['headers']))
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), wordOf(value)]))
}

/** OpenRouter's reset, mirrored in its error body; else that of the limits that are used up, or of all when none says so. */
function untilReset(headers: ResponseHeaders, error: Fields, wallTime: Date): number | null {
  const mirrored = mirroredHeaders(error)
  const names = ['x-ratelimit-reset', 'ratelimitbysize-reset', 'x-ratelimit-reset-requests', 'x-ratelimit-reset-tokens']
  const resets = names.flatMap((name) => {
    const waitMs = parseReset(headerOf(headers, name) || headerOf(mirrored, name), wallTime)
    const usedUp = headerOf(headers, name.replace('reset', 'remaining')) === '0'
    return waitMs === null ? [] : [{ waitMs, usedUp }]
  })
  const binding = resets.some(({ usedUp }) => usedUp) ? resets.filter(({ usedUp }) => usedUp) : resets
  return binding.length === 0 ? null : Math.max(...binding.map(({ waitMs }) => waitMs))
}

function duration(text: string): number {
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)].reduce(
    (sum, [, amount, unit = '']) => sum + Number(amount) * (MS_OF_UNIT[unit] ?? 0),
    0,
  )
}

/** "Rate limit reached, please retry after 37 seconds." */
function inWords(message: string): number | null {
  const [, amount, word = ''] = IN_WORDS.exec(message) ?? []
  if (amount === undefined) return null
  const unit = /^(ms|milli)/i.test(word) ? 'ms' : word.slice(0, 1).toLowerCase()
  return Number(amount) * (MS_OF_UNIT[unit] ?? 0)
}

function plainNumber(text: string, unitMs: number): number | null {
  return NUMBER.test(text) ? Number(text) * unitMs : null
}

/**
 * The moments that a server names are told by its own clock. Ours counts where both agree, since that of a `Date` header has
 * no fractions.
 */
function timeOfServer(headers: ResponseHeaders, wallTime: Date): Date {
  const epochMs = epochOf(headerOf(headers, 'date'))
  return epochMs === null || Math.abs(epochMs - wallTime.getTime()) < AGREE_MS ? wallTime : new Date(epochMs)
}

/** Ms until a date, 0 when it has passed. */
function untilDate(text: string, wallTime: Date): number | null {
  const epochMs = epochOf(text)
  return epochMs === null ? null : Math.max(0, epochMs - wallTime.getTime())
}

/** Null for what is no date. Date.parse alone would take "12 monkeys" for one. */
function epochOf(text: string): number | null {
  const epochMs = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(epochMs) ? null : epochMs
}

/** A header's trimmed value, the first of several; empty when absent. */
export function headerOf(headers: ResponseHeaders, name: string): string {
  const value = headers[name]
  return (Array.isArray(value) ? (value[0] ?? '') : (value ?? '')).trim()
}
