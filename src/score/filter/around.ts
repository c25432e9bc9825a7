/** Filters that cut an answer at a text. */
import { quote } from '../marks.ts'
import type { Filter } from './types.ts'

export const after = {
  name: 'after',
  summary: 'What stands behind the last occurrence of a text.',
  argument: 'the text; upper and lower case differ',
  missing: (mark) => `no ${quote(mark)} with text behind it`,
  create: (mark) => (text) => {
    const at = text.lastIndexOf(mark)
    return at < 0 ? null : text.slice(at + mark.length).trim()
  },
} as const satisfies Filter

export const before = {
  name: 'before',
  summary: 'What stands in front of the first occurrence of a text.',
  argument: 'the text; upper and lower case differ',
  missing: (mark) => `no ${quote(mark)} with text in front of it`,
  create: (mark) => (text) => {
    const at = text.indexOf(mark)
    return at < 0 ? null : text.slice(0, at).trim()
  },
} as const satisfies Filter
