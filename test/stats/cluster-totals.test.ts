import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom } from '../../src/lib/random.ts'
import { amountEstimate, ClusterTotals, rateOf, shareEstimate } from '../../src/stats/cluster-totals.ts'
import { ClusteredRate, clusteredMeanInterval, meanInterval, RunningMean } from '../../src/stats/interval.ts'
import { assertClose, goldenCases } from './golden.ts'

interface ClusteredInput {
  readonly values: readonly number[]
  readonly clusters: readonly (string | number)[]
  readonly confidence: number
}

for (const { name, in: input, out } of goldenCases<ClusteredInput, { lo: number | null; hi: number | null }>(
  'clustered_se',
)) {
  test(`rows of clusters in any order, ${name}: golden limits`, () => {
    const labels = [...new Set(input.clusters)]
    const totals = new ClusterTotals()
    for (const [sample, value] of input.values.entries()) {
      totals.add({ sample, cluster: labels.indexOf(input.clusters[sample] ?? '') }, value)
    }
    const { low, high, degenerate } = clusteredMeanInterval(totals.totals(), input.confidence)
    if (degenerate) return
    assertClose(low, out.lo, 'low')
    assertClose(high, out.hi, 'high')
  })
}

const sizes = fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 }), {
  minLength: 2,
  maxLength: 20,
})

test('epochs next to each other and rows of clusters anywhere come to the same', () => {
  fc.assert(
    fc.property(sizes, (units) => {
      const [together, scattered] = [new ClusterTotals(), new ClusterTotals()]
      for (const [sample, values] of units.entries()) for (const value of values) together.add({ sample }, value)
      for (let epoch = 0; epoch < 5; epoch++) {
        for (const [cluster, values] of units.entries()) {
          const value = values[epoch]
          if (value !== undefined) scattered.add({ sample: epoch * 100 + cluster, cluster }, value)
        }
      }
      const [one, other] = [together.totals(), scattered.totals()]
      assert.equal([one.rows, one.clusters], [other.rows, other.clusters])
      assertClose(one.mean, other.mean, 'mean')
      assert.ok(Math.abs((one.standardError ?? 0) - (other.standardError ?? 0)) < 1e-9)
    }),
  )
})

test('totals merged are the totals of all', () => {
  const pairs = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 9 })))
  fc.assert(
    fc.property(pairs, pairs, (some, others) => {
      const clusters = (of: typeof some): number[][] => of.map(([mean, rows]) => [mean * rows, rows])
      const merged = rateOf(clusters(some))
      merged.merge(rateOf(clusters(others)))
      const all = rateOf(clusters([...some, ...others]))
      assert.equal([merged.rows, merged.clusters], [all.rows, all.clusters])
      if (all.mean !== null) assert.ok(Math.abs((merged.mean ?? 9) - all.mean) < 1e-12)
      if (all.standardError !== null) assert.ok(Math.abs((merged.standardError ?? 9) - all.standardError) < 1e-9)
    }),
  )
})

test('clusters of one row each have the t interval', () => {
  const [rows, clusters] = [new RunningMean(), new ClusteredRate()]
  for (const value of [3, 1, 4, 1, 5, 9]) {
    rows.add(value)
    clusters.add(value, 1)
  }
  const [expected, actual] = [meanInterval(rows), clusteredMeanInterval(clusters)]
  assert.is(actual.method, 't')
  assertClose(actual.low, expected.low, 'low')
  assertClose(actual.high, expected.high, 'high')
})

test('skewness is the third moment over the 1.5th power of the second', () => {
  const values = new RunningMean()
  const all = [1, 2, 2, 3, 10, 50]
  for (const value of all) values.add(value)
  const mean = 68 / 6
  const moment = (power: number): number => all.reduce((sum, value) => sum + (value - mean) ** power, 0) / 6
  assertClose(values.skewness, moment(3) / moment(2) ** 1.5, 'skewness')
  const equal = new RunningMean()
  for (let index = 0; index < 5; index++) equal.add(0.1)
  assert.is(equal.skewness, null)
})

test('an amount has t limits, not below 0, and none where all are equal or there is one alone', () => {
  const rateOfAmounts = (amounts: readonly number[]): ClusteredRate => rateOf(amounts.map((amount) => [amount, 1]))
  const { value, low, high, n, method } = amountEstimate(rateOfAmounts([0, 0, 0, 12]), 0.95)
  assert.equal([value, low, n, method], [3, 0, 4, 't'])
  assert.ok((high ?? 0) > 12)
  for (const amounts of [[5], [5, 5, 5]]) {
    const none = amountEstimate(rateOfAmounts(amounts), 0.95)
    assert.equal([none.value, none.low, none.high, none.method], [5, null, null, 'none'])
  }
  assert.is(amountEstimate(new ClusteredRate(), 0.95).value, null)
})

test('pass rates of clusters cover the truth in about 95 of 100 cases, where rows taken as independent do in about 81', () => {
  const random = randomFrom('coverage of clustered rates')
  const repetitions = 600
  let [clustered, independent] = [0, 0]
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const [by, alone] = [new ClusterTotals(), new ClusterTotals()]
    for (let sample = 0; sample < 100; sample++) {
      const cluster = sample % 20
      // With chance √0.3 a row takes its cluster's common outcome: correlation 0.3, as in the table of the reference.
      const common = randomFrom(`${repetition}|${cluster}`).uniform() < 0.7
      const passes = random.uniform() < Math.sqrt(0.3) ? common : random.uniform() < 0.7
      by.add({ sample, cluster }, passes ? 1 : 0)
      alone.add({ sample }, passes ? 1 : 0)
    }
    const holds = ({ low, high }: { low: number | null; high: number | null }): number =>
      (low ?? 1) <= 0.7 && 0.7 <= (high ?? 0) ? 1 : 0
    clustered += holds(shareEstimate(by.totals(), 0.95))
    independent += holds(shareEstimate(alone.totals(), 0.95))
  }
  assert.ok(clustered / repetitions > 0.925 && clustered / repetitions < 0.98, `${clustered / repetitions}`)
  assert.ok(independent / repetitions < 0.86, `${independent / repetitions}`)
})

test.run()
