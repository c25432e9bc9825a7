/** Which tool calls are meant, and how many of them were made? */
import { parseExactJson } from '../../lib/exact-json.ts'
import { isObject } from '../../lib/json.ts'
import type { AnswerFacts } from '../types.ts'
import { canonicalJson } from './canonical-json.ts'

/** One call in a form in which equal ones are equal. */
export interface Call {
  readonly name: string
  /** Canonical JSON of each argument, by name; null when the arguments are no JSON object. */
  readonly arguments: ReadonlyMap<string, string> | null
}

/** Whether a call that was made is one that was expected. */
export type Matches = (made: Call, wanted: Call) => boolean

/** A call as a model made it: no arguments at all are written `{}` or as an empty text. */
export function madeCall({ name, arguments: text }: AnswerFacts['toolCalls'][number]): Call {
  return { name, arguments: argumentsOf(text.trim() === '' ? {} : parseExactJson(text)?.value) }
}

/**
 * The calls that a JSON text describes: `{"name", "arguments"}`, OpenAI's `{"function": {"name", "arguments"}}`, or a list of
 * them; undefined when it is neither. Throws RangeError when nested too deeply.
 */
export function readCalls(value: unknown): readonly Call[] | undefined {
  const calls = (Array.isArray(value) ? value : [value]).map(readCall)
  return calls.every((call) => call !== undefined) ? calls : undefined
}

function readCall(value: unknown): Call | undefined {
  if (!isObject(value)) return undefined
  const { name, arguments: given = {} } = isObject(value['function']) ? value['function'] : value
  const read = argumentsOf(typeof given === 'string' ? parseExactJson(given)?.value : given)
  return typeof name === 'string' && read !== null ? { name, arguments: read } : undefined
}

function argumentsOf(value: unknown): Call['arguments'] {
  return isObject(value) ? new Map(Object.entries(value).map(([key, inner]) => [key, canonicalJson(inner)])) : null
}

export const sameName: Matches = (made, wanted) => made.name === wanted.name

/** The call may have further arguments. */
export const hasArguments: Matches = (made, wanted) =>
  sameName(made, wanted) &&
  made.arguments !== null &&
  Array.from(wanted.arguments ?? []).every(([key, value]) => made.arguments?.get(key) === value)

export const sameArguments: Matches = (made, wanted) =>
  hasArguments(made, wanted) && made.arguments?.size === wanted.arguments?.size

/**
 * The most pairs of a made and an expected call that match, each call in at most one pair: a maximum bipartite matching by
 * augmenting paths (Kuhn's algorithm). A call that fits several expected ones is given to the one that needs it.
 */
export function matchedInAnyOrder(made: readonly Call[], wanted: readonly Call[], matches: Matches): number {
  const partnerOf = new Map<number, number>()
  const findPartner = (at: number, tried: Set<number>): boolean => {
    const call = wanted[at]
    if (call === undefined) return false
    for (const [index, candidate] of made.entries()) {
      if (tried.has(index) || !matches(candidate, call)) continue
      tried.add(index)
      const rival = partnerOf.get(index)
      if (rival !== undefined && !findPartner(rival, tried)) continue
      partnerOf.set(index, at)
      return true
    }
    return false
  }
  return wanted.filter((_, index) => findPartner(index, new Set())).length
}

/** The longest sequence of pairs that match in the order of both: a longest common subsequence. */
export function matchedInOrder(made: readonly Call[], wanted: readonly Call[], matches: Matches): number {
  let previous: readonly number[] = []
  for (const call of wanted) {
    const row = [0]
    for (const [index, candidate] of made.entries()) {
      const longer = matches(candidate, call) ? (previous[index] ?? 0) + 1 : 0
      row.push(Math.max(longer, previous[index + 1] ?? 0, row[index] ?? 0))
    }
    previous = row
  }
  return previous[made.length] ?? 0
}
