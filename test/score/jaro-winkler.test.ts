import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { jaroWinkler } from '../../src/score/jaro-winkler.ts'
import { refusalOf, scoring } from './helpers.ts'
import { assertParity, parityRow, readGolden } from './parity.ts'

interface Golden {
  readonly madeWith: Readonly<Record<string, string>>
  readonly cases: readonly {
    readonly output: string
    readonly expected: readonly string[]
    readonly 'jaro-winkler': number
  }[]
}

const { madeWith, cases } = readGolden('spelling') as Golden

test('gives what RapidFuzz gives', () => {
  const row = {
    scorer: 'jaro-winkler',
    reference: 'RapidFuzz JaroWinkler.similarity',
    version: madeWith.rapidfuzz ?? '',
  }
  const comparisons = cases.map(({ output, expected, 'jaro-winkler': value }) => ({
    actual: scoring(jaroWinkler)(output, expected).value,
    expected: value,
    of: [output, expected],
  }))
  assertParity('jaro-winkler', [parityRow(row, comparisons)])
})

// Winkler 1990, table 1: the textbook pairs.
for (const [one, other, value] of [
  ['MARTHA', 'MARHTA', 0.961],
  ['DIXON', 'DICKSONX', 0.813],
  ['DWAYNE', 'DUANE', 0.84],
] as const) {
  test(`${one} and ${other} are alike by ${value}`, () => {
    const score = scoring(jaroWinkler)(one, [other])
    assert.ok(Math.abs((score.value ?? 0) - value) < 0.0005, score.reason)
  })
}

test('counts characters, not halves of them, and knows both forms of an accent', () => {
  assert.is(scoring(jaroWinkler)('😀', ['😃']).value, 0)
  assert.is(scoring(jaroWinkler)('cafe\u0301', ['café']).value, 1)
})

test('needs 0.9 unless told otherwise', () => {
  assert.is(scoring(jaroWinkler)('DWAYNE', ['DUANE']).pass, false)
  assert.is(scoring(jaroWinkler, '0.84')('DWAYNE', ['DUANE']).pass, true)
  assert.match(
    refusalOf(() => jaroWinkler.create('2')),
    'jaro-winkler:0.9',
  )
})

test.run()
