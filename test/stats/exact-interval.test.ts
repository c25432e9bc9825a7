/** Do Clopper-Pearson and Jeffreys meet the reference, and cover as often as they are known to? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  clopperPearsonHigh,
  clopperPearsonInterval,
  clopperPearsonLow,
  jeffreysInterval,
} from '../../src/stats/exact-interval.ts'
import type { Interval } from '../../src/stats/interval.ts'
import { binomialCdf } from '../../src/stats/special-functions.ts'
import { assertClose, goldenGroup } from './golden.ts'

interface Expected {
  readonly estimate: number | null
  readonly lo: number
  readonly hi: number
}
const METHODS = [
  ['clopper_pearson', 'clopperPearsonInterval', clopperPearsonInterval],
  ['jeffreys', 'jeffreysInterval', jeffreysInterval],
] as const

for (const [group, tested, interval] of METHODS) {
  const golden = goldenGroup<{ passes: number; n: number; confidence: number }, Expected>(
    group,
    `exact-interval.ts: ${tested}`,
  )
  for (const { name, in: input, out } of golden.cases) {
    test(`${group} at ${name} has the golden limits`, () => {
      const found = interval(input.passes, input.n, input.confidence)
      golden.close(found.estimate, out.estimate, 'estimate')
      golden.close(found.low, out.lo, 'low')
      golden.close(found.high, out.hi, 'high')
    })
  }
  golden.finish()

  test(`${group}: limits enclose the rate, never meet, and are mirrored when passes and failures swap`, () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const passes = Math.round(n * share)
        const { estimate, low, high } = interval(passes, n)
        assert.ok(estimate !== null && 0 <= low && low <= estimate && estimate <= high && high <= 1 && low < high)
        const mirror = interval(n - passes, n)
        assertClose(mirror.low, 1 - high, 'low')
        assertClose(mirror.high, 1 - low, 'high')
      }),
      { numRuns: 60 },
    )
  })

  test(`${group}: the end that was seen is an end of the limits, exactly`, () => {
    for (const n of [1, 20, 100_000]) assert.equal([interval(0, n).low, interval(n, n).high], [0, 1])
  })
}

/** The probability that the interval of a draw holds the true rate, summed over all draws. */
function coverage(interval: (passes: number, n: number) => Interval, n: number, p: number): number {
  let covered = 0
  for (let passes = 0; passes <= n; passes++) {
    const { low, high } = interval(passes, n)
    if (low <= p && p <= high) covered += binomialCdf(passes, n, p) - binomialCdf(passes - 1, n, p)
  }
  return Number(covered.toFixed(3))
}

// Exact coverage of nominal 95 % as the reference tabulates it (Brown, Cai & DasGupta 2001 compare the same methods).
for (const [n, p, clopperPearson, jeffreys] of [
  [20, 0.95, 0.984, 0.984],
  [50, 0.95, 0.988, 0.885],
  [100, 0.99, 0.982, 0.982],
  [300, 0.99, 0.989, 0.918],
] as const) {
  test(`a rate of ${p} at n = ${n} is covered as often as tabulated`, () => {
    assert.is(coverage(clopperPearsonInterval, n, p), clopperPearson)
    assert.is(coverage(jeffreysInterval, n, p), jeffreys)
  })
}

test('Clopper-Pearson covers every rate at least as often as it says', () => {
  const rates = Array.from({ length: 199 }, (_, index) => (index + 1) / 200)
  const least = Math.min(...rates.map((p) => coverage(clopperPearsonInterval, 20, p)))
  assert.is(least, 0.958)
})

test('so many rows without a failure exclude a failure rate at one-sided 95 %, and one row less does not', () => {
  for (const [rate, rows] of [
    [0.05, 59],
    [0.02, 149],
    [0.01, 299],
  ] as const) {
    assert.ok(clopperPearsonHigh(0, rows) < rate && clopperPearsonHigh(0, rows - 1) > rate)
    assertClose(clopperPearsonLow(rows, rows), 1 - clopperPearsonHigh(0, rows), 'mirrored')
  }
})

test('without rows nothing is known', () => {
  for (const [, , interval] of METHODS) {
    const { estimate, low, high } = interval(0, 0)
    assert.equal([estimate, low, high], [null, 0, 1])
  }
})

test.run()
