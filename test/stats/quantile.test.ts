import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nearestRank, quantileInterval, quantileRanks } from '../../src/stats/quantile.ts'
import { assertClose, goldenGroup } from './golden.ts'

/** first, first + step, …, last, as integers. */
function range(first: number, last: number, step = 1): number[] {
  return Array.from({ length: (last - first) / step + 1 }, (_, index) => first + index * step)
}

type Range = { readonly range_from: number; readonly range_to: number }
interface GoldenInterval {
  readonly n: number
  readonly lower_rank: number | null
  readonly upper_rank: number | null
  readonly lo: number | null
  readonly hi: number | 'inf' | null
  readonly coverage: number
}

const orInfinity = <T>(value: T | 'inf'): T | number => (value === 'inf' ? Infinity : value)

const golden = goldenGroup<
  { values: readonly (number | 'inf')[] | Range; q: number; confidence: number },
  GoldenInterval
>('quantile_interval', 'quantile.ts: quantileInterval, quantileRanks')
for (const { name, in: input, out } of golden.cases) {
  // The type-7 point of the golden file is left out: percentiles here are nearest-rank.
  test(`quantile interval, ${name}: golden ranks, limits and coverage`, () => {
    const { values, q, confidence } = input
    const sorted = 'range_from' in values ? range(values.range_from, values.range_to) : values.map(orInfinity)
    const interval = quantileInterval(sorted, q, confidence)
    assert.is(sorted.length, out.n)
    golden.close(interval.lowRank, out.lower_rank, 'low rank')
    golden.close(interval.highRank, out.upper_rank, 'high rank')
    golden.close(interval.low, out.lo, 'low')
    golden.close(interval.high, orInfinity(out.hi), 'high')
    golden.close(interval.coverage, out.coverage, 'coverage')
  })
}
golden.finish()

test('V10: percentiles of 10, 20, … 100 are nearest ranks', () => {
  const percentiles = [0.5, 0.9, 0.95, 0.99].map((p) => nearestRank(range(10, 100, 10), p))
  assert.equal(percentiles, [50, 90, 100, 100])
})

test('V11: percentiles of two shards come from the pooled values', () => {
  const shardA = range(1_001, 1_900).map((tenths) => tenths / 10)
  const shardB = range(1_010, 2_000, 10)
  assert.equal([shardA.length, shardB.length], [900, 100])
  const pooled = [...shardA, ...shardB]
  assert.equal([nearestRank(shardA, 0.95), nearestRank(shardB, 0.95), nearestRank(pooled, 0.95)], [185.5, 1_950, 1_500])
  assert.equal([nearestRank(shardA, 0.99), nearestRank(shardB, 0.99), nearestRank(pooled, 0.99)], [189.1, 1_990, 1_900])
})

const v12: readonly (readonly [number, number, number | null, number | null, number | null])[] = [
  [20, 0.5, 6, 15, 0.9586],
  [100, 0.5, 40, 61, 0.9648],
  [200, 0.5, 86, 115, null],
  [200, 0.95, 184, 197, 0.9672],
  [500, 0.99, 490, 500, 0.9802],
  [1_000, 0.99, 983, 997, 0.9761],
  [200, 0.99, 195, null, null],
]
for (const [n, p, lowRank, highRank, coverage] of v12) {
  test(`V12: the interval of p${p * 100} among ${n} values runs from rank ${lowRank} to ${highRank}`, () => {
    const ranks = quantileRanks(n, p)
    assert.equal([ranks.lowRank, ranks.highRank], [lowRank, highRank])
    if (coverage !== null) assert.is(Number(ranks.coverage.toFixed(4)), coverage)
  })
}

const firstBounded: readonly (readonly [number, number])[] = [
  [0.5, 6],
  [0.9, 36],
  [0.95, 72],
  [0.99, 368],
  [0.999, 3_688],
]
for (const [p, n] of firstBounded) {
  test(`p${p * 100} has no upper bound below ${n} values`, () => {
    assert.is(quantileRanks(n - 1, p).highRank, null)
    assert.is(quantileRanks(n, p).highRank, n)
  })
}

test('V4: a failure is an infinite latency among all arrivals', () => {
  const successes = range(100, 1_060, 10)
  const arrivals = [...successes, Infinity, Infinity, Infinity]
  assert.equal([nearestRank(successes, 0.95), nearestRank(successes, 0.99)], [1_020, 1_060])
  assert.equal(
    [0.95, 0.97, 0.99].map((p) => nearestRank(arrivals, p)),
    [1_040, 1_060, Infinity],
  )
})

test('float error in p · n does not move the rank', () => {
  assert.ok(0.07 * 100 > 7)
  assert.is(nearestRank(range(1, 100), 0.07), 7)
})

test('the ends of the range are the smallest and the largest value', () => {
  assert.equal([nearestRank([3, 5, 8], 0), nearestRank([3, 5, 8], 1)], [3, 8])
})

test('no values have no percentile and no limits', () => {
  assert.is(nearestRank(new Uint32Array(0), 0.5), null)
  const { estimate, low, high } = quantileInterval([], 0.5)
  assert.equal([estimate, low, high], [null, null, null])
})

// P(B = 0) = P(B = n) = 1/2ⁿ exactly: smallest and largest enclose the median with probability 1 − 2/2ⁿ.
test('a probability that meets its bound exactly counts as meeting it', () => {
  for (const n of range(2, 12)) {
    const { lowRank, highRank, coverage } = quantileRanks(n, 0.5, 1 - 2 / 2 ** n)
    assert.equal([lowRank, highRank], [1, n])
    assertClose(coverage, 1 - 2 / 2 ** n, 'coverage')
  }
})

const sortedValues = fc
  .array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 300 })
  .map((values) => Uint32Array.from(values).sort())
const share = fc.double({ min: 0.001, max: 0.999, noNaN: true })

test('percentiles rise with p and are values of the data', () => {
  fc.assert(
    fc.property(sortedValues, share, share, (sorted, p, q) => {
      const low = nearestRank(sorted, Math.min(p, q))
      const high = nearestRank(sorted, Math.max(p, q))
      assert.ok(low !== null && high !== null && low <= high && sorted.includes(low) && sorted.includes(high))
    }),
  )
})

test('at least a share p of the values is at or below the p-percentile, and less than that is below it', () => {
  fc.assert(
    fc.property(sortedValues, share, (sorted, p) => {
      const percentile = nearestRank(sorted, p) ?? Number.NaN
      const atMost = sorted.filter((value) => value <= percentile).length
      const below = sorted.filter((value) => value < percentile).length
      assert.ok(atMost >= p * sorted.length - 1e-9 && (below < p * sorted.length || below === 0))
    }),
  )
})

test('a quantile interval encloses the percentile and attains its confidence', () => {
  const levels = fc.constantFrom(0.8, 0.9, 0.95, 0.99)
  fc.assert(
    fc.property(sortedValues, share, levels, (sorted, p, confidence) => {
      const { estimate, low, high, coverage } = quantileInterval(sorted, p, confidence)
      assert.ok(estimate !== null && (low ?? estimate) <= estimate && estimate <= (high ?? estimate))
      assert.ok(coverage >= confidence - 1e-11, `coverage ${coverage}`)
    }),
  )
})

test('limits rise with p', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), share, share, (n, p, q) => {
      const lower = quantileRanks(n, Math.min(p, q))
      const upper = quantileRanks(n, Math.max(p, q))
      assert.ok((lower.lowRank ?? 0) <= (upper.lowRank ?? 0))
      assert.ok((lower.highRank ?? n + 1) <= (upper.highRank ?? n + 1))
    }),
  )
})

test.run()
