/** Is this text one JSON object, and if not, where and why? */
import { UserError } from '../lib/errors.ts'
import { exactJsonText, withExactNumbers } from '../lib/exact-json.ts'
import { oneLine } from '../lib/text.ts'
import { isObject } from '../lib/json.ts'
import { findJsonProblem } from '../lib/json-syntax.ts'

/** Where a piece of JSON starts in the file. */
export interface JsonPlace {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** In UTF-16 units, from 1. */
  readonly column: number
}

/** The object's keys and values. Throws UserError with file:line:column when it is no JSON, or no object. */
export function parseJsonObject(text: string, place: JsonPlace, fix: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = withExactNumbers(text, JSON.parse(text))
  } catch (error) {
    throw syntaxError(text, place, fix) ?? error
  }
  if (!isObject(value)) {
    throw new UserError(
      `${place.file}:${place.line}: found ${kindOf(value)}, expected an object such as {"question": "…"}. ${fix}`,
    )
  }
  return value
}

function syntaxError(text: string, place: JsonPlace, fix: string): UserError | undefined {
  const problem = findJsonProblem(text)
  if (problem === undefined) return undefined
  const before = text.slice(0, problem.offset).split('\n')
  const line = place.line + before.length - 1
  const column = (before.length === 1 ? place.column : 1) + (before.at(-1)?.length ?? 0)
  const found = problem.offset >= text.length ? 'the end' : JSON.stringify(oneLine(text.slice(problem.offset), 20))
  return new UserError(
    `${place.file}:${line}:${column}: is not valid JSON: found ${found}, expected ${problem.expected}. ${fix}`,
  )
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return `the ${typeof value === 'symbol' ? 'number' : typeof value} ${oneLine(exactJsonText(value), 40)}`
}
