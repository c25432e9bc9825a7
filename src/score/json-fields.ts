/** How many fields did the model extract rightly? */
import { parseExactJson } from '../lib/exact-json.ts'
import { isObject, parseJson } from '../lib/json.ts'
import { oneLine } from '../lib/text.ts'
import { parseThreshold } from './argument.ts'
import { exactJsonOfAnswer } from './json-answer.ts'
import { unlessTooDeep } from './limits.ts'
import { formatShare, graded, NO_EXPECTED, quote, unscored } from './marks.ts'
import { memoized } from './memo.ts'
import { fieldMetric, fieldObservation } from './metric/field-table.ts'
import { sharesOf } from './metric/shares.ts'
import { compareFields, type FieldCount, type Fields, fieldsOf } from './structure/json-fields.ts'
import type { Score, Scorer } from './types.ts'

const DEFAULT_THRESHOLD = 1

/** Expected answers that are kept flattened. */
const KEPT_VALUES = 256

/** Fields that a reason names. */
const NAMED_FIELDS = 3

const EMPTY: Fields = new Map()

const expectedFields = memoized(KEPT_VALUES, (text) => fieldsOf(parseExactJson(text)?.value ?? null))

const isJsonObject = memoized(KEPT_VALUES, (text) => isObject(parseJson(text)?.value))

/** F1 of the counts; 1 when there is nothing to find and nothing was found. */
function f1Of(counts: readonly FieldCount[]): number {
  const sum = { found: 0, wanted: 0, same: 0 }
  for (const { found, wanted, same } of counts) {
    sum.found += found
    sum.wanted += wanted
    sum.same += same
  }
  return sharesOf(sum).f1 ?? 1
}

function describe(counts: readonly FieldCount[], value: number): string {
  const wrong = counts.filter(({ found, wanted, same }) => found !== same || wanted !== same)
  if (wrong.length === 0) return 'all fields agree'
  const named = wrong.slice(0, NAMED_FIELDS).map(({ field }) => oneLine(field || 'the value', 40))
  const rest = wrong.length > NAMED_FIELDS ? ` and ${wrong.length - NAMED_FIELDS} more` : ''
  return oneLine(`F1 ${formatShare(value)}: ${named.join(', ')}${rest} ${wrong.length === 1 ? 'differs' : 'differ'}`)
}

function scoreFields(output: string, expected: readonly string[], threshold: number): Score {
  const bad = expected.find((candidate) => !isJsonObject(candidate))
  if (bad !== undefined) return unscored(`the expected answer ${quote(bad)} is no JSON object`)
  const answer = exactJsonOfAnswer(output)
  const found = answer === undefined ? EMPTY : fieldsOf(answer.value)
  let best: Score | undefined
  for (const candidate of expected) {
    const counts = compareFields(found, expectedFields(candidate))
    const value = answer === undefined ? 0 : f1Of(counts)
    if (best !== undefined && value <= (best.value ?? 0)) continue
    const reason = answer === undefined ? 'the answer is no JSON' : describe(counts, value)
    best = { ...graded(value, threshold, reason), observation: fieldObservation(counts) }
  }
  return best ?? NO_EXPECTED
}

export const jsonFields = {
  name: 'json-fields',
  group: 'formats',
  summary:
    'The fields of a JSON answer agree with those of the expected object: F1 over all values, 1 unless told otherwise.',
  details: `For extraction. Both sides are flattened to pairs of path and value, such as \`items[].price\` and 5; the value is F1 over the two
multisets of pairs: 2 × pairs in both / (pairs found + pairs expected). With the default threshold of 1 an answer passes when every field
is right, none is missing and none is extra; \`json-fields:0.8\` lets some be wrong.

- The place in an array does not count, so lists may come in any order. Objects in a list are not paired with each other: only the values
  of each of their fields are compared.
- Texts are compared without regard to case and white space (Unicode NFC); numbers by value and to
  their last digit, also those that a double would round, such as ids of 20 digits. A number is not equal to its text.
- \`null\`, \`{}\` and \`[]\` hold no value: a field with one is as good as a field that is absent.
- The JSON is the whole answer, else its last fenced block. An answer without JSON has found nothing: value 0.
- Of several expected objects, the one with the best F1 counts.

Over a run: micro-averaged precision, recall and F1 (all values of all answers in one pot), the share of answers that are right in every
field, and a table with precision, recall and F1 of each field. The table names at most 200 fields, and 50 per answer; the others are
added up as \`(other)\`.`,
  examples: [
    {
      output: '{"name": "ada lovelace", "born": 1815}',
      expected: ['{"born": 1815, "name": "Ada Lovelace"}'],
      score: { value: 1, pass: true },
    },
    {
      output: '{"name": "Ada Lovelace", "born": 1816}',
      expected: ['{"name": "Ada Lovelace", "born": 1815}'],
      score: { value: 0.5, pass: false },
    },
    {
      argument: '0.8',
      output: '{"tags": ["b", "a", "c"]}',
      expected: ['{"tags": ["a", "b"], "note": null}'],
      score: { value: 0.8, pass: true },
    },
    { output: 'Ada Lovelace, born 1815', expected: ['{"born": 1815}'], score: { value: 0, pass: false } },
  ],
  argument: 'the F1 from which an answer passes, 1 unless given',
  needsExpected: true,
  metric: fieldMetric,
  create: (argument) => {
    const threshold = parseThreshold('json-fields', argument, DEFAULT_THRESHOLD)
    return ({ output, expected }) =>
      expected.length === 0 ? NO_EXPECTED : unlessTooDeep(() => scoreFields(output, expected, threshold))
  },
  checkSample: ({ expected }) => {
    const bad = expected.find((candidate) => !isJsonObject(candidate))
    return bad === undefined
      ? undefined
      : `the expected answer ${quote(bad)} is no JSON object, and json-fields compares the fields of one. Write it as {"field": value, …}, or use another scorer.`
  },
} as const satisfies Scorer
