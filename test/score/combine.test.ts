/** What do several scores come to? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Combine, parseCombine, passOf, weightedMean, type WeighedScore } from '../../src/score/combine.ts'
import { parseScorer, parseThresholds, parseWeights } from '../../src/score/index.ts'
import { refusalOf } from './helpers.ts'

/** Scores by their values; one passes from 0.5 on. */
function scores(...pairs: readonly (readonly [value: number | null, weight: number])[]): readonly WeighedScore[] {
  return pairs.map(([value, weight]) => ({
    score: { value, pass: value === null ? null : value >= 0.5, reason: '' },
    weight,
  }))
}

const ALL = parseCombine('all')
const ANY = parseCombine('any')
const weighted = (threshold: number): Combine => ({ mode: 'weighted', threshold })

const CASES: readonly (readonly [given: readonly WeighedScore[], combine: Combine, pass: boolean | null])[] = [
  [scores([1, 1], [1, 1]), ALL, true],
  [scores([1, 1], [0, 1]), ALL, false],
  [scores([1, 1], [null, 1]), ALL, null],
  [scores([0, 1], [null, 1]), ALL, false],
  [scores([1, 1], [0, 0]), ALL, true],
  [scores([1, 1], [null, 0]), ALL, true],
  [scores([1, 0]), ALL, null],
  [scores(), ALL, null],
  [scores([0, 1], [1, 1]), ANY, true],
  [scores([null, 1], [1, 1]), ANY, true],
  [scores([0, 1], [null, 1]), ANY, null],
  [scores([0, 1], [0, 1]), ANY, false],
  [scores([0, 1], [1, 0]), ANY, false],
  [scores([0, 1], [null, 0]), ANY, false],
  [scores(), ANY, null],
  [scores([1, 3], [0, 1]), weighted(0.75), true],
  [scores([1, 3], [0, 1]), weighted(0.76), false],
  [scores([1, 3], [null, 1]), weighted(0.5), null],
  [scores([1, 3], [null, 0]), weighted(0.5), true],
  [scores([0.4, 1], [0, 0]), weighted(0.4), true],
  [scores([1, 0.7], [1, 0.1], [0, 0.2]), weighted(0.8), true],
  [scores([1, 0]), weighted(0), null],
]

for (const [given, combine, pass] of CASES) {
  const shown = given.map(({ score, weight }) => `${score.value} × ${weight}`).join(', ') || 'no scores'
  test(`${shown} by ${combine.mode} ${combine.threshold} come to pass ${pass}`, () => {
    assert.is(passOf(given, combine), pass)
  })
}

test('the score is the weighted mean of what could be judged', () => {
  assert.is(weightedMean(scores([1, 3], [0, 1])), 0.75)
  assert.is(weightedMean(scores([1, 3], [null, 1])), 1)
  assert.is(weightedMean(scores([1, 1], [0, 0])), 1)
  assert.is(weightedMean(scores([1, 0])), null)
  assert.is(weightedMean(scores()), null)
})

test('the weighted mean is within the values, and does not change when all weights are multiplied', () => {
  const value = fc.double({ min: 0, max: 1, noNaN: true })
  const weight = fc.double({ min: 0.001, max: 1000, noNaN: true })
  fc.assert(
    fc.property(fc.array(fc.tuple(value, weight), { minLength: 1, maxLength: 5 }), weight, (pairs, factor) => {
      const mean = weightedMean(scores(...pairs)) ?? Number.NaN
      const values = pairs.map(([one]) => one)
      assert.ok(mean >= Math.min(...values) - 1e-12 && mean <= Math.max(...values) + 1e-12)
      const scaled = weightedMean(scores(...pairs.map(([one, by]) => [one, by * factor] as const))) ?? Number.NaN
      assert.ok(Math.abs(mean - scaled) < 1e-9)
    }),
  )
})

test('all is the same as any of the opposites, negated, where everything was judged', () => {
  const judged = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1)), { maxLength: 5 })
  fc.assert(
    fc.property(judged, (pairs) => {
      const opposite = passOf(scores(...pairs.map(([value, weight]) => [1 - value, weight] as const)), ANY)
      assert.is(passOf(scores(...pairs), ALL), opposite === null ? null : !opposite)
    }),
  )
})

test('reads how scores are combined', () => {
  assert.equal(parseCombine(' all '), { mode: 'all', threshold: 1 })
  assert.is(parseCombine('any').mode, 'any')
  assert.equal(parseCombine('weighted'), { mode: 'weighted', threshold: 0.5 })
  assert.equal(parseCombine('weighted:0.7'), { mode: 'weighted', threshold: 0.7 })
  assert.equal(parseCombine('weighted: 70% '), { mode: 'weighted', threshold: 0.7 })
})

for (const wrong of ['', 'none', 'weighed:0.5', 'weighted:', 'weighted:2', 'weighted:-1', 'weighted:1e-3', 'all:0.5']) {
  test(`refuses --combine "${wrong}"`, () => {
    assert.match(
      refusalOf(() => parseCombine(wrong)),
      /^--combine .*: expected all, any, weighted, or weighted:0\.7/,
    )
  })
}

const SCORERS = ['exact', 'after:#### > numeric', 'regex:a=b'].map(parseScorer)

test('weights and thresholds go by label, whatever the white space and the equals signs in it', () => {
  assert.equal(parseWeights([], SCORERS), new Map())
  assert.equal(
    parseWeights(
      [
        ['exact', 2],
        ['after:####  >  numeric', '0.5'],
        ['regex:a', 'b=0'],
      ],
      SCORERS,
    ),
    new Map([
      ['exact', 2],
      ['after:#### > numeric', 0.5],
      ['regex:a=b', 0],
    ]),
  )
  assert.equal(
    parseThresholds(
      [
        ['exact', '80%'],
        ['regex:a=b', 0.5],
      ],
      SCORERS,
    ),
    new Map([
      ['exact', 0.8],
      ['regex:a=b', 0.5],
    ]),
  )
})

for (const [pair, message] of [
  [
    ['exat', '2'],
    '--weight exat=2: no scorer of this run is called "exat". Did you mean "exact"? Expected one of: exact, after',
  ],
  [['exact', '-1'], '--weight exact=-1: expected a weight from 0 on'],
  [['exact', 'much'], 'expected a weight from 0 on'],
  [['exact', ''], 'expected a weight from 0 on'],
  [['exact', 'Infinity'], 'expected a weight from 0 on'],
] as const) {
  test(`refuses --weight ${pair.join('=')}`, () => {
    assert.match(
      refusalOf(() => parseWeights([pair], SCORERS)),
      message,
    )
  })
}

test('refuses a threshold that is no share, and a label that is given twice', () => {
  for (const value of ['0', '1.5', '101%', 'x', '%']) {
    assert.match(
      refusalOf(() => parseThresholds([['exact', value]], SCORERS)),
      `--threshold exact=${value}: expected a share`,
    )
  }
  const twice = [
    ['exact', '1'],
    [' exact', '0.5'],
  ] as const
  assert.match(
    refusalOf(() => parseThresholds(twice, SCORERS)),
    'exact is given twice',
  )
})

test.run()
