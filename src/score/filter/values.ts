/** Filters that take what other scorers would find by themselves: a number, a box, a block of code, a JSON value. */
import { exactJsonText } from '../../lib/exact-json.ts'
import { boxed as lastBox, finalNumber } from '../final-number.ts'
import { exactJsonOfAnswer } from '../json-answer.ts'
import { lastCodeBlock } from '../structure/code-block.ts'
import type { Filter } from './types.ts'

export const number = {
  name: 'number',
  summary: 'The number that the scorer numeric would read, as it is written there.',
  argument: null,
  missing: () => 'no number',
  create: () => (text) => finalNumber(text)?.text ?? null,
} as const satisfies Filter

export const boxed = {
  name: 'boxed',
  summary: 'The inside of the last `\\boxed{…}`.',
  argument: null,
  missing: () => 'no \\boxed{}',
  create: () => (text) => lastBox(text)?.trim() ?? null,
} as const satisfies Filter

export const code = {
  name: 'code',
  summary: "The inside of the last block in Markdown's code fences that is closed.",
  argument: null,
  missing: () => 'no code block',
  create: () => (text) => lastCodeBlock(text)?.replace(/^\r?\n/, '') ?? null,
} as const satisfies Filter

export const json = {
  name: 'json',
  summary:
    'The JSON that the JSON scorers would read: the whole answer, else its last code block; written without white space.',
  argument: null,
  missing: () => 'no JSON',
  create: () => (text) => {
    const found = exactJsonOfAnswer(text)
    return found === undefined ? null : exactJsonText(found.value)
  },
} as const satisfies Filter
