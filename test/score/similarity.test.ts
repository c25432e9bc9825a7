import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { similarity } from '../../src/score/similarity.ts'
import { refusalOf, scoring } from './helpers.ts'
import { assertParity, parityRow, readGolden } from './parity.ts'

interface Golden {
  readonly madeWith: Readonly<Record<string, string>>
  readonly cases: readonly {
    readonly output: string
    readonly expected: readonly string[]
    readonly similarity: number
  }[]
}

const { madeWith, cases } = readGolden('spelling') as Golden

test('gives what RapidFuzz gives', () => {
  const reference = 'RapidFuzz Levenshtein.normalized_similarity'
  const comparisons = cases.map(({ output, expected, similarity: value }) => ({
    actual: scoring(similarity)(output, expected).value,
    expected: value,
    of: [output, expected],
  }))
  const row = { scorer: 'similarity', reference, version: madeWith.rapidfuzz ?? '' }
  assertParity('similarity', [parityRow(row, comparisons)])
})

const CASES: readonly (readonly [output: string, expected: string[], value: number])[] = [
  ['kitten', ['sitting'], 1 - 3 / 7],
  ['Paris', ['Paris'], 1],
  [' Paris\n', ['Paris'], 1],
  ['Paris', ['Pariz', 'London'], 0.8],
  ['', [''], 1],
  ['', ['abc'], 0],
  ['abc', ['xyz'], 0],
  ['cafe\u0301', ['caf\u00e9'], 1],
  ['😀', ['😃'], 0],
  ['a😀', ['a😃'], 0.5],
  ['😀😀', ['😀'], 0.5],
  ['😀b', ['ab', 'zz'], 0.5],
]

for (const [output, expected, value] of CASES) {
  test(`${JSON.stringify(output)} is similar to ${JSON.stringify(expected)} by ${value}`, () => {
    assert.is(scoring(similarity)(output, expected).value, value)
    assert.is(scoring(similarity)(output, expected).pass, value >= 0.8)
  })
}

test('counts code points, as the textbook table does', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '😀', '😃', '\uffff', 'é'), maxLength: 12 })
  fc.assert(
    fc.property(word, word, (one, other) => {
      const longest = Math.max(Array.from(one).length, Array.from(other).length)
      const expected = longest === 0 ? 1 : 1 - tableDistance(Array.from(one), Array.from(other)) / longest
      assert.is(scoring(similarity)(one, [other]).value, expected)
    }),
  )
})

test('takes another threshold and refuses a wrong one', () => {
  assert.is(scoring(similarity, '0.5')('kitten', ['sitting']).pass, true)
  assert.is(scoring(similarity, '60%')('kitten', ['sitting']).pass, false)
  assert.match(
    refusalOf(() => similarity.create('2')),
    'similarity:0.8',
  )
})

test('does not judge two huge texts that differ', () => {
  const huge = 'x'.repeat(30_000)
  assert.is(scoring(similarity)(huge, [`${huge}y`]).value, null)
  assert.is(scoring(similarity)(huge, [huge]).value, 1)
  assert.is(scoring(similarity)(huge, ['Paris']).value, 0)
})

/** Wagner & Fischer 1974, the whole table. */
function tableDistance(one: readonly string[], other: readonly string[]): number {
  let row = other.map((_, index) => index)
  row.push(other.length)
  for (const [i, point] of one.entries()) {
    const next = [i + 1]
    for (const [j, candidate] of other.entries()) {
      const replaced = (row[j] ?? 0) + (point === candidate ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}

test.run()
