import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Opinion, panelScore, type Vote } from '../../../src/score/judge/panel.ts'

/** Votes by value; null: a judge without a verdict. */
function votes(...values: readonly (number | null)[]): readonly Vote[] {
  return values.map((value, index) => ({
    judge: `j${index + 1}`,
    opinion: value === null ? { problem: 'no verdict' } : { value, verdict: `v${value}`, reason: 'because' },
  }))
}

type Row = readonly [values: readonly (number | null)[], value: number | null, pass: boolean | null]

const MAJORITY: readonly Row[] = [
  [[1], 1, true],
  [[0.5], 0.5, false],
  [[0.75], 0.75, true],
  [[null], null, null],
  [[1, 1, 0], 1, true],
  [[1, 0, 0.5], 0.25, false],
  [[1, 0.75, 0.25], 0.875, true],
  [[1, 0], null, null],
  [[1, 1, 0, 0], null, null],
  [[1, null], 1, true],
  [[1, null, null], null, null],
  [[1, 1, null], 1, true],
  [[1, 0, null], null, null],
  [[0, 0, null, null], 0, false],
  [[null, null], null, null],
]

for (const [values, value, pass] of MAJORITY) {
  test(`by majority ${JSON.stringify(values)} come to ${value} from a threshold of 0.75`, () => {
    const score = panelScore(votes(...values), 'majority', 0.75)
    assert.equal([score.value, score.pass], [value, pass])
  })
}

const MEAN: readonly Row[] = [
  [[0.5], 0.5, false],
  [[1, 0.5], 0.75, true],
  [[1, 0.25], 0.625, false],
  [[1, null], 1, true],
  [[1, null, null], null, null],
  [[null], null, null],
]

for (const [values, value, pass] of MEAN) {
  test(`as a mean ${JSON.stringify(values)} come to ${value} from a threshold of 0.75`, () => {
    const score = panelScore(votes(...values), 'mean', 0.75)
    assert.equal([score.value, score.pass], [value, pass])
  })
}

test('equal values pass at a threshold of their own size, whatever the arithmetic of their sum', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1, noNaN: true }), fc.integer({ min: 1, max: 9 }), (drawn, count) => {
      const value = Math.round(drawn * 1000) / 1000
      for (const panel of ['majority', 'mean'] as const) {
        const score = panelScore(votes(...Array.from({ length: count }, () => value)), panel, value)
        assert.equal([score.value, score.pass], [value, true])
      }
    }),
  )
})

const opinions: fc.Arbitrary<Opinion> = fc.oneof(
  fc.record({ problem: fc.string() }),
  fc.record({
    value: fc.constantFrom(0, 0.25, 0.5, 0.75, 1),
    verdict: fc.string(),
    reason: fc.string({ unit: 'binary' }),
  }),
)
const panels = fc.array(fc.record({ judge: fc.string({ minLength: 1, maxLength: 60 }), opinion: opinions }), {
  minLength: 1,
  maxLength: 30,
})

test('a panel never depends on the order of its judges', () => {
  fc.assert(
    fc.property(panels, fc.constantFrom('majority', 'mean'), (panel, how) => {
      const { value, pass } = panelScore(panel, how, 0.5)
      const turned = panelScore(panel.toReversed(), how, 0.5)
      assert.equal([turned.value, turned.pass], [value, pass])
    }),
  )
})

test('the score is valid and its reason one printable line, whatever judges say', () => {
  fc.assert(
    fc.property(panels, fc.constantFrom('majority', 'mean'), (panel, how) => {
      const { value, pass, reason } = panelScore(panel, how, 0.5)
      assert.is(pass === null, value === null)
      if (value !== null) assert.ok(value >= 0 && value <= 1 && pass === value >= 0.5)
      assert.ok(Array.from(reason).length <= 200, reason)
      assert.not.match(reason, /\p{Cc}/u)
    }),
  )
})

test('the reason names each judge with its verdict and its own reason', () => {
  assert.is(panelScore(votes(1), 'majority', 0.5).reason, 'j1: v1 (because)')
  assert.is(panelScore(votes(null), 'majority', 0.5).reason, 'j1: no verdict')
  assert.is(
    panelScore(votes(1, 0, 1), 'majority', 0.5).reason,
    '2 of 3 judges let it pass: j1: v1 (because); j2: v0 (because); j3: v1 (because)',
  )
  assert.is(
    panelScore(votes(1, 0), 'majority', 0.5).reason,
    'tie, 1 of 2 judges let it pass: j1: v1 (because); j2: v0 (because)',
  )
  assert.is(
    panelScore(votes(1, null, null), 'mean', 0.5).reason,
    '1 of 3 judges gave a verdict: j1: v1 (because); j2: no verdict; j3: no verdict',
  )
  assert.is(panelScore(votes(1, 0), 'mean', 0.5).reason, 'mean of 2: j1: v1 (because); j2: v0 (because)')
})

test('a long reason of one judge leaves room for the others', () => {
  const long = { judge: 'j1', opinion: { value: 1, verdict: 'yes', reason: 'very '.repeat(100) } }
  assert.match(panelScore([long, ...votes(0)], 'mean', 0.5).reason, /…; j1: v0 \(because\)$/)
})

test.run()
