/** Do comparisons over different items meet the reference, and know when they know nothing? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { meanDifference } from '../../src/stats/paired/difference.ts'
import { newcombeUnpaired, welch } from '../../src/stats/unpaired.ts'
import { assertClose, goldenGroup } from './golden.ts'

type Welch = Readonly<Record<'diff' | 'se' | 'df' | 't' | 'p_two' | 'lo' | 'hi', number>>
const welchCases = goldenGroup<{ a: readonly number[]; b: readonly number[]; confidence: number }, Welch>(
  'welch',
  'unpaired.ts: welch; paired/difference.ts: meanDifference',
)
for (const { name, in: input, out } of welchCases.cases) {
  test(`Welch at ${name} has the golden values`, () => {
    const found = welch(meanDifference(input.a, null), meanDifference(input.b, null), input.confidence)
    welchCases.close(found.estimate, out.diff, 'difference')
    welchCases.close(found.standardError, out.se, 'standard error')
    welchCases.close(found.df, out.df, 'degrees of freedom')
    welchCases.close(found.t, out.t, 't')
    welchCases.close(found.pValue, out.p_two, 'p')
    welchCases.close(found.low, out.lo, 'low')
    welchCases.close(found.high, out.hi, 'high')
  })
}
welchCases.finish()

type Counts = Readonly<Record<'pass_a' | 'n_a' | 'pass_b' | 'n_b' | 'confidence', number>>
const rates = goldenGroup<Counts, Readonly<Record<'diff' | 'lo' | 'hi', number>>>(
  'newcombe_unpaired',
  'unpaired.ts: newcombeUnpaired',
)
for (const { name, in: input, out } of rates.cases) {
  test(`Newcombe at ${name} has the golden limits`, () => {
    const found = newcombeUnpaired(
      { passes: input.pass_a, n: input.n_a },
      { passes: input.pass_b, n: input.n_b },
      input.confidence,
    )
    rates.close(found.estimate, out.diff, 'difference')
    rates.close(found.low, out.lo, 'low')
    rates.close(found.high, out.hi, 'high')
  })
}
rates.finish()

const values = fc.array(
  fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8),
  { minLength: 2, maxLength: 30 },
)

test('swapping the models mirrors everything', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const one = welch(meanDifference(a, null), meanDifference(b, null))
      const other = welch(meanDifference(b, null), meanDifference(a, null))
      assertClose(one.df, other.df, 'degrees of freedom')
      assertClose(one.pValue, other.pValue, 'p')
      assertClose(one.low, other.high === null ? null : -other.high, 'low')
    }),
  )
})

test('degrees of freedom lie between those of the smaller side and of both together', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const { df } = welch(meanDifference(a, null), meanDifference(b, null))
      fc.pre(df !== null)
      assert.ok(df >= Math.min(a.length, b.length) - 1 - 1e-9 && df <= a.length + b.length - 2 + 1e-9, `${df}`)
    }),
  )
})

test('of a side with one row or cluster, or none, nothing can be said', () => {
  const some = meanDifference([0, 1, 1], null)
  assert.is(welch(some, meanDifference([1], null)).low, null)
  assert.is(welch(some, meanDifference([1], null)).estimate, 2 / 3 - 1)
  assert.is(welch(meanDifference([], null), some).estimate, null)
  assert.is(welch(some, meanDifference([1, 0], [0, 0])).low, null)
})

test('without any spread it is degenerate, and Newcombe still has limits', () => {
  const found = welch(meanDifference([1, 1, 1], null), meanDifference([0, 0], null))
  assert.equal([found.degenerate, found.estimate, found.low, found.pValue], [true, 1, null, null])
  const { low, high } = newcombeUnpaired({ passes: 3, n: 3 }, { passes: 0, n: 2 })
  assert.ok(low < high && high === 1)
})

test('with clusters, rows asked again inside their own cluster change nothing', () => {
  const list = [0, 1, 1, 0, 1]
  const twice = meanDifference(
    [...list, ...list],
    [...list, ...list].map((_, row) => row % list.length),
  )
  const once = meanDifference(list, null)
  assertClose(welch(twice, twice).low, welch(once, once).low, 'low')
})

test('limits of rates enclose the difference and stay within −1 and 1', () => {
  const rate = fc.tuple(fc.nat(50), fc.nat(50)).map(([passes, failures]) => ({ passes, n: passes + failures }))
  fc.assert(
    fc.property(rate, rate, (a, b) => {
      const { estimate, low, high } = newcombeUnpaired(a, b)
      assert.is(estimate === null, a.n === 0 || b.n === 0)
      assert.ok(-1 <= low && low < high && high <= 1, `${low} to ${high}`)
      if (estimate !== null) assert.ok(low <= estimate && estimate <= high)
    }),
  )
})

test.run()
