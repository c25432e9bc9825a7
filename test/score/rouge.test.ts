import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { rouge1 } from '../../src/score/rouge-1.ts'
import { rouge2 } from '../../src/score/rouge-2.ts'
import { rougeL } from '../../src/score/rouge-l.ts'
import { lcsLength } from '../../src/score/text/lcs.ts'
import { refusalOf, scoring } from './helpers.ts'
import { assertParity, parityRow, readGolden } from './parity.ts'

const MEASURES = ['f', 'precision', 'recall'] as const
type Measures = Readonly<Record<(typeof MEASURES)[number], number>>

interface Golden {
  readonly madeWith: Readonly<Record<string, string>>
  readonly cases: readonly (Readonly<Record<'rouge-1' | 'rouge-2' | 'rouge-l', Measures>> & {
    readonly output: string
    readonly expected: readonly string[]
  })[]
}

const { madeWith, cases } = readGolden('rouge') as Golden

for (const scorer of [rouge1, rouge2, rougeL]) {
  test(`${scorer.name} gives what rouge-score gives: F, precision and recall`, () => {
    const comparisons = MEASURES.flatMap((measure) => {
      const score = scoring(scorer, measure)
      return cases.map(({ output, expected, ...values }) => ({
        actual: score(output, expected).value,
        expected: values[scorer.name][measure],
        of: [measure, output, expected],
      }))
    })
    const row = { scorer: scorer.name, reference: 'rouge-score', version: madeWith['rouge-score'] ?? '' }
    assertParity(scorer.name, [parityRow(row, comparisons)])
  })

  test(`${scorer.name} takes a measure, a threshold or both`, () => {
    for (const argument of ['f', 'recall,0.4', 'precision, 80%', '0.4', '.4', '40%']) {
      assert.type(scoring(scorer, argument)('a b', ['a b']).value, 'number')
    }
    assert.is(scoring(scorer, 'recall,0.6')('a b c', ['a b c x y']).pass, scorer.name !== 'rouge-2')
    assert.is(scoring(scorer, 'recall,0.7')('a b c', ['a b c x y']).pass, false)
  })

  test(`${scorer.name} refuses an argument that is neither`, () => {
    assert.match(
      refusalOf(() => scorer.create('recal')),
      'Did you mean "recall"?',
    )
    for (const argument of ['2', '0', 'recall,2', 'recall,0.4,1', '0.4,recall', '', 'recall,']) {
      assert.match(
        refusalOf(() => scorer.create(argument)),
        scorer.name,
      )
    }
  })

  test(`${scorer.name} refuses an expected answer in which it sees no word`, () => {
    const checkSample = (...expected: string[]): string | undefined => scorer.checkSample({ expected, vars: {} })
    assert.match(checkSample('Paris', '東京') ?? '', 'every answer would score 0')
    assert.is(checkSample('東京 1'), undefined)
  })
}

test('tells the measure, the score and both sides', () => {
  assert.is(scoring(rougeL, 'recall')('a b', ['a c']).reason, 'ROUGE-L recall 0.5 of "a b" with "a c"')
  assert.is(scoring(rouge1)('a b', ['a c', 'd']).reason, 'ROUGE-1 F1 0.5 of "a b" with "a c" or 1 other')
})

test('the subsequence found with bits is as long as that of the textbook table', () => {
  // Lengths around the 32 rows of a strip, where carries pass on.
  const text = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 140, size: 'max' })
  fc.assert(
    fc.property(text, text, (one, other) => {
      const length = lcsLength(Uint32Array.from(one), Uint32Array.from(other), 5)
      assert.is(length, tableLength(one, other))
    }),
    { numRuns: 500 },
  )
})

test('the subsequence of a text with itself is the text, at every length around a strip', () => {
  for (const length of [0, 1, 31, 32, 33, 63, 64, 65, 96, 1000]) {
    const same = new Uint32Array(length)
    assert.is(lcsLength(same, same, 1), length)
    const different = Uint32Array.from({ length }, (_, index) => index)
    assert.is(lcsLength(different, different, length), length)
    assert.is(lcsLength(different, different.toReversed(), length), Math.min(1, length))
  }
})

test('does not judge two texts of 70,000 words', () => {
  const text = 'a '.repeat(70_000)
  assert.is(scoring(rougeL)(text, [text]).value, null)
  assert.is(scoring(rougeL)(text, ['a']).pass, false)
  assert.is(scoring(rouge1)(text, [text]).value, 1)
})

/** Wagner & Fischer 1974, row by row. */
function tableLength(one: readonly number[], other: readonly number[]): number {
  let row = other.map(() => 0)
  for (const token of one) {
    const next: number[] = []
    for (const [column, candidate] of other.entries()) {
      const corner = column === 0 ? 0 : (row[column - 1] ?? 0)
      next.push(token === candidate ? corner + 1 : Math.max(row[column] ?? 0, next[column - 1] ?? 0))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

test.run()
