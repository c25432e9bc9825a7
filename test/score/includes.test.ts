import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { includes } from '../../src/score/includes.ts'
import { refusalOf, scoring } from './helpers.ts'

const CASES: readonly (readonly [argument: string | undefined, output: string, expected: string[], pass: boolean])[] = [
  [undefined, 'The capital is Paris.', ['Paris'], true],
  [undefined, 'The capital is Paris.', [' Paris '], true],
  [undefined, 'The capital is Paris.', ['London', 'Paris'], true],
  [undefined, 'The capital is paris.', ['Paris'], false],
  [undefined, 'un cafe\u0301 noir', ['caf\u00e9'], true],
  [undefined, 'Par', ['Paris'], false],
  [undefined, 'a.b', ['.'], true],
  ['ignore-case', 'THE CAPITAL IS PARIS', ['paris'], true],
  ['ignore-case,collapse-space', 'NEW\n YORK city', ['new york'], true],
  ['strict', 'in Paris', [' Paris '], false],
]

for (const [argument, output, expected, pass] of CASES) {
  test(`${JSON.stringify(output)} ${pass ? 'contains' : 'lacks'} ${JSON.stringify(expected)} under ${argument ?? 'the default'}`, () => {
    assert.is(scoring(includes, argument)(output, expected).pass, pass)
  })
}

test('ignores an empty expected answer beside another, and judges nothing by it alone', () => {
  assert.is(scoring(includes)('London', ['', 'Paris']).pass, false)
  assert.is(scoring(includes)('London', ['']).value, null)
  assert.is(scoring(includes)('London', []).value, null)
})

test('refuses a sample whose expected answer would be found in every answer', () => {
  assert.match(includes.checkSample({ expected: ['  '], vars: {} }, undefined) ?? '', 'every answer would pass')
  assert.match(
    includes.checkSample({ expected: ['...'], vars: {} }, 'ignore-punctuation') ?? '',
    'every answer would pass',
  )
  assert.is(includes.checkSample({ expected: ['...'], vars: {} }, undefined), undefined)
})

test('refuses an unknown normalisation', () => {
  assert.match(
    refusalOf(() => includes.create('ignorecase')),
    'Did you mean "ignore-case"?',
  )
})

test.run()
