import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { startsWith } from '../../src/score/starts-with.ts'
import { scoring } from './helpers.ts'

const CASES: readonly (readonly [argument: string | undefined, output: string, expected: string[], pass: boolean])[] = [
  [undefined, 'Yes, it is.', ['Yes'], true],
  [undefined, '\n Yes, it is.', ['Yes'], true],
  [undefined, 'yes, it is.', ['Yes'], false],
  [undefined, 'Oh yes', ['yes'], false],
  [undefined, 'No.', ['Yes', 'No'], true],
  ['ignore-case', 'YES', ['yes'], true],
  ['strict', ' Yes', ['Yes'], false],
]

for (const [argument, output, expected, pass] of CASES) {
  test(`${JSON.stringify(output)} ${pass ? 'starts' : 'does not start'} with ${JSON.stringify(expected)} under ${argument ?? 'the default'}`, () => {
    assert.is(scoring(startsWith, argument)(output, expected).pass, pass)
  })
}

test('refuses a sample with an empty expected answer', () => {
  assert.match(startsWith.checkSample({ expected: [''], vars: {} }, undefined) ?? '', 'every answer would pass')
})

test.run()
