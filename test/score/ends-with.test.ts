import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { endsWith } from '../../src/score/ends-with.ts'
import { scoring } from './helpers.ts'

const CASES: readonly (readonly [argument: string | undefined, output: string, expected: string[], pass: boolean])[] = [
  [undefined, 'It is Paris', ['Paris'], true],
  [undefined, 'It is Paris \n', ['Paris'], true],
  [undefined, 'It is Paris.', ['Paris'], false],
  [undefined, 'It is PARIS', ['Paris'], false],
  [undefined, 'Paris it is', ['Paris'], false],
  [undefined, 'It is Lyon', ['Paris', 'Lyon'], true],
  ['ignore-case,ignore-punctuation', 'It is PARIS!', ['paris'], true],
  ['strict', 'It is Paris ', ['Paris'], false],
]

for (const [argument, output, expected, pass] of CASES) {
  test(`${JSON.stringify(output)} ${pass ? 'ends' : 'does not end'} with ${JSON.stringify(expected)} under ${argument ?? 'the default'}`, () => {
    assert.is(scoring(endsWith, argument)(output, expected).pass, pass)
  })
}

test('refuses a sample with an empty expected answer', () => {
  assert.match(endsWith.checkSample({ expected: [''], vars: {} }, undefined) ?? '', 'every answer would pass')
})

test.run()
