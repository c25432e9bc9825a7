import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { f1 } from '../../src/score/f1.ts'
import { refusalOf, scoring } from './helpers.ts'

interface Golden {
  readonly cases: readonly { readonly output: string; readonly expected: readonly string[]; readonly f1: number }[]
}

const golden = JSON.parse(readFileSync(new URL('../golden/f1.json', import.meta.url), 'utf8')) as Golden

test('gives what the evaluation of SQuAD v1.1 gives, to the last bit', () => {
  assert.ok(golden.cases.length >= 50)
  for (const { output, expected, f1: value } of golden.cases) {
    assert.is(scoring(f1)(output, expected).value, value, JSON.stringify([output, expected]))
  }
})

test('gives 1 when neither side has words and 0 when one has, as SQuAD 2.0 does', () => {
  assert.is(scoring(f1)('', ['']).value, 1)
  assert.is(scoring(f1)('The...', ['a']).value, 1)
  assert.is(scoring(f1)('', ['Paris']).value, 0)
  assert.is(scoring(f1)('Paris', ['the']).value, 0)
})

for (const [argument, output, pass] of [
  [undefined, 'x y z', true],
  [undefined, 'w x y z', false],
  ['0.8', 'x', true],
  ['0.8', 'x y', false],
  ['80%', 'x y', false],
  ['0.6', 'x y', true],
  ['1', 'x', true],
] as const) {
  test(`"${output}" ${pass ? 'passes' : 'fails'} against "x" at the threshold ${argument ?? 'by default'}`, () => {
    assert.is(scoring(f1, argument)(output, ['x']).pass, pass)
  })
}

test('tells the score and both sides', () => {
  assert.is(scoring(f1)('x y', ['x']).reason, 'F1 0.667 of "x y" with "x"')
})

for (const argument of ['0', '1.1', '-0.5', 'high', '50', '']) {
  test(`refuses the threshold "${argument}"`, () => {
    assert.match(
      refusalOf(() => f1.create(argument)),
      'above 0 and at most 1',
    )
  })
}

test.run()
