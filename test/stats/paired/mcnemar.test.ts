/** Does McNemar's test meet the reference, and stay exact and finite for as many pairs as there may be? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { mcnemar } from '../../../src/stats/paired/mcnemar.ts'
import { assertClose, goldenGroup } from '../golden.ts'

type Expected = Readonly<Record<`${'exact' | 'midp'}_${'two' | 'less' | 'greater'}`, number>>
const golden = goldenGroup<{ wins: number; losses: number }, Expected>('mcnemar', 'paired/mcnemar.ts: mcnemar')
for (const { name, in: input, out } of golden.cases) {
  test(`McNemar at ${name} has the golden p-values`, () => {
    const found = mcnemar(input.wins, input.losses)
    golden.close(found.exact, out.exact_two, 'exact')
    golden.close(found.exactLess, out.exact_less, 'exact, less')
    golden.close(found.exactGreater, out.exact_greater, 'exact, greater')
    golden.close(found.midP, out.midp_two, 'mid-p')
    golden.close(found.midPLess, out.midp_less, 'mid-p, less')
    golden.close(found.midPGreater, out.midp_greater, 'mid-p, greater')
  })
}
golden.finish()

/** 2^n · P(X ≤ k) and 2^n · P(X = k), exactly. */
function exactTail(k: number, n: number): { tail: bigint; last: bigint } {
  let [tail, last] = [1n, 1n]
  for (let i = 1; i <= k; i++) {
    last = (last * BigInt(n - i + 1)) / BigInt(i)
    tail += last
  }
  return { tail, last }
}

const shareOf = (part: bigint, n: number): number => Number((part * 10n ** 40n) / (1n << BigInt(n))) / 1e40

test('the p-values are the sums of exact whole numbers, for up to a thousand pairs that differ', () => {
  const few = fc.integer({ min: 0, max: 500 })
  fc.assert(
    fc.property(few, few, (wins, losses) => {
      fc.pre(wins + losses > 0)
      const n = wins + losses
      const { tail, last } = exactTail(wins, n)
      const found = mcnemar(wins, losses)
      assertClose(found.exactLess, shareOf(tail, n), 'exact')
      assertClose(found.midPLess, shareOf(2n * tail - last, n + 1), 'mid-p')
    }),
    { numRuns: 60 },
  )
})

test('no pair that differs is no evidence either way', () => {
  assert.ok(Object.values(mcnemar(0, 0)).every((pValue) => pValue === 1))
})

test('fewer than six pairs that differ cannot reach 5 % two-sided', () => {
  assert.ok(mcnemar(0, 5).exact > 0.05)
  assert.ok(mcnemar(0, 6).exact < 0.05)
})

test('swapping the models swaps the directions', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(100_000), (wins, losses) => {
      const [one, other] = [mcnemar(wins, losses), mcnemar(losses, wins)]
      assertClose(one.exact, other.exact, 'exact')
      assertClose(one.midP, other.midP, 'mid-p')
      assertClose(one.exactLess, other.exactGreater, 'exact, one-sided')
      assertClose(one.midPLess, other.midPGreater, 'mid-p, one-sided')
    }),
  )
})

// Values of mpmath 1.4.1 at 30 digits.
const LARGE = [
  [498_500, 501_500, 0.00135432765302988, 0.00134989581569758],
  [499_900, 500_100, 0.421131378525804, 0.420740335921821],
  [9_800, 10_200, 0.00239044472795132, 0.00233878135522729],
  [500, 900, 3.39472708026218e-27, 2.63571892251987e-27],
  [500_100, 499_900, 0.579650706682163, 0.579259664078179],
] as const
for (const [wins, losses, exactLess, midPLess] of LARGE) {
  test(`${wins} wins against ${losses} losses have the p-values of mpmath`, () => {
    const found = mcnemar(wins, losses)
    const off = (value: number, expected: number): number => Math.abs(value / expected - 1)
    assert.ok(off(found.exactLess, exactLess) < 1e-8, `exact ${found.exactLess}`)
    assert.ok(off(found.midPLess, midPLess) < 1e-8, `mid-p ${found.midPLess}`)
  })
}

test('a p-value never leaves 0 to 1 and mid-p is never above exact', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.nat(1_000_000), (wins, losses) => {
      const { exact, midP, exactLess, midPLess, exactGreater, midPGreater } = mcnemar(wins, losses)
      for (const pValue of [exact, midP, exactLess, midPLess, exactGreater, midPGreater])
        assert.ok(pValue >= 0 && pValue <= 1, `${pValue}`)
      assert.ok(midP <= exact && midPLess <= exactLess && midPGreater <= exactGreater)
    }),
    { numRuns: 50 },
  )
})

test.run()
