/** How values are written by people: durations, shares, counts, money. The same grammar in flags and in eval.config.ts. */
import { z } from 'zod'
import { parseDurationMs } from '../lib/duration.ts'
import { parseUsd } from '../lib/usd.ts'

/** A non-empty text. */
export const text = z
  .string({ error: (issue) => expected('text', issue.input) })
  .min(1, { error: 'expected text, found nothing' })

/** One text or several. */
export const texts = z.union([text.transform((one) => [one]), z.array(text)], {
  error: (issue) => expected('a text or a list of texts', issue.input),
})

/** A whole number in a range, as a number or as its digits. */
export function wholeNumber(low: number, high: number) {
  const wanted = `a whole number from ${low.toLocaleString('en-US')} to ${high.toLocaleString('en-US')}`
  return parsed(wanted, (value) => {
    const number = toNumber(value)
    return number !== undefined && Number.isSafeInteger(number) && number >= low && number <= high ? number : undefined
  })
}

/** How many requests at once: a number, or `auto`. */
export const concurrency = parsed('a whole number from 1 to 2,000, or auto', (value) => {
  if (value === 'auto') return value
  const number = toNumber(value)
  return number !== undefined && Number.isSafeInteger(number) && number >= 1 && number <= 2_000 ? number : undefined
})

/** A decimal number in a range. */
export function decimalNumber(low: number, high: number) {
  return parsed(`a number from ${low} to ${high}`, (value) => {
    const number = toNumber(value)
    return number !== undefined && number >= low && number <= high ? number : undefined
  })
}

/** A share: 0.05 or 5%. */
export const share = parsed('a share such as 0.05 or 5%', (value) => {
  const percent = typeof value === 'string' ? /^\s*([\d.]+)\s*%\s*$/.exec(value)?.[1] : undefined
  const number = percent === undefined ? toNumber(value) : Number(percent) / 100
  return number !== undefined && number >= 0 && number <= 1 ? number : undefined
})

/** A time with its unit: 500ms, 60s, 5m, 1h. Becomes milliseconds. */
export const duration = parsed('a time with its unit, such as 500ms, 60s, 5m or 1h', durationMs)

/** The same, but not 0: what gets no time cannot succeed. */
export const timeout = parsed(
  'a time above 0 with its unit, such as 500ms, 60s, 5m or 1h',
  (value) => durationMs(value) || undefined,
)

/** A positive amount in US dollars, which becomes exact money, or `none`, which becomes null. */
export const usdOrNone = parsed('an amount in US dollars such as 0.50, or none', (value) => {
  if (value === 'none') return null
  const amount = typeof value === 'string' || typeof value === 'number' ? parseUsd(String(value)) : undefined
  return amount !== undefined && amount > 0n ? amount : undefined
})

/** True or false. */
export const flag = z.boolean({ error: (issue) => expected('true or false', issue.input) })

/** One of some words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: (issue) => expected(words.join(', '), issue.input) })
}

/** Some of some words, one or a list. */
export function someOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  const one = oneOf(words)
  return z.union([one.transform((word) => [word]), z.array(one)], {
    error: (issue) => expected(words.join(', '), issue.input),
  })
}

/** `key=value` texts, or an object. Becomes a list of pairs with the values as they were written. */
export const pairs = z.union(
  [
    z.record(z.string(), z.unknown()).transform((record) => Object.entries(record)),
    texts.transform((list, context) =>
      list.map((item): [string, unknown] => {
        const at = item.indexOf('=')
        if (at < 1) {
          context.addIssue({ code: 'custom', message: `expected key=value, found "${item}"` })
        }
        return [item.slice(0, at).trim(), item.slice(at + 1)]
      }),
    ),
  ],
  { error: (issue) => expected('key=value', issue.input) },
)

/** A value that `read` understands; undefined means it does not. */
function parsed<T>(wanted: string, read: (value: unknown) => T | undefined) {
  return z
    .union([z.string(), z.number()], { error: (issue) => expected(wanted, issue.input) })
    .transform((value, context) => {
      const result = read(value)
      if (result !== undefined) return result
      context.addIssue({ code: 'custom', message: expected(wanted, value) })
      return z.NEVER
    })
}

function durationMs(value: unknown): number | undefined {
  return typeof value === 'string' ? parseDurationMs(value) : undefined
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)
    ? Number(value)
    : undefined
}

function expected(wanted: string, found: unknown): string {
  return `expected ${wanted}, found ${JSON.stringify(found) ?? String(found)}`
}
