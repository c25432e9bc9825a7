/** Does the regression estimator meet the reference, and does it gain what the correlation promises? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom } from '../../src/lib/random.ts'
import { controlledMean } from '../../src/stats/control-variate.ts'
import { goldenGroup } from './golden.ts'

interface ControlInput {
  readonly y: readonly number[]
  readonly x: readonly number[]
  readonly x_population_mean: number
}
type ControlFigures = Readonly<Record<'theta' | 'estimate' | 'se' | 'se_raw' | 'variance_ratio', number>>

const golden = goldenGroup<ControlInput, ControlFigures>('control_variate', 'control-variate.ts: controlledMean')

for (const { name, in: input, out } of golden.cases) {
  test(`the controlled mean of ${name} is the golden one`, () => {
    const found = controlledMean(input.y, input.x, input.x_population_mean)
    golden.close(found.theta, out.theta, 'theta')
    golden.close(found.estimate, out.estimate, 'estimate')
    golden.close(found.standardError, out.se, 'standard error')
    golden.close(found.rawStandardError, out.se_raw, 'standard error of the plain mean')
    golden.close(found.varianceRatio, out.variance_ratio, 'variance ratio')
  })
}

test('two rows have no standard error, none have no mean', () => {
  const two = controlledMean([1, 0], [1, 0], 0.5)
  assert.equal([two.theta, two.estimate, two.standardError, two.varianceRatio], [1, 0.5, null, null])
  assert.is(controlledMean([], [], 0.5).estimate, null)
})

test('earlier scores without spread change nothing, scores without spread have no ratio', () => {
  const constant = controlledMean([0.2, 0.4, 0.9], [0.1 + 0.2, 0.3, 0.1 + 0.2], 0.3)
  assert.is(constant.theta, 0)
  assert.is(controlledMean([1, 1, 1], [1, 0, 1], 0.5).varianceRatio, null)
})

test('the estimate scatters as its standard error says, and less than the plain mean', () => {
  const random = randomFrom('control-variate')
  const items = 1_000
  const difficulty = Float64Array.from({ length: items }, () => random.uniform())
  const answer = (item: number): number => (random.uniform() < (difficulty[item] ?? 0) ** 0.3 ? 1 : 0)
  const earlier = Float64Array.from({ length: items }, (_, item) => (answer(item) + answer(item) + answer(item)) / 3)
  const earlierMean = earlier.reduce((sum, score) => sum + score, 0) / items
  const truth = difficulty.reduce((sum, skill) => sum + skill ** 0.3, 0) / items
  let [off, claimed, ratios] = [0, 0, 0]
  const studies = 400
  for (let study = 0; study < studies; study++) {
    const asked = Array.from({ length: 100 }, () => Math.floor(random.uniform() * items))
    const found = controlledMean(
      asked.map(answer),
      asked.map((item) => earlier[item] ?? 0),
      earlierMean,
    )
    off += ((found.estimate ?? 0) - truth) ** 2 / studies
    claimed += (found.standardError ?? 0) ** 2 / studies
    ratios += (found.varianceRatio ?? 1) / studies
  }
  assert.ok(off / claimed > 0.75 && off / claimed < 1.4, `${off / claimed}`)
  assert.ok(ratios < 0.95, `${ratios}`)
})

golden.finish()
test.run()
