/**
 * What does an `__expected` cell ask for? The grammar is promptfoo's `type:value`; a cell without a type that is known
 * means equality. The cell is text and stays text: what promptfoo would run or load is refused.
 */
import { UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { type Assertion, CELL_NUMBER } from './types.ts'

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

/** Types that compare with no text: what promptfoo would make of one (a schema, a list of dialects) would be left out here. */
const TEXTLESS_TYPES: ReadonlySet<string> = new Set(
  `answer-relevance contains-html contains-json contains-sql contains-xml context-faithfulness cost is-html is-json
  is-refusal is-sql is-xml latency`.split(/\s+/),
)

/** What names code or a file to load, once white space, capitals and look-alike forms are evened out. */
const CODE = /^(?:not-)*(?:(?:javascript|python|ruby|fn|eval|exec|package)(?:\([^)]*\))?:|file:\/\/)/
const TYPED = /^(not-)?([a-z][a-z0-9-]*)(?:\(([^()]*)\))?(?::([\s\S]*))?$/
const NUMBER = /^\d{1,15}(?:\.\d{1,15})?$/

/**
 * One assertion from a cell that is not blank. `configured` is the cell of its `__config` column, which stands for the number
 * in parentheses. Throws UserError for code, and for types that exist only in promptfoo.
 */
export function parseAssertion(cell: string, place: AssertionPlace, configured = ''): Assertion {
  const text = cell.trim()
  if (namesCode(text)) throw refused(text, place)
  const [, not = '', type = '', inParentheses, value = ''] = TYPED.exec(text) ?? []
  const isKnown = Object.hasOwn(place.types, type)
  if (!isKnown && !PROMPTFOO_TYPES.has(type)) {
    return toAssertion({ type: 'equals', not: '', number: configured.trim(), expected: [text] }, place)
  }
  if (!isKnown) throw unsupported(type, 'There is no such scorer', place)
  if (inParentheses !== undefined && configured.trim() !== '') {
    throw unsupported(text, 'It has a number of its own, and another one in its __config column', place)
  }
  const number = (inParentheses ?? configured).trim()
  if (inParentheses === '' || (number !== '' && !NUMBER.test(number))) {
    throw unsupported(text, `"${oneLine(number, 60)}" is no number`, place)
  }
  const trimmed = value.trim()
  if (namesCode(trimmed)) throw refused(text, place)
  if (trimmed !== '' && TEXTLESS_TYPES.has(type)) throw unsupported(text, `"${type}" takes no text`, place)
  const expected = LIST_TYPES.has(type) ? trimmed.split(',').map((item) => item.trim()) : [trimmed]
  return toAssertion({ type, not, number, expected: expected.filter((item) => item !== '') }, place)
}

/** A cell, read. */
interface CellParts {
  readonly type: string
  /** `not-` or nothing. */
  readonly not: string
  /** Its digits; empty when there is none. */
  readonly number: string
  readonly expected: readonly string[]
}

function toAssertion({ type, not, number, expected }: CellParts, place: AssertionPlace): Assertion {
  const entry = Object.hasOwn(place.types, type) ? place.types[type] : undefined
  if (entry === undefined) throw unsupported(type, 'There is no such scorer', place)
  const scorer = not + entry.scorer
  const [hole, byDefault = ''] = CELL_NUMBER.exec(entry.argument ?? '') ?? []
  if (hole !== undefined) {
    const filled = number === '' ? byDefault : number
    if (filled === '') throw unsupported(type, `It needs a number: ${type}(100)`, place)
    return { scorer, argument: entry.argument?.replace(hole, filled) ?? null, expected }
  }
  if (number === '') return { scorer, argument: entry.argument, expected }
  const threshold = thresholdIn(number)
  if (threshold === undefined) throw unsupported(`${type}(${number})`, 'A threshold is a number from 0 to 1', place)
  return { scorer, argument: entry.argument, expected, threshold }
}

/** A share from 0 to 1; undefined when the text is none. */
export function thresholdIn(text: string): number | undefined {
  return NUMBER.test(text.trim()) && Number(text) <= 1 ? Number(text) : undefined
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

function unsupported(asked: string, why: string, { file, line, column, types }: AssertionPlace): UserError {
  const shown = oneLine(asked, 60)
  return new UserError(
    `${file}:${line}: column "${column}": promptfoo's assertion "${shown}" cannot be used. ${why}; the types that exist are ` +
      `${Object.keys(types).join(', ')}. A plain answer that reads like a type is written "equals:${shown}".`,
  )
}
