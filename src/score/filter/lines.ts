/** Filters that take one line. */
import type { Filter } from './types.ts'

const VISIBLE = /\S/
const BREAK = /\r\n|[\n\r\u2028\u2029]/

export const firstLine = {
  name: 'first-line',
  summary: 'The first line that is not blank.',
  argument: null,
  missing: () => 'no line',
  create: () => (text) => {
    const start = text.search(VISIBLE)
    return start < 0 ? null : (text.slice(start).split(BREAK, 1)[0] ?? '').trim()
  },
} as const satisfies Filter

export const lastLine = {
  name: 'last-line',
  summary: 'The last line that is not blank.',
  argument: null,
  missing: () => 'no line',
  create: () => (text) => text.trimEnd().split(BREAK).pop()?.trim() || null,
} as const satisfies Filter
