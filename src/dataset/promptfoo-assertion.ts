/**
 * What does an `__expected` cell ask for? The grammar is promptfoo's `type:value`; a cell without a type that is known
 * means equality. The cell is text and stays text: what promptfoo would run or load is refused.
 */
import { UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import type { Assertion } from './types.ts'

/** promptfoo's assertion type → the scorer that does the same, and its argument. */
export type AssertionTypes = Readonly<Record<string, { readonly scorer: string; readonly argument: string | null }>>

export interface AssertionPlace {
  readonly file: string
  readonly line: number
  readonly column: string
  readonly types: AssertionTypes
}

/** Types of promptfoo (promptfoo.dev/docs/configuration/expected-outputs, 2026); those not handed in are refused by name. */
const PROMPTFOO_TYPES: ReadonlySet<string> = new Set(
  `agent-rubric answer-relevance bleu classifier contains contains-all contains-any contains-html contains-json
  contains-sql contains-xml context-faithfulness context-recall context-relevance conversation-relevance cost equals
  factuality finish-reason g-eval gleu grade guardrails human icontains icontains-all icontains-any is-html is-json
  is-refusal is-sql is-valid-function-call is-valid-openai-function-call is-valid-openai-tools-call is-xml latency
  levenshtein llm-rubric max-score meteor model-graded-closedqa model-graded-factuality moderation perplexity
  perplexity-score pi regex rouge-l rouge-n rouge-s search-rubric select-best similar skill-used starts-with
  tool-call-f1 trace-error-spans trace-span-count trace-span-duration webhook word-count`.split(/\s+/),
)

/** Types whose value is a comma-separated list. */
const LIST_TYPES: ReadonlySet<string> = new Set(['contains-all', 'contains-any', 'icontains-all', 'icontains-any'])

/** What names code or a file to load, once white space, capitals and look-alike forms are evened out. */
const CODE = /^(?:not-)*(?:(?:javascript|python|ruby|fn|eval|exec|package)(?:\([^)]*\))?:|file:\/\/)/
const TYPED = /^(not-)?([a-z][a-z0-9-]*)(\(\d+(?:\.\d+)?\))?(?::([\s\S]*))?$/

/** One assertion from a cell that is not blank. Throws UserError for code, and for types that exist only in promptfoo. */
export function parseAssertion(cell: string, place: AssertionPlace): Assertion {
  const text = cell.trim()
  if (namesCode(text)) throw refused(text, place)
  const [, not, type = '', threshold, value] = TYPED.exec(text) ?? []
  const known = Object.hasOwn(place.types, type)
  if (!known && !PROMPTFOO_TYPES.has(type)) return toAssertion('equals', [text], place)
  if (not !== undefined) throw unsupported(`not-${type}`, 'Negated assertions are not supported yet', place)
  if (!known) throw unsupported(type, 'There is no such scorer', place)
  if (threshold !== undefined)
    throw unsupported(`${type}${threshold}`, 'Thresholds in a cell are not supported yet', place)
  const trimmed = value?.trim() ?? ''
  if (namesCode(trimmed)) throw refused(text, place)
  return toAssertion(type, LIST_TYPES.has(type) ? trimmed.split(',').map((item) => item.trim()) : [trimmed], place)
}

function toAssertion(type: string, expected: readonly string[], place: AssertionPlace): Assertion {
  const entry = Object.hasOwn(place.types, type) ? place.types[type] : undefined
  if (entry === undefined) throw unsupported(type, 'There is no such scorer', place)
  return { scorer: entry.scorer, argument: entry.argument, expected: expected.filter((item) => item !== '') }
}

function namesCode(text: string): boolean {
  return CODE.test(
    text
      .normalize('NFKC')
      .replace(/[\s\p{C}]/gu, '')
      .toLowerCase(),
  )
}

function refused(text: string, { file, line, column }: AssertionPlace): UserError {
  return new UserError(
    `${file}:${line}: column "${column}": "${oneLine(text, 60)}" names code or a file. Cells are inert text: they are never run ` +
      `and never load anything. Write the expected text itself, or a type such as "contains:Paris".`,
  )
}

function unsupported(type: string, why: string, { file, line, column, types }: AssertionPlace): UserError {
  return new UserError(
    `${file}:${line}: column "${column}": promptfoo's assertion "${type}" cannot be used. ${why}; the types that exist are ` +
      `${Object.keys(types).join(', ')}. A plain answer that reads like a type is written "equals:${type}".`,
  )
}
