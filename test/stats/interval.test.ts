import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom } from '../../src/lib/random.ts'
import {
  ClusteredRate,
  clusteredRateInterval,
  type Interval,
  meanInterval,
  RunningMean,
  wilsonInterval,
} from '../../src/stats/interval.ts'
import { meanDifference } from '../../src/stats/paired/difference.ts'
import { binomialCdf } from '../../src/stats/special-functions.ts'
import { assertClose, goldenGroup } from './golden.ts'

interface Limits {
  readonly lo: number | null
  readonly hi: number | null
}
interface ClusteredInput {
  readonly values: readonly number[]
  readonly clusters: readonly string[]
  readonly confidence: number
}

function assertLimits(actual: { low: number | null; high: number | null }, expected: Limits): void {
  assertClose(actual.low, expected.lo, 'low')
  assertClose(actual.high, expected.hi, 'high')
}

function clustered(values: readonly number[], clusters: readonly string[]): ClusteredRate {
  const totals = new Map<string, { sum: number; size: number }>()
  for (const [index, cluster] of clusters.entries()) {
    const { sum, size } = totals.get(cluster) ?? { sum: 0, size: 0 }
    totals.set(cluster, { sum: sum + (values[index] ?? Number.NaN), size: size + 1 })
  }
  return rateOf([...totals.values()])
}

function rateOf(totals: readonly { sum: number; size: number }[]): ClusteredRate {
  const rate = new ClusteredRate()
  for (const { sum, size } of totals) rate.add(sum, size)
  return rate
}

function meanOf(values: readonly number[]): RunningMean {
  const mean = new RunningMean()
  for (const value of values) mean.add(value)
  return mean
}

const wilsonCases = goldenGroup<
  { passes: number; n: number; confidence: number },
  Limits & { estimate: number | null }
>('wilson', 'interval.ts: wilsonInterval')
for (const { name, in: input, out } of wilsonCases.cases) {
  test(`Wilson at ${name} has the golden limits`, () => {
    const interval = wilsonInterval(input.passes, input.n, input.confidence)
    wilsonCases.close(interval.estimate, out.estimate, 'estimate')
    wilsonCases.close(interval.low, out.lo, 'low')
    wilsonCases.close(interval.high, out.hi, 'high')
  })
}
wilsonCases.finish()

const clusteredRates = goldenGroup<ClusteredInput, Limits & { estimate: number; n_eff: number }>(
  'clustered_rate_interval',
  'interval.ts: clusteredRateInterval',
)
for (const { name, in: input, out } of clusteredRates.cases) {
  test(`clustered rate, ${name}: golden limits and effective rows`, () => {
    const interval = clusteredRateInterval(clustered(input.values, input.clusters), input.confidence)
    clusteredRates.close(interval.estimate, out.estimate, 'estimate')
    clusteredRates.close(interval.effectiveRows, out.n_eff, 'effective rows')
    clusteredRates.close(interval.low, out.lo, 'low')
    clusteredRates.close(interval.high, out.hi, 'high')
  })
}
clusteredRates.finish()

const clusteredErrors = goldenGroup<
  ClusteredInput,
  Limits & {
    n: number
    clusters: number
    mean: number
    se_naive: number
    se_cr1: number | null
    df: number
    design_effect: number | null
  }
>('clustered_se', 'interval.ts: ClusteredRate; paired/difference.ts: meanDifference')
for (const { name, in: input, out } of clusteredErrors.cases) {
  test(`cluster-robust standard error, ${name}: golden values, from totals and from rows`, () => {
    const totals = clustered(input.values, input.clusters)
    clusteredErrors.close(totals.mean, out.mean, 'mean of the totals')
    clusteredErrors.close(totals.standardError, out.se_cr1, 'standard error of the totals')
    const labels = [...new Set(input.clusters)]
    const rows = meanDifference(
      input.values,
      input.clusters.map((label) => labels.indexOf(label)),
      input.confidence,
    )
    const naive = meanDifference(input.values, null).standardError ?? Number.NaN
    assert.equal([rows.n, rows.clusters, rows.df ?? 0], [out.n, out.clusters, out.df])
    clusteredErrors.close(rows.mean, out.mean, 'mean')
    clusteredErrors.close(naive, out.se_naive, 'standard error without clusters')
    clusteredErrors.close(rows.standardError, out.se_cr1, 'standard error')
    clusteredErrors.close(
      rows.standardError === null ? null : (rows.standardError / naive) ** 2,
      out.design_effect,
      'design effect',
    )
    assert.is(rows.degenerate, out.se_cr1 === 0)
    // The golden file gives clusters that are all alike a width of zero and asks the caller to flag them.
    clusteredErrors.close(rows.low, rows.degenerate ? null : out.lo, 'low')
    clusteredErrors.close(rows.high, rows.degenerate ? null : out.hi, 'high')
  })
}
clusteredErrors.finish()

const means = goldenGroup<
  { values: readonly number[]; confidence: number },
  Limits & { n: number; mean: number | null; sd: number | null }
>('t_interval', 'interval.ts: RunningMean, meanInterval')
for (const { name, in: input, out } of means.cases) {
  test(`mean, ${name}: golden mean, spread and limits`, () => {
    const mean = meanOf(input.values)
    const interval = meanInterval(mean, input.confidence)
    assert.is(mean.count, out.n)
    means.close(interval.estimate, out.mean, 'mean')
    means.close(mean.standardDeviation, out.sd, 'standard deviation')
    assert.is(interval.degenerate, out.sd === 0)
    // The golden file gives equal values a width of zero and asks the caller to flag them.
    means.close(interval.low, interval.degenerate ? null : out.lo, 'low')
    means.close(interval.high, interval.degenerate ? null : out.hi, 'high')
  })
}
means.finish()

// Exact coverage of the nominal 95 %, summed over the outcomes as in Brown, Cai & DasGupta 2001; values of a reference table.
const coverageOfWilson: readonly (readonly [number, number, number])[] = [
  [20, 0.95, 0.925],
  [50, 0.95, 0.962],
  [100, 0.99, 0.921],
  [300, 0.99, 0.967],
]
for (const [n, p, expected] of coverageOfWilson) {
  test(`Wilson covers a rate of ${p} at n = ${n} with probability ${expected}`, () => {
    let coverage = 0
    for (let passes = 0; passes <= n; passes++) {
      const { low, high } = wilsonInterval(passes, n)
      if (low <= p && p <= high) coverage += binomialCdf(passes, n, p) - binomialCdf(passes - 1, n, p)
    }
    assert.is(Number(coverage.toFixed(3)), expected)
  })
}

// Korn & Graubard's correction is for this: five rows per cluster, intra-cluster correlation 0.3, true rate 0.7. Each row
// copies its cluster's draw with probability √0.3, else draws anew; then two rows of a cluster correlate at 0.3.
test('clustered rows are covered as promised where independent rows would not be', () => {
  const [repetitions, clusters, rows, trueRate] = [2_000, 10, 5, 0.7]
  const random = randomFrom('interval.test|coverage')
  const draw = (): number => (random.uniform() < trueRate ? 1 : 0)
  let covered = 0
  let coveredAsIndependent = 0
  const covers = ({ low, high }: Interval): number => (low <= trueRate && trueRate <= high ? 1 : 0)
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const rate = new ClusteredRate()
    let passes = 0
    for (let cluster = 0; cluster < clusters; cluster++) {
      const common = draw()
      let sum = 0
      for (let row = 0; row < rows; row++) sum += random.uniform() < Math.sqrt(0.3) ? common : draw()
      rate.add(sum, rows)
      passes += sum
    }
    covered += covers(clusteredRateInterval(rate))
    coveredAsIndependent += covers(wilsonInterval(passes, clusters * rows))
  }
  assert.ok(covered / repetitions > 0.93, `clustered: ${covered / repetitions}`)
  assert.ok(coveredAsIndependent / repetitions < 0.87, `as independent: ${coveredAsIndependent / repetitions}`)
})

const counts = fc
  .integer({ min: 1, max: 100_000 })
  .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)))
const cluster = fc
  .integer({ min: 1, max: 8 })
  .chain((size) => fc.record({ sum: fc.integer({ min: 0, max: size }), size: fc.constant(size) }))
const someClusters = fc.array(cluster, { minLength: 1, maxLength: 40 })

function assertHonestShare({ estimate, low, high }: Interval): void {
  assert.ok(estimate !== null && low >= 0 && low <= estimate && estimate <= high && high <= 1, `${low}..${high}`)
  assert.ok(high > low, 'zero width')
}

function widthOf({ low, high }: Interval): number {
  return high - low
}

test('Wilson limits stay in [0, 1] around the estimate and never meet', () => {
  fc.assert(fc.property(counts, ([passes, n]) => assertHonestShare(wilsonInterval(passes, n))))
})

test('Wilson limits are exactly 0 without passes and exactly 1 without failures', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (n) => {
      assert.is(wilsonInterval(0, n).low, 0)
      assert.is(wilsonInterval(n, n).high, 1)
    }),
  )
})

test('Wilson limits are mirrored when passes and failures swap', () => {
  fc.assert(
    fc.property(counts, ([passes, n]) => {
      const interval = wilsonInterval(passes, n)
      const mirror = wilsonInterval(n - passes, n)
      assertClose(1 - mirror.high, interval.low, 'low')
      assertClose(1 - mirror.low, interval.high, 'high')
    }),
  )
})

test('Wilson intervals shrink with rows and grow with confidence', () => {
  fc.assert(
    fc.property(counts, fc.integer({ min: 2, max: 10 }), ([passes, n], times) => {
      assert.ok(widthOf(wilsonInterval(passes * times, n * times)) < widthOf(wilsonInterval(passes, n)))
      assert.ok(widthOf(wilsonInterval(passes, n, 0.99)) > widthOf(wilsonInterval(passes, n, 0.9)))
    }),
  )
})

test('clustered limits stay in [0, 1] around the estimate, never meet and lie outside those of independent rows', () => {
  fc.assert(
    fc.property(someClusters, (totals) => {
      const rate = rateOf(totals)
      const interval = clusteredRateInterval(rate)
      assertHonestShare(interval)
      const independent = wilsonInterval((rate.mean ?? 0) * rate.rows, rate.rows)
      assert.ok(interval.low <= independent.low + 1e-12 && interval.high >= independent.high - 1e-12)
    }),
  )
})

test('clusters of one row each come within one row of Wilson', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 2, maxLength: 60 }), (values) => {
      const { effectiveRows, estimate, ...limits } = clusteredRateInterval(
        rateOf(values.map((sum) => ({ sum, size: 1 }))),
      )
      const n = new Set(values).size === 1 ? values.length : values.length - 1
      assertClose(effectiveRows, n, 'effective rows')
      const wilson = wilsonInterval((estimate ?? 0) * n, n)
      assertLimits(limits, { lo: wilson.low, hi: wilson.high })
    }),
  )
})

test('asking every row twice inside its own cluster leaves mean and standard error as they were', () => {
  fc.assert(
    fc.property(someClusters, (totals) => {
      const once = rateOf(totals)
      const twice = rateOf(totals.map(({ sum, size }) => ({ sum: 2 * sum, size: 2 * size })))
      assert.is(twice.mean, once.mean)
      assertClose(twice.standardError, once.standardError, 'standard error')
    }),
  )
})

test('the order of the clusters does not matter', () => {
  fc.assert(
    fc.property(someClusters, (totals) => {
      const forward = clusteredRateInterval(rateOf(totals))
      const backward = clusteredRateInterval(rateOf(totals.toReversed()))
      assertClose(backward.effectiveRows, forward.effectiveRows, 'effective rows')
    }),
  )
})

test('equal cluster means count one row per cluster, whatever the rounding of the mean', () => {
  const rate = rateOf(Array.from({ length: 49 }, (_, index) => ({ sum: index + 1, size: 49 * (index + 1) })))
  assert.is(clusteredRateInterval(rate).effectiveRows, 49)
})

test('cluster means that differ only by rounding are equal', () => {
  const rate = rateOf([
    { sum: 0.1 + 0.2, size: 3 },
    { sum: 0.3, size: 3 },
    { sum: 0.3, size: 3 },
  ])
  assert.is.not(rate.standardError, 0)
  assert.is(clusteredRateInterval(rate).effectiveRows, 3)
})

test('a cluster without scored rows does not count', () => {
  const rate = rateOf([
    { sum: 0, size: 0 },
    { sum: 2, size: 3 },
  ])
  assert.is(rate.clusters, 1)
  assert.is(clusteredRateInterval(rate).effectiveRows, 1)
})

test('without rows the estimate is null and the limits are the widest', () => {
  const { estimate, low, high } = clusteredRateInterval(new ClusteredRate())
  assert.equal([estimate, low, high], [null, 0, 1])
})

test('a mean keeps its digits beside a large offset', () => {
  const mean = meanOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])
  assert.is(mean.mean, 1e9 + 10)
  assertClose(mean.standardDeviation, Math.sqrt(30), 'standard deviation')
})

test('a million small values beside a large one are not lost', () => {
  const mean = new RunningMean()
  mean.add(1e16)
  for (let index = 0; index < 1_000_000; index++) mean.add(1)
  mean.add(-1e16)
  assert.is(mean.mean, 1_000_000 / 1_000_002)
})

test('values that differ only by rounding are degenerate', () => {
  assert.ok(meanInterval(meanOf([0.1 + 0.2, 0.3, 0.3])).degenerate)
  assert.not.ok(meanInterval(meanOf([1e-7, 2e-7])).degenerate)
})

test('a mean interval contains the mean and shrinks when the values are seen again', () => {
  const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 2, maxLength: 50 })
  fc.assert(
    fc.property(values, (list) => {
      fc.pre(new Set(list).size > 1)
      const once = meanInterval(meanOf(list))
      const twice = meanInterval(meanOf([...list, ...list]))
      assert.ok(once.low !== null && once.high !== null && once.estimate !== null)
      assert.ok(once.low < once.estimate && once.estimate < once.high)
      assert.ok(twice.low !== null && twice.high !== null && twice.high - twice.low < once.high - once.low)
    }),
  )
})

test.run()
