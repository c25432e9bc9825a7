/** Is the answer the expected JSON value? */
import { exactJsonText, isSameLeaf, parseExactJson } from '../lib/exact-json.ts'
import { oneLine } from '../lib/text.ts'
import { exactJsonOfAnswer } from './json-answer.ts'
import { unlessTooDeep } from './limits.ts'
import { failed, NO_EXPECTED, passed, quote, unscored } from './marks.ts'
import { memoized } from './memo.ts'
import type { Score, Scorer } from './types.ts'

/** Expected answers that are kept parsed. */
const KEPT_VALUES = 256

const VALUE_WIDTH = 40

const parseExpected = memoized(KEPT_VALUES, parseExactJson)

/** A place where two values differ: its JSON Pointer (RFC 6901) and what stands there; undefined where nothing does. */
interface Difference {
  readonly path: string
  readonly found: unknown
  readonly wanted: unknown
}

/** The first difference in the order of the expected value, keys too many last; undefined when there is none. */
function firstDifference(found: unknown, wanted: unknown): Difference | undefined {
  if (isSameLeaf(found, wanted)) return undefined
  if (!isContainer(found) || !isContainer(wanted) || Array.isArray(found) !== Array.isArray(wanted)) {
    return { path: '', found, wanted }
  }
  for (const key of Object.keys(wanted)) {
    const inner = firstDifference(valueAt(found, key), wanted[key])
    if (inner !== undefined) return { ...inner, path: `/${escaped(key)}${inner.path}` }
  }
  const extra = Object.keys(found).find((key) => !Object.hasOwn(wanted, key))
  return extra === undefined ? undefined : { path: `/${escaped(extra)}`, found: found[extra], wanted: undefined }
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function valueAt(container: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(container, key) ? container[key] : undefined
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

function describe({ path, found, wanted }: Difference): string {
  return oneLine(`${path === '' ? 'the value' : oneLine(path, 80)} is ${show(found)}, expected ${show(wanted)}`)
}

/** Containers are named, not written out: of a deep one only the beginning would be seen. */
function show(value: unknown): string {
  if (value === undefined) return 'missing'
  if (isContainer(value)) return Array.isArray(value) ? 'an array' : 'an object'
  return oneLine(exactJsonText(value), VALUE_WIDTH)
}

/** The order of keys does not count, that of items does; 1, 1.0 and 1e0 are one number. */
export const jsonEqual = {
  name: 'json-equal',
  summary:
    'The answer is the same JSON value as an expected answer, whatever the order of keys; a fenced block counts as the answer.',
  group: 'formats',
  details: `The JSON is the whole answer, else its last closed code block; JSON loose in prose is not looked for. The order of keys does not count, that
of items does; 1, 1.0 and 1e0 are one number, and a number is not equal to its text. Numbers are compared to
their last digit, also those that a double would round, such as ids of 20 digits. The reason names the first difference by its JSON
Pointer (RFC 6901), such as \`/items/0/price is 5, expected 6\`.

For extraction, where some fields may be wrong, use \`json-fields\`; for one place of a larger answer, \`json-path\`.`,
  examples: [
    { output: '{"b": [1, 2], "a": 1.0}', expected: ['{"a": 1, "b": [1, 2]}'], score: { value: 1, pass: true } },
    {
      output: 'Here it is:\n```json\n{"a": 1}\n```',
      expected: ['{"a": 1}'],
      score: { value: 1, pass: true },
    },
    { output: '[2, 1]', expected: ['[1, 2]'], score: { value: 0, pass: false } },
    { output: 'The value is {"a": 1}.', expected: ['{"a": 1}'], score: { value: 0, pass: false } },
  ],
  argument: null,
  needsExpected: true,
  create: () => (input) => unlessTooDeep(() => scoreJson(input.output, input.expected)),
  checkSample: ({ expected }) => {
    const bad = expected.find((candidate) => parseExpected(candidate) === undefined)
    return bad === undefined
      ? undefined
      : `the expected answer ${quote(bad)} is no JSON. Write it as JSON (text in double quotes), or compare text with the scorer exact.`
  },
} as const satisfies Scorer

function scoreJson(output: string, expected: readonly string[]): Score {
  if (expected.length === 0) return NO_EXPECTED
  const answer = exactJsonOfAnswer(output)
  if (answer === undefined) return failed('the answer is no JSON')
  let first: Difference | undefined
  for (const candidate of expected) {
    const wanted = parseExpected(candidate)
    if (wanted === undefined) return unscored('the expected answer is no JSON')
    const difference = firstDifference(answer.value, wanted.value)
    if (difference === undefined) return passed('equals the expected JSON')
    first ??= difference
  }
  return first === undefined ? NO_EXPECTED : failed(describe(first))
}
