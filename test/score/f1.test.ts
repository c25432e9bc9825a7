import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { exact } from '../../src/score/exact.ts'
import { f1 } from '../../src/score/f1.ts'
import { refusalOf, scoring } from './helpers.ts'
import { assertParity, parityRow, readGolden } from './parity.ts'

interface Case {
  readonly output: string
  readonly expected: readonly string[]
  readonly f1: number
  readonly exact: boolean
}

const { cases } = readGolden('squad') as { readonly cases: readonly Case[] }
const SQUAD = { reference: "SQuAD's evaluate-v1.1.py", version: '1.1' }

test('gives what the evaluation of SQuAD v1.1 gives, but where neither side has words', () => {
  const comparable = cases.filter(({ exact: isExact, f1: value }) => !(isExact && value === 0))
  assert.ok(cases.length - comparable.length >= 2, 'texts without words on both sides are among the cases')
  const row = parityRow(
    { scorer: 'f1', ...SQUAD },
    comparable.map(({ output, expected, f1: value }) => ({
      actual: scoring(f1)(output, expected).value,
      expected: value,
      of: [output, expected],
    })),
  )
  assert.is(row.maxDeviation, 0, 'to the last bit')
  assertParity('f1', [row])
})

test('exact:squad gives what the exact match of SQuAD v1.1 gives', () => {
  const score = scoring(exact, 'squad')
  const row = parityRow(
    { scorer: 'exact:squad', ...SQUAD },
    cases.map(({ output, expected, exact: isExact }) => ({
      actual: score(output, expected).value,
      expected: isExact ? 1 : 0,
      of: [output, expected],
    })),
  )
  assertParity('exact', [row])
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
