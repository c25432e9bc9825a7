/** What stands at one place of a JSON answer? */
import { createRequire } from 'node:module'
import type * as JsonPathModule from 'jsonpath-rfc9535'
import { messageOf, UserError } from '../lib/errors.ts'
import { type ExactJson, exactJsonText, parseExactJson } from '../lib/exact-json.ts'
import { oneLine } from '../lib/text.ts'
import { exactJsonOfAnswer } from './json-answer.ts'
import { TIMED_OUT, TIMED_OUT_REASON, unlessTooDeep, withinTimeLimit } from './limits.ts'
import { failed, NO_EXPECTED, passed, quoteAny, unscored } from './marks.ts'
import { memoized } from './memo.ts'
import { composedAndTrimmed } from './normalise.ts'
import { canonicalJson } from './structure/canonical-json.ts'
import type { Score, Scorer } from './types.ts'

/** Expected values that are kept in their canonical form. */
const KEPT_VALUES = 256

const VALUE_WIDTH = 60

// Loaded at first use, so that a run without it starts fast.
const load = createRequire(import.meta.url)

/** Filters compare doubles; what they find is looked up where every number is exact. */
function query({ value, rounded }: ExactJson, path: string): readonly unknown[] {
  const { query: find, exec }: typeof JsonPathModule = load('jsonpath-rfc9535')
  const document = rounded as JsonPathModule.JsonValue
  if (value === rounded) return find(document, path)
  const found: unknown[] = []
  exec(document, path, (_, place) => {
    found.push(place.reduce(valueAt, value))
  })
  return found
}

function valueAt(container: unknown, key: string | number): unknown {
  return (container as Readonly<Record<string, unknown>>)[typeof key === 'number' ? key : unescaped(key)]
}

/** The library gives names as normalised paths write them (RFC 9535, 2.7): escaped as in JSON, but within single quotes. */
function unescaped(name: string): string {
  const json = name.replace(/\\.|"/g, (found) => (found === '"' ? '\\"' : found === "\\'" ? "'" : found))
  return JSON.parse(`"${json}"`) as string
}

/** The functions of RFC 9535. The library takes any other name and finds nothing with it. */
const FUNCTIONS: ReadonlySet<string> = new Set(['count', 'length', 'match', 'search', 'value'])

const QUOTED = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`

/** A path, and the value to compare with when it does not come from the sample. */
interface Place {
  readonly path: string
  readonly wanted: string | undefined
}

/** Where the path ends: at the first "=" outside of brackets and quotes, since filters such as `[?@.a == 1]` are in brackets. */
function endOfPath(text: string): number {
  let depth = 0
  for (const { 0: token, index } of text.matchAll(new RegExp(`${QUOTED}|[[\\]=]`, 'g'))) {
    if (token === '[') depth += 1
    else if (token === ']') depth -= 1
    else if (token === '=' && depth === 0) return index
  }
  return text.length
}

/** A function that does not exist, undefined when there is none. */
function unknownFunction(path: string): string | undefined {
  const calls = path.matchAll(new RegExp(`${QUOTED}|(?<name>[a-z][a-z0-9_]*)\\s*\\(`, 'g'))
  return Array.from(calls, ({ groups }) => groups?.['name']).find((name) => name !== undefined && !FUNCTIONS.has(name))
}

function parsePlace(argument: string | undefined): Place {
  const text = argument?.trim() ?? ''
  const end = endOfPath(text)
  const path = text.slice(0, end).trim()
  try {
    query({ value: null, rounded: null }, path)
    const unknown = unknownFunction(path)
    if (unknown !== undefined) throw new Error(`there is no function ${unknown}`)
    return { path, wanted: end < text.length ? text.slice(end + 1) : undefined }
  } catch (error) {
    throw new UserError(
      oneLine(
        `--scorer json-path${argument === undefined ? '' : `:${argument}`}: no JSONPath (${messageOf(error)}). Expected a path of ` +
          'RFC 9535 such as json-path:$.city.name, or with the value to find there, json-path:$.ok=true.',
        400,
      ),
    )
  }
}

const canonicalExpected = memoized(KEPT_VALUES, (text) => {
  const json = parseExactJson(text)
  return { json: json && canonicalJson(json.value), text: composedAndTrimmed(text) }
})

/** As JSON, else as text: the text "42" is found by 42 and by "42". */
function equals(found: unknown, expected: string): boolean {
  const { json, text } = canonicalExpected(expected)
  return (typeof found === 'string' && composedAndTrimmed(found) === text) || json === canonicalJson(found)
}

function scoreAt(output: string, path: string, expected: readonly string[]): Score {
  const answer = exactJsonOfAnswer(output)
  if (answer === undefined) return failed('the answer is no JSON')
  // One pass unless there are filters, with patterns of their own, or descendants, which multiply.
  const mayTakeLong = /\?|\.\./.test(path)
  const found = mayTakeLong ? withinTimeLimit(() => query(answer, path)) : query(answer, path)
  if (found === TIMED_OUT) return unscored(TIMED_OUT_REASON)
  if (found.some((value) => expected.some((candidate) => equals(value, candidate)))) {
    return passed(oneLine(`${oneLine(path, VALUE_WIDTH)} is ${quoteAny(expected)}`))
  }
  const [first] = found
  const shown = first === undefined ? 'missing' : oneLine(exactJsonText(first), VALUE_WIDTH)
  return failed(oneLine(`${oneLine(path, VALUE_WIDTH)} is ${shown}${others(found)}, expected ${quoteAny(expected)}`))
}

function others({ length }: readonly unknown[]): string {
  return length > 1 ? ` and ${length - 1} more` : ''
}

export const jsonPath = {
  name: 'json-path',
  group: 'formats',
  summary: 'A value at a JSONPath of the answer equals an expected answer, or the value that the argument gives.',
  details: `The JSON is the whole answer, else its last fenced block, as for \`json-equal\`. The path is one of
[RFC 9535](https://www.rfc-editor.org/rfc/rfc9535); nothing in it is run as code. When it finds several values, one that is equal is enough.
A value is compared as JSON (the order of keys does not count, 1 and 1.0 are one number), and a text also as text, outer white space aside:
the expected answer \`42\` is met by \`42\` and by \`"42"\`. Numbers are compared to their last digit, also those that a double would round,
such as ids of 20 digits; only the filters within a path compare doubles.

\`json-path:$.ok=true\` compares with \`true\` and needs no expected answer; the path ends at the first \`=\` outside of brackets, so a member
whose name holds \`=\` is written \`$["a=b"]\`. Paths with filters or \`..\` run under a time limit of 200 ms.`,
  examples: [
    {
      argument: '$.city.name',
      output: '{"city": {"name": "Paris"}}',
      expected: ['Paris'],
      score: { value: 1, pass: true },
    },
    {
      argument: '$.items[0].price',
      output: '{"items": [{"price": 5}]}',
      expected: ['6'],
      score: { value: 0, pass: false },
    },
    { argument: '$.ok=true', output: '```json\n{"ok": true}\n```', score: { value: 1, pass: true } },
    {
      argument: '$..[?@.price < 10].title',
      output: '{"books": [{"title": "A", "price": 12}, {"title": "B", "price": 8}]}',
      expected: ['B'],
      score: { value: 1, pass: true },
    },
    { argument: '$.city', output: 'Paris', expected: ['Paris'], score: { value: 0, pass: false } },
  ],
  argument: 'a path such as `$.a.b`, or `$.a.b=value` to compare with that value instead of the expected answer',
  // Only without a value in the argument: checkSample sees to that.
  needsExpected: false,
  create: (argument) => {
    const { path, wanted } = parsePlace(argument)
    const given = wanted === undefined ? undefined : [wanted]
    return ({ output, expected }) => {
      const candidates = given ?? expected
      return candidates.length === 0 ? NO_EXPECTED : unlessTooDeep(() => scoreAt(output, path, candidates))
    }
  },
  checkSample: ({ expected }, argument) =>
    expected.length > 0 || parsePlace(argument).wanted !== undefined
      ? undefined
      : `there is no expected answer, and json-path:${oneLine(argument ?? '', VALUE_WIDTH)} compares with one. Fill it in, or give the value behind the path: json-path:$.a=value.`,
} as const satisfies Scorer
