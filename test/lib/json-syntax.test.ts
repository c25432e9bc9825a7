import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { jsonErrorPlace } from '../../src/lib/json-syntax.ts'

const CASES: readonly (readonly [text: string, place: string])[] = [
  ['{"a": 1,}', '1:9'],
  ['{\n  "a": 1\n  "b": 2\n}', '3:3'],
  ['{a: 1}', '1:2'],
  ['[1, 2', '1:6'],
  ['[1 2]', '1:4'],
  ['[,]', '1:2'],
  ['{"a" 1}', '1:6'],
  ['{"a": }', '1:7'],
  ['[1]]', '1:4'],
  ['{]', '1:2'],
  ["{'a': 1}", '1:2'],
  ['01', '1:2'],
  ['[tru]', '1:2'],
  ['"open', '1:6'],
  ['', '1:1'],
]

for (const [text, place] of CASES) {
  test(`${JSON.stringify(text)} stops being JSON at ${place}`, () => {
    assert.throws(() => JSON.parse(text))
    assert.is(jsonErrorPlace(text), place)
  })
}

test('finds no error before the end of JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 1, 2), (value, indent) => {
      const text = `${JSON.stringify(value, null, indent)}\n`
      const lines = text.split('\n')
      assert.is(jsonErrorPlace(text), `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`)
    }),
  )
})

test.run()
