import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ClusteredRate,
  clusteredRateInterval,
  meanInterval,
  RunningMean,
  wilsonInterval,
} from '../../src/stats/interval.ts'
import { SampleRate } from '../../src/stats/sample-rate.ts'
import type { Estimate } from '../../src/stats/types.ts'
import { assertClose } from './golden.ts'

/** Values of each sample's epochs. */
function estimateOf(samples: readonly (readonly number[])[], confidence = 0.95): Estimate {
  const rate = new SampleRate()
  for (const [index, epochs] of samples.entries()) for (const value of epochs) rate.add({ sample: index }, value)
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
  assert.equal(estimateOf(samples, 0.9), { value: estimate, low, high, n: 12, units: 5, method })
})

test('graded scores are those of samples, which weigh the same: the mean of the epochs of each', () => {
  const samples = Array.from({ length: 60 }, (_, index) => [(index % 7) / 7, ((index * 3) % 5) / 5])
  const means = new RunningMean()
  for (const [a = 0, b = 0] of samples) means.add((a + b) / 2)
  const { low, high } = meanInterval(means, 0.95)
  const estimate = estimateOf(samples)
  assertClose(estimate.value, means.mean, 'value')
  assertClose(estimate.low, low, 'low')
  assertClose(estimate.high, high, 'high')
  assert.equal([estimate.method, estimate.n], ['t', 120])
})

test('samples of a cluster are one unit, wherever they stand', () => {
  const rate = new SampleRate()
  const totals = new ClusteredRate()
  for (let sample = 0; sample < 60; sample++) rate.add({ sample, cluster: sample % 12 }, sample % 12 < 7 ? 1 : 0)
  for (let cluster = 0; cluster < 12; cluster++) totals.add(cluster < 7 ? 5 : 0, 5)
  const { low, high } = clusteredRateInterval(totals, 0.95)
  assert.equal(rate.estimate(0.95), {
    value: 35 / 60,
    low,
    high,
    n: 60,
    units: 12,
    method: 'clustered-wilson',
  })
})

test('a cluster of one sample each is no cluster', () => {
  const [plain, clustered] = [new SampleRate('x'), new SampleRate('x')]
  for (let sample = 0; sample < 40; sample++) {
    plain.add({ sample }, sample % 3 === 0 ? 0 : 1)
    clustered.add({ sample, cluster: sample }, sample % 3 === 0 ? 0 : 1)
  }
  assert.equal(clustered.estimate(0.95), plain.estimate(0.95))
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
    rate.add({ sample }, value)
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
