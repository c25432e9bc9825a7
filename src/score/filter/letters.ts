/** Filters that change letters. */
import type { Filter } from './types.ts'

export const lower = {
  name: 'lower',
  summary: 'The answer in lower case.',
  argument: null,
  missing: () => 'an empty answer',
  create: () => (text) => text.toLowerCase(),
} as const satisfies Filter

export const upper = {
  name: 'upper',
  summary: 'The answer in upper case.',
  argument: null,
  missing: () => 'an empty answer',
  create: () => (text) => text.toUpperCase(),
} as const satisfies Filter
