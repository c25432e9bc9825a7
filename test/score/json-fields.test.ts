import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { jsonFields } from '../../src/score/json-fields.ts'
import { fieldMetric } from '../../src/score/metric/field-table.ts'
import { scoring } from './helpers.ts'
import { tallyOf } from './tally.ts'

const CASES: readonly (readonly [output: string, expected: string, f1: number])[] = [
  ['{"a": 1, "b": 2}', '{"b": 2, "a": 1.0}', 1],
  ['{"a": 1}', '{"a": 1, "b": 2}', 2 / 3],
  ['{"a": 1, "b": 2}', '{"a": 1}', 2 / 3],
  ['{"a": 2}', '{"a": 1}', 0],
  ['{"a": "1"}', '{"a": 1}', 0],
  ['{"a": "null"}', '{"a": null}', 0],
  ['{"a": "  New\\n York "}', '{"a": "new york"}', 1],
  ['{"a": "e\u0301"}', '{"a": "É"}', 1],
  ['{"a": [3, 1, 2]}', '{"a": [1, 2, 3]}', 1],
  ['{"a": [1, 1]}', '{"a": [1]}', 2 / 3],
  ['{"a": {"b": {"c": true}}}', '{"a": {"b": {"c": true}}}', 1],
  ['{"a.b": 1}', '{"a": {"b": 1}}', 0],
  ['{"a": [{"n": "x", "p": 1}, {"n": "y", "p": 2}]}', '{"a": [{"p": 2, "n": "y"}, {"p": 1, "n": "x"}]}', 1],
  ['{"a": 1, "b": null, "c": [], "d": {}}', '{"a": 1}', 1],
  ['{}', '{"a": null}', 1],
  ['{"a": 1}', '{}', 0],
  ['{"__proto__": 1, "toString": 2}', '{"toString": 2, "__proto__": 1}', 1],
  ['[1]', '{"a": 1}', 0],
  ['```json\n{"a": 1}\n```', '{"a": 1}', 1],
  ['no JSON', '{"a": 1}', 0],
  ['no JSON', '{}', 0],
]

for (const [output, expected, f1] of CASES) {
  test(`${output} has F1 ${f1.toFixed(3)} with ${expected}`, () => {
    const score = scoring(jsonFields)(output, [expected])
    assert.is(score.value, f1)
    assert.is(score.pass, f1 === 1)
  })
}

test('passes from the threshold of the argument on', () => {
  assert.is(scoring(jsonFields, '0.6')('{"a": 1}', ['{"a": 1, "b": 2}']).pass, true)
  assert.is(scoring(jsonFields, '70%')('{"a": 1}', ['{"a": 1, "b": 2}']).pass, false)
})

test('names the fields that differ', () => {
  assert.is(scoring(jsonFields)('{"a": 1, "b": {"c": 2}}', ['{"a": 1, "b": {"c": 3}}']).reason, 'F1 0.5: b.c differs')
  assert.is(
    scoring(jsonFields)('{}', ['{"a": 1, "b c": 1, "d": [{"e": 1}], "f": 1}']).reason,
    'F1 0: a, ["b c"], d[].e and 1 more differ',
  )
})

test('the best of several expected objects counts, with its own fields', () => {
  const score = scoring(jsonFields)('{"a": 1}', ['{"b": 1}', '{"a": 1, "c": 2}'])
  assert.is(score.value, 2 / 3)
  assert.equal(score.observation, ['a', 1, 1, 1, 'c', 0, 1, 0])
})

test('an object equals itself whatever the order of its lists', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const text = JSON.stringify(value)
      const turned = JSON.stringify(value, (_, inner: unknown) =>
        Array.isArray(inner) ? (inner as unknown[]).toReversed() : inner,
      )
      assert.is(scoring(jsonFields)(turned, [text]).value, 1)
    }),
  )
})

test('counts precision, recall and F1 of each field and over all of them', () => {
  const metric = tallyOf(fieldMetric)
  const score = scoring(jsonFields)
  for (const [output, expected] of [
    ['{"a": 1, "b": 2}', '{"a": 1, "b": 2}'],
    ['{"a": 1, "x": 1}', '{"a": 1, "b": 2}'],
    ['{"a": 3}', '{"a": 1, "b": 2}'],
    ['none', '{"a": 1}'],
  ] as const) {
    metric.add(score(output, [expected]).observation ?? [])
  }
  const { n, figures, table } = metric.finish()
  assert.is(n, 4)
  assert.equal(figures, {
    micro_precision: 3 / 5,
    micro_recall: 3 / 7,
    micro_f1: 6 / 12,
    all_fields_right: 1 / 4,
  })
  assert.equal(table?.columns, ['precision', 'recall', 'F1', 'found', 'expected', 'right'])
  assert.equal(table?.rows, [
    { label: 'a', cells: [2 / 3, 2 / 4, 4 / 7, 3, 4, 2] },
    { label: 'b', cells: [1, 1 / 3, 2 / 4, 1, 3, 1] },
    { label: 'x', cells: [0, null, 0, 1, 0, 0] },
  ])
})

test('keeps observations and tables small when a model invents fields', () => {
  const metric = tallyOf(fieldMetric)
  const score = scoring(jsonFields)
  for (let index = 0; index < 300; index += 1) {
    const invented = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`f${index}x${at}`, 1]))
    const { observation = [] } = score(JSON.stringify({ a: 1, ...invented, ['k'.repeat(500)]: 1 }), ['{"a": 1}'])
    assert.ok(observation.length <= 51 * 4)
    metric.add(observation)
  }
  const { figures, table } = metric.finish()
  assert.is(figures['micro_precision'], 300 / (300 * 102))
  assert.ok((table?.rows.length ?? Infinity) <= 201)
  assert.ok(table?.rows.every(({ label }) => label.length <= 80))
})

test('refuses a sample whose expected answer is no object, and does not judge what is nested too deeply', () => {
  const deep = `{"a":${'['.repeat(100_000)}1${']'.repeat(100_000)}}`
  for (const expected of ['Paris', '[1]', 'null'])
    assert.match(jsonFields.checkSample({ expected: [expected], vars: {} }) ?? '', 'is no JSON object')
  assert.is(jsonFields.checkSample({ expected: ['{}', deep], vars: {} }), undefined)
  assert.is(scoring(jsonFields)(deep, ['{}']).value, null)
  assert.is(scoring(jsonFields)('{}', [deep]).value, null)
})

test.run()
