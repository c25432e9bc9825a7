import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Micros } from '../../src/stats/micros.ts'
import { nearestRank } from '../../src/stats/quantile.ts'

function microsOf(values: Iterable<number>): Micros {
  const micros = new Micros()
  for (const value of values) micros.add(value)
  return micros
}

test('without durations there is no percentile', () => {
  const { p50, p95, p99 } = new Micros().percentiles(0.95)
  for (const estimate of [p50, p95, p99]) {
    assert.equal([estimate.value, estimate.low, estimate.high, estimate.n], [null, null, null, 0])
  }
})

test('percentiles are nearest-rank, in milliseconds to the microsecond, whatever the order', () => {
  const value = fc.nat({ max: 2 ** 32 - 1 })
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (values) => {
      const sorted = values.toSorted((a, b) => a - b)
      const { p50, p95, p99 } = microsOf(values).percentiles(0.95)
      for (const [p, estimate] of [
        [0.5, p50],
        [0.95, p95],
        [0.99, p99],
      ] as const) {
        assert.is(estimate.value, (nearestRank(sorted, p) ?? Number.NaN) / 1_000)
        assert.is(estimate.n, values.length)
        assert.ok(estimate.low === null || estimate.low <= (estimate.value ?? 0))
        assert.ok(estimate.high === null || estimate.high >= (estimate.value ?? 0))
      }
    }),
  )
})

test('a hundred durations have the percentiles one would count off', () => {
  const { p50, p95, p99 } = microsOf(Array.from({ length: 100 }, (_, index) => (100 - index) * 1_000)).percentiles(0.95)
  assert.equal([p50.value, p95.value, p99.value], [50, 95, 99])
  // Two-sided 95 % for the median of 100: ranks 40 and 61 (Hahn & Meeker 1991).
  assert.equal([p50.low, p50.high], [40, 61])
  // 368 values are needed for an upper limit of p99.
  assert.is(p99.high, null)
})

test('asking does not disturb: more may be added afterwards', () => {
  const micros = microsOf([3_000, 1_000])
  assert.is(micros.percentiles(0.95).p50.value, 1)
  micros.add(2_000)
  micros.add(500)
  assert.is(micros.percentiles(0.95).p99.value, 3)
  assert.is(micros.percentiles(0.95).p50.n, 4)
})

test('a duration beyond 71 minutes counts as 71 minutes, not as a short one', () => {
  assert.is(microsOf([2 ** 32 + 5]).percentiles(0.95).p50.value, (2 ** 32 - 1) / 1_000)
})

test.run()
