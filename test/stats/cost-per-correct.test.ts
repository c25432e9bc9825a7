import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { CostPerCorrect } from '../../src/stats/cost-per-correct.ts'
import type { Estimate } from '../../src/stats/types.ts'
import { assertClose, goldenCases } from './golden.ts'

interface Input {
  readonly cost: readonly number[]
  readonly correct: readonly number[]
  readonly confidence: number
}

interface Output {
  readonly ratio: number | null
  readonly fieller_kind: string
  readonly lo: number | null
  readonly hi: number | null
}

const COSTS = [0.012, 0.01, 0.015, 0.011, 0.02, 0.009, 0.013, 0.014, 0.01, 0.012]

function estimateOf(
  passed: (trial: number) => boolean,
  place: (trial: number) => { sample: number; cluster?: number },
): Estimate {
  const ratio = new CostPerCorrect()
  for (const [trial, usd] of COSTS.entries()) ratio.add(place(trial), usd, passed(trial))
  return ratio.estimate(0.95)
}

for (const { name, in: input, out } of goldenCases<Input, Output>('ratio_fieller')) {
  if (!input.correct.every((correct) => correct === 0 || correct === 1)) continue
  test(`cost per correct answer, ${name}: golden limits, or a lower one alone`, () => {
    const ratio = new CostPerCorrect()
    for (const [sample, usd] of input.cost.entries()) ratio.add({ sample }, usd, input.correct[sample] === 1)
    const { value, low, high, n, method } = ratio.estimate(input.confidence)
    assertClose(value, out.ratio, 'ratio')
    assert.is(n, input.cost.length)
    if (out.fieller_kind === 'bounded') {
      assertClose(low, out.lo, 'low')
      assertClose(high, out.hi, 'high')
      assert.is(method, 'fieller')
    } else {
      assert.ok((low ?? 0) > 0)
      assert.equal([high, method], [null, 'fieller-unbounded'])
    }
  })
}

test('epochs of a sample and rows of a cluster are one unit, wherever the rows of a cluster stand', () => {
  const passed = (trial: number): boolean => trial % 5 !== 0
  const epochs = estimateOf(passed, (trial) => ({ sample: Math.floor(trial / 2) }))
  const clusters = estimateOf(passed, (trial) => ({ sample: trial, cluster: Math.floor(trial / 2) }))
  assertClose(clusters.low, epochs.low, 'low')
  assertClose(clusters.high, epochs.high, 'high')
  assert.not.equal(epochs.low, estimateOf(passed, (sample) => ({ sample })).low)
})

test('without trials nothing is known, and of one trial no spread', () => {
  const none = new CostPerCorrect().estimate(0.95)
  assert.equal([none.value, none.low, none.high, none.n], [null, null, null, 0])
  const one = new CostPerCorrect()
  one.add({ sample: 0 }, 0.01, true)
  assert.equal(one.estimate(0.95), { value: 0.01, low: null, high: null, n: 1, method: 'none' })
})

test.run()
