import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isObject, parseJson } from '../../src/lib/json.ts'

test('a JSON text has a value, also when that is null; anything else has none', () => {
  assert.equal(parseJson(' {"a":[1]} '), { value: { a: [1] } })
  assert.equal(parseJson('null'), { value: null })
  for (const text of ['', '{', 'undefined', "'a'"]) assert.is(parseJson(text), undefined, text)
})

test('an object is neither null nor an array', () => {
  assert.equal([{}, { a: 1 }].map(isObject), [true, true])
  assert.equal([null, [], 'a', 1, undefined].map(isObject), [false, false, false, false, false])
})

test.run()
