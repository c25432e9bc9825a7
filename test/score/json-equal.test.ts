import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { jsonEqual } from '../../src/score/json-equal.ts'
import { scoring } from './helpers.ts'

const CASES: readonly (readonly [output: string, expected: string, reason: string])[] = [
  ['{"a": 1, "b": [1, 2]}', '{"b":[1,2],"a":1.0}', 'equals the expected JSON'],
  ['```json\n{"a": 1}\n```', '{"a":1}', 'equals the expected JSON'],
  ['Here:\n```\n[1]\n```\nand better:\n```json\n[2]\n```\nDone.', '[2]', 'equals the expected JSON'],
  [' "x" ', '"x"', 'equals the expected JSON'],
  ['null', 'null', 'equals the expected JSON'],
  ['[1, 2]', '[2, 1]', '/0 is 1, expected 2'],
  ['[1, 2]', '[1]', '/1 is 2, expected missing'],
  ['[1]', '[1, 2]', '/1 is missing, expected 2'],
  ['{"a": {"b": [0, {"c": "x"}]}}', '{"a": {"b": [0, {"c": "y"}]}}', '/a/b/1/c is "x", expected "y"'],
  ['{"a": 1, "z": 2}', '{"a": 1}', '/z is 2, expected missing'],
  ['{"a/b~c": 1}', '{"a/b~c": 2}', '/a~1b~0c is 1, expected 2'],
  ['[]', '{}', 'the value is an array, expected an object'],
  ['{}', 'null', 'the value is an object, expected null'],
  ['"1"', '1', 'the value is "1", expected 1'],
  ['{"__proto__": 1}', '{}', '/__proto__ is 1, expected missing'],
  ['{}', '{"toString": 1}', '/toString is missing, expected 1'],
  ['The answer is {"a": 1}', '{"a":1}', 'the answer is no JSON'],
  ['```json\n{"a": 1}', '{"a":1}', 'the answer is no JSON'],
  ['', '{}', 'the answer is no JSON'],
]

for (const [output, expected, reason] of CASES) {
  test(`${JSON.stringify(output)} against ${expected}: ${reason}`, () => {
    const score = scoring(jsonEqual)(output, [expected])
    assert.is(score.reason, reason)
    assert.is(score.pass, reason === 'equals the expected JSON')
  })
}

test('any of several expected values counts, and the reason names the first', () => {
  assert.is(scoring(jsonEqual)('2', ['1', '2']).pass, true)
  assert.is(scoring(jsonEqual)('3', ['1', '2']).reason, 'the value is 3, expected 1')
})

test('a value equals itself however it is written', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.is(scoring(jsonEqual)(JSON.stringify(value, null, 2), [JSON.stringify(value)]).pass, true)
    }),
  )
})

test('does not judge what is nested too deeply', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  assert.is(scoring(jsonEqual)(deep.replace('[]', '[1]'), [deep]).value, null)
})

test('refuses a sample whose expected answer is no JSON', () => {
  assert.match(jsonEqual.checkSample({ expected: ['{}', 'Paris'], vars: {} }) ?? '', '"Paris" is no JSON')
  assert.is(jsonEqual.checkSample({ expected: ['{}', '"Paris"'], vars: {} }), undefined)
  assert.is(scoring(jsonEqual)('{}', ['Paris']).value, null)
})

test.run()
