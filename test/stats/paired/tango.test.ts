/** Do Tango's limits and test meet the reference, mirror each other, and stay honest where no pair differs? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { tangoInterval, tangoNoninferiority, tangoStatistic } from '../../../src/stats/paired/tango.ts'
import { normalQuantile } from '../../../src/stats/special-functions.ts'
import { assertClose, goldenGroup } from '../golden.ts'

interface Tango {
  readonly wins: number
  readonly losses: number
  readonly n: number
  readonly confidence: number
  readonly margin: number
}
type Expected = Readonly<Record<'lo' | 'hi' | 'z_noninferiority' | 'p_noninferiority', number>>

const golden = goldenGroup<Tango, Expected>('tango_paired', 'paired/tango.ts: tangoInterval, tangoNoninferiority')
for (const { name, in: input, out } of golden.cases) {
  test(`Tango at ${name} has the golden limits and test`, () => {
    const { wins, losses, n, confidence, margin } = input
    const { low, high } = tangoInterval(wins, losses, n, confidence)
    golden.close(low, out.lo, 'low')
    golden.close(high, out.hi, 'high')
    const { z, pValue } = tangoNoninferiority(wins, losses, n, margin)
    golden.close(z, out.z_noninferiority, 'z')
    golden.close(pValue, out.p_noninferiority, 'p')
  })
}
golden.finish()

const counts = fc
  .tuple(fc.nat(300), fc.nat(300), fc.nat(2_000))
  .filter(([wins, losses, ties]) => wins + losses + ties > 0)
  .map(([wins, losses, ties]) => ({ wins, losses, n: wins + losses + ties }))

test('limits never meet, enclose what was seen and stay within −1 and 1', () => {
  fc.assert(
    fc.property(counts, ({ wins, losses, n }) => {
      const { low, high } = tangoInterval(wins, losses, n)
      const seen = (wins - losses) / n
      assert.ok(low < high && low >= -1 && high <= 1, `${low} to ${high}`)
      assert.ok(low <= seen && seen <= high, `${low} to ${high} around ${seen}`)
    }),
  )
})

test('swapping the models mirrors limits and statistic', () => {
  // Closer to ±1 the variance loses its digits; closer to 0 than a billionth nothing of it is left.
  const difference = fc.integer({ min: -999_000_000, max: 999_000_000 }).map((billionths) => billionths / 1e9)
  fc.assert(
    fc.property(counts, difference, ({ wins, losses, n }, delta) => {
      const [one, other] = [tangoInterval(wins, losses, n), tangoInterval(losses, wins, n)]
      assert.equal([one.low, one.high], [-other.high, -other.low])
      const [forth, back] = [tangoStatistic(wins, losses, n, delta), tangoStatistic(losses, wins, n, -delta)]
      assertClose(forth, -back, `at ${delta}`)
    }),
  )
})

test('the statistic is ±z at every limit inside −1 and 1', () => {
  const z = normalQuantile(0.975)
  fc.assert(
    fc.property(counts, ({ wins, losses, n }) => {
      const { low, high } = tangoInterval(wins, losses, n)
      if (low > -1) assert.ok(Math.abs(tangoStatistic(wins, losses, n, low) - z) < 1e-6)
      if (high < 1) assert.ok(Math.abs(tangoStatistic(wins, losses, n, high) + z) < 1e-6)
    }),
  )
})

test('a margin is ruled out exactly if the one-sided limit is above it', () => {
  fc.assert(
    fc.property(counts, fc.double({ min: 0.001, max: 0.5, noNaN: true }), ({ wins, losses, n }, margin) => {
      const { low } = tangoInterval(wins, losses, n, 0.9)
      fc.pre(Math.abs(low + margin) > 1e-9)
      assert.is(tangoNoninferiority(wins, losses, n, margin).pValue < 0.05, low > -margin)
    }),
  )
})

test('without a pair that differs the limits are ±z²/(n + z²)', () => {
  const z = normalQuantile(0.975)
  for (const n of [1, 50, 1_000, 10_000_000]) {
    const { low, high } = tangoInterval(0, 0, n)
    assertClose(high, z ** 2 / (n + z ** 2), `${n} pairs`)
    assert.is(low, -high)
  }
})

test('without pairs nothing is known and nothing ruled out', () => {
  assert.equal(tangoInterval(0, 0, 0), { low: -1, high: 1 })
  assert.is(tangoNoninferiority(0, 0, 0, 0.05).pValue, 1)
})

test('where the variance is 0 the sign of what was seen decides', () => {
  assert.is(tangoStatistic(0, 10, 10, -1), 0)
  assert.is(tangoStatistic(0, 0, 10, -1), Infinity)
  assert.is(tangoStatistic(0, 0, 10, 1), -Infinity)
  assert.is(tangoStatistic(0, 0, 10, 0), 0)
  assert.equal(tangoNoninferiority(0, 9, 10, 1), { z: Infinity, pValue: 0 })
})

// T = ±z solved by mpmath 1.4.1 at 40 digits.
const LARGE = [
  [3, 11, 10_000_000, -1.7033574480564e-6, -7.7525513071432e-8],
  [20_000, 30_000, 1_000_000, -0.010438164728824, -0.0095624897250846],
  [400_000, 400_100, 10_000_000, -0.00018531583595595, 0.00016531579946832],
  [1, 0, 1_000_000, -2.841447905389e-6, 5.6649118043114e-6],
] as const
for (const [wins, losses, n, low, high] of LARGE) {
  test(`${n} pairs, ${wins} wins and ${losses} losses: the limits of mpmath`, () => {
    const found = tangoInterval(wins, losses, n)
    assertClose(found.low, low, 'low')
    assertClose(found.high, high, 'high')
  })
}

test.run()
