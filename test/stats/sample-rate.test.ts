import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ClusteredRate,
  clusteredRateInterval,
  RunningMean,
  scoreInterval,
  wilsonInterval,
} from '../../src/stats/interval.ts'
import { SampleRate } from '../../src/stats/sample-rate.ts'
import type { Estimate } from '../../src/stats/types.ts'
import { assertClose } from './golden.ts'

/** Values of each sample's epochs. */
function estimateOf(samples: readonly (readonly number[])[], confidence = 0.95): Estimate {
  const rate = new SampleRate()
  for (const [index, epochs] of samples.entries()) for (const value of epochs) rate.add(index, value)
  return rate.estimate(confidence)
}

test('nothing scored is nothing known', () => {
  assert.equal(estimateOf([]), { value: null, low: null, high: null, n: 0, method: 'none' })
})

test('pass and fail without epochs are a Wilson interval', () => {
  const samples = Array.from({ length: 50 }, (_, index) => [index < 41 ? 1 : 0])
  const { low, high } = wilsonInterval(41, 50, 0.95)
  assert.equal(estimateOf(samples), { value: 0.82, low, high, n: 50, method: 'wilson' })
})

test('epochs of a sample are one cluster: the interval is that of the samples, not of the answers', () => {
  // Ten samples, each answered alike in all of ten epochs: a hundred answers know no more than ten.
  const samples = Array.from({ length: 10 }, (_, index) => Array<number>(10).fill(index < 7 ? 1 : 0))
  const clustered = estimateOf(samples)
  const independent = wilsonInterval(70, 100, 0.95)
  const ten = wilsonInterval(7, 10, 0.95)
  assert.is(clustered.method, 'clustered-wilson')
  assertClose(clustered.value, 0.7, 'value')
  assert.is(clustered.n, 100)
  assert.ok((clustered.low ?? 1) < independent.low && (clustered.high ?? 0) > independent.high)
  assert.ok((clustered.low ?? 1) <= ten.low && (clustered.high ?? 0) >= ten.high)
})

test('the clusters are the ones that clusteredRateInterval would be given', () => {
  const samples = [[1, 0, 1], [1, 1], [0], [0, 0, 1], [1, 1, 1]]
  const rate = new ClusteredRate()
  for (const epochs of samples)
    rate.add(
      epochs.reduce((sum, value) => sum + value, 0),
      epochs.length,
    )
  const { estimate, low, high, method } = clusteredRateInterval(rate, 0.9)
  assert.equal(estimateOf(samples, 0.9), { value: estimate, low, high, n: 12, method })
})

test('graded scores have a t interval over the means of the samples, within [0, 1]', () => {
  const samples = [
    [0.25, 0.75],
    [1, 1],
    [0.5, 0],
    [0.9, 0.7],
    [1, 0.8],
  ]
  const means = new RunningMean()
  for (const [a = 0, b = 0] of samples) means.add((a + b) / 2)
  const { low, high } = scoreInterval(means, 0.95)
  const estimate = estimateOf(samples)
  assertClose(estimate.value, 0.69, 'value')
  assertClose(estimate.low, low, 'low')
  assert.is(estimate.high, Math.min(1, high))
  assert.is(estimate.method, 't')
  assert.is(estimate.n, 10)
})

test('graded scores that are all alike still have limits', () => {
  const { value, low, high } = estimateOf([[0.5], [0.5], [0.5]])
  assert.is(value, 0.5)
  assert.ok((low ?? 1) < 0.5 && (high ?? 0) > 0.5)
})

test('asking twice gives the same', () => {
  const rate = new SampleRate()
  for (const [sample, value] of [
    [0, 1],
    [0, 0],
    [1, 1],
  ] as const)
    rate.add(sample, value)
  assert.equal(rate.estimate(0.95), rate.estimate(0.95))
})

test('the estimate lies within its limits, and the limits within [0, 1], for any scores', () => {
  const value = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }))
  const samples = fc.array(fc.array(value, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(samples, fc.double({ min: 0.5, max: 0.999, noNaN: true }), (all, confidence) => {
      const estimate = estimateOf(all, confidence)
      const low = estimate.low ?? Number.NaN
      const high = estimate.high ?? Number.NaN
      assert.ok(low >= 0 && high <= 1 && low < high, `[${low}, ${high}]`)
      assert.ok((estimate.value ?? -1) >= low - 1e-12 && (estimate.value ?? 2) <= high + 1e-12)
    }),
  )
})

test.run()
