import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { includesAll } from '../../src/score/includes-all.ts'
import { includesAny } from '../../src/score/includes-any.ts'
import { refusalOf, scoring } from './helpers.ts'

type Row = readonly [argument: string | undefined, output: string, expected: string[], share: number]

/** The share of the texts that are found: includes-all scores it, includes-any wants more than 0. */
const CASES: readonly Row[] = [
  [undefined, 'Paris and Lyon', ['Paris', 'Lyon'], 1],
  [undefined, 'Paris', ['Paris', 'Lyon'], 0.5],
  [undefined, 'Nice', ['Paris', 'Lyon'], 0],
  [undefined, 'paris', ['Paris'], 0],
  [undefined, 'Paris', ['', ' Paris '], 1],
  ['ignore-case', 'PARIS', ['paris', 'lyon'], 0.5],
  ['paris,lyon', 'from paris to lyon', [], 1],
  ['paris,lyon', 'from paris', ['lyon'], 0.5],
  ['ignore-case:paris, lyon', 'from PARIS to Lyon', [], 1],
  ['ignore-case,collapse-space:new york', 'NEW\nYORK', [], 1],
  ['unicode:tokyo', '「ＴＯＫＹＯ」', [], 1],
  ['at 10:30,noon', 'at 10:30', [], 0.5],
  [':strict', 'be strict', [], 1],
  ['strict: a', 'a', [], 1],
  ['cafe\u0301', 'un caf\u00e9', [], 1],
]

for (const [argument, output, expected, share] of CASES) {
  test(`${JSON.stringify(output)} has ${share} of ${argument ?? JSON.stringify(expected)}`, () => {
    const all = scoring(includesAll, argument)(output, expected)
    assert.equal([all.value, all.pass], [share, share === 1])
    const any = scoring(includesAny, argument)(output, expected)
    assert.equal([any.value, any.pass], share > 0 ? [1, true] : [0, false])
  })
}

test('tells what was found and what is missing', () => {
  assert.is(scoring(includesAll)('x', ['x', 'y']).reason, 'the answer lacks "y"')
  assert.is(scoring(includesAll, 'a,b,c,d')('x', []).reason, 'the answer lacks "a", "b" and 2 others')
  assert.is(scoring(includesAll, 'a,b')('ab', []).reason, 'the answer contains all of "a" and "b"')
  assert.is(scoring(includesAny, 'a,b')('cab', []).reason, 'the answer contains "a"')
  assert.is(scoring(includesAny, 'a,b')('x', []).reason, 'no answer that contains "a" or 1 other: "x"')
})

for (const scorer of [includesAny, includesAll]) {
  test(`${scorer.name} refuses texts that are empty, in the argument and in a sample`, () => {
    for (const argument of [',', 'a,,b', 'ignore-case:', 'ignore-punctuation:a,...']) {
      assert.match(
        refusalOf(() => scorer.create(argument)),
        'every answer contains it',
      )
    }
    const check = (argument: string | undefined, ...expected: string[]): string | undefined =>
      scorer.checkSample({ expected, vars: {} }, argument)
    assert.match(check('ignore-punctuation', 'a', '...') ?? '', 'every answer contains it')
    assert.match(check(undefined) ?? '', `--scorer ${scorer.name}:one,two`)
    assert.is(check('a,b'), undefined)
    assert.is(check('ignore-punctuation', 'a'), undefined)
  })

  test(`${scorer.name} judges nothing where there is nothing to look for`, () => {
    assert.is(scoring(scorer)('Paris', []).value, null)
    assert.is(scoring(scorer)('Paris', ['']).value, null)
  })

  test(`${scorer.name} refuses ways to compare that contradict each other`, () => {
    assert.match(
      refusalOf(() => scorer.create('strict,ignore-case:a')),
      'cannot be combined',
    )
  })
}

test.run()
