/** Does cost per correct answer meet the reference, and does it say so where it has no upper limit? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom } from '../../src/lib/random.ts'
import { fieller, RatioAccumulator } from '../../src/stats/ratio.ts'
import { studentQuantile } from '../../src/stats/special-functions.ts'
import { assertClose, goldenGroup } from './golden.ts'

interface RatioInput {
  readonly cost: readonly number[]
  readonly correct: readonly number[]
  readonly confidence: number
}
interface RatioFigures {
  readonly mean_num: number
  readonly mean_den: number
  readonly ratio: number | null
  readonly se_delta: number | null
  readonly delta_lo: number | null
  readonly delta_hi: number | null
  readonly fieller_kind: 'bounded' | 'exclusive' | 'unbounded'
  readonly lo: number | null
  readonly hi: number | null
}

const golden = goldenGroup<RatioInput, RatioFigures>('ratio_fieller', 'ratio.ts: RatioAccumulator, fieller')

function accumulated(costs: readonly number[], correct: readonly number[]): RatioAccumulator {
  const ratio = new RatioAccumulator()
  for (const [row, cost] of costs.entries()) ratio.add(cost, correct[row] ?? 0)
  return ratio
}

for (const { name, in: input, out } of golden.cases) {
  test(`${name}: the golden ratio and limits`, () => {
    const accumulator = accumulated(input.cost, input.correct)
    const { means } = accumulator
    assert.ok(means)
    golden.close(means.numerator, out.mean_num, 'mean cost')
    golden.close(means.denominator, out.mean_den, 'mean correct')
    const limits = fieller(means, input.confidence)
    assert.is(limits.kind, out.fieller_kind)
    golden.close(limits.low, out.lo, 'low')
    golden.close(limits.high, out.hi, 'high')
    const { ratio, standardError, low, high, isUnbounded } = accumulator.estimate(input.confidence)
    golden.close(ratio, out.ratio, 'ratio')
    golden.close(standardError, out.se_delta, 'standard error')
    assert.is(isUnbounded, out.fieller_kind !== 'bounded')
    assert.equal([low, high], isUnbounded ? [null, null] : [limits.low, limits.high])
    if (ratio === null || standardError === null) return
    const halfWidth = studentQuantile((1 + input.confidence) / 2, input.cost.length - 1) * standardError
    golden.close(ratio - halfWidth, out.delta_lo, 'low by the delta method')
    golden.close(ratio + halfWidth, out.delta_hi, 'high by the delta method')
  })
}

test('with nothing correct it costs at least the mean cost over the upper limit of the share', () => {
  const { ratio, isUnbounded, atLeast } = accumulated([2, 2, 2, 2, 2], [0, 0, 0, 0, 0]).estimate()
  assert.equal([ratio, isUnbounded], [null, true])
  assertClose(atLeast, 2 * (1 + 5 / 1.959963984540054 ** 2), 'Wilson: none in five is at most z²/(5 + z²)')
})

test('no rows, one row, and rows that are all alike have no limits', () => {
  const none = new RatioAccumulator().estimate()
  assert.equal(none, { ratio: null, standardError: null, low: null, high: null, isUnbounded: false, atLeast: null })
  const one = accumulated([3], [1]).estimate()
  assert.equal([one.ratio, one.standardError, one.low, one.high], [3, null, null, null])
  const alike = accumulated([0.1, 0.1, 0.1], [1, 1, 1]).estimate()
  assert.equal([alike.low, alike.high, alike.isUnbounded], [null, null, false])
})

test('clusters go in as their sums: epochs that say the same narrow nothing, and unequal sizes meet the formula', () => {
  const [costs, correct] = [
    [1, 2, 3, 1, 2],
    [1, 0, 1, 1, 0.5],
  ]
  const once = accumulated(costs, correct).estimate()
  const thrice = new RatioAccumulator()
  for (const [row, cost] of costs.entries()) thrice.add(3 * cost, 3 * (correct[row] ?? 0), 3)
  const { low, high, ratio, standardError } = thrice.estimate()
  assertClose(ratio, once.ratio, 'ratio')
  assertClose(standardError, once.standardError, 'standard error')
  assertClose(low, once.low, 'low')
  assertClose(high, once.high, 'high')

  const sums = [
    { cost: 4, correct: 2, rows: 3 },
    { cost: 1, correct: 1, rows: 1 },
    { cost: 5, correct: 1, rows: 2 },
  ]
  const unequal = new RatioAccumulator()
  for (const unit of sums) unequal.add(unit.cost, unit.correct, unit.rows)
  const covariance = sums.reduce(
    (sum, unit) => sum + (unit.cost - (unit.rows * 10) / 6) * (unit.correct - (unit.rows * 4) / 6),
    0,
  )
  assertClose(unequal.means?.covariance ?? null, (covariance * 3) / 2 / 36, 'covariance')
})

test('95 % limits of a ratio hold the truth about as often', () => {
  const random = randomFrom('ratio|coverage')
  const studies = 1_000
  let covered = 0
  for (let study = 0; study < studies; study++) {
    const accumulator = new RatioAccumulator()
    for (let row = 0; row < 60; row++) {
      const isCorrect = random.uniform() < 0.7
      accumulator.add(1 + random.uniform() + (isCorrect ? 0 : 1), isCorrect ? 1 : 0)
    }
    const { low, high } = accumulator.estimate()
    const truth = (1.5 + 0.3) / 0.7
    if (low !== null && high !== null && low <= truth && truth <= high) covered += 1
  }
  assert.ok(Math.abs(covered / studies - 0.95) < 0.025, `${covered / studies}`)
})

golden.finish()
test.run()
