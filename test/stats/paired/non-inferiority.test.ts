/** Do the one-sided tests meet the reference, and agree with the limits? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { meanDifference } from '../../../src/stats/paired/difference.ts'
import { equivalence, oneSided } from '../../../src/stats/paired/non-inferiority.ts'
import { assertClose, goldenGroup } from '../golden.ts'

interface Expected {
  readonly n: number
  readonly mean: number
  readonly se: number
  readonly t_lower: number
  readonly p_noninferior: number
  readonly t_upper: number
  readonly p_nonsuperior: number
  readonly p_tost: number
  readonly ci90_lo: number
  readonly ci90_hi: number
  readonly noninferior: boolean
  readonly equivalent: boolean
}

const golden = goldenGroup<{ differences: readonly number[]; delta: number; alpha: number }, Expected>(
  'tost_paired',
  'paired/non-inferiority.ts: equivalence, oneSided',
)
for (const { name, in: input, out } of golden.cases) {
  test(`two one-sided tests, ${name}: the golden values`, () => {
    const { differences, delta, alpha } = input
    const found = equivalence(differences, null, { margin: delta, alpha })
    assert.is(found.difference.n, out.n)
    golden.close(found.difference.mean, out.mean, 'mean')
    golden.close(found.difference.standardError, out.se, 'standard error')
    golden.close(found.difference.low, out.ci90_lo, 'low')
    golden.close(found.difference.high, out.ci90_hi, 'high')
    golden.close(found.lower?.t ?? null, out.t_lower, 'lower t')
    golden.close(found.lower?.pGreater ?? null, out.p_noninferior, 'p of non-inferiority')
    golden.close(found.upper?.t ?? null, out.t_upper, 'upper t')
    golden.close(found.upper?.pLess ?? null, out.p_nonsuperior, 'p of non-superiority')
    golden.close(found.pValue, out.p_tost, 'p of equivalence')
    assert.equal([found.noninferior, found.equivalent], [out.noninferior, out.equivalent])
  })
}
golden.finish()

const differences = fc.array(
  fc.integer({ min: -8, max: 8 }).map((eighths) => eighths / 8),
  { minLength: 3, maxLength: 40 },
)
const margins = fc.double({ min: 0.001, max: 1, noNaN: true })

test('both verdicts are those of the limits at level 1 − 2α', () => {
  fc.assert(
    fc.property(differences, margins, (list, margin) => {
      const { difference, noninferior, equivalent } = equivalence(list, null, { margin })
      const { low, high } = difference
      fc.pre(low !== null && high !== null)
      fc.pre(Math.abs(low + margin) > 1e-9 && Math.abs(high - margin) > 1e-9)
      assert.is(noninferior, low > -margin)
      assert.is(equivalent, low > -margin && high < margin)
    }),
  )
})

test('both directions of a threshold add up to 1, and swapping the models swaps them', () => {
  fc.assert(
    fc.property(differences, margins, (list, threshold) => {
      const { mean, standardError, df, degenerate } = meanDifference(list, null)
      fc.pre(!degenerate)
      const one = oneSided(mean ?? 0, standardError ?? 0, df ?? 0, threshold)
      const other = oneSided(-(mean ?? 0), standardError ?? 0, df ?? 0, -threshold)
      assertClose(one.pGreater + one.pLess, 1, 'both')
      assertClose(one.pGreater, other.pLess, 'greater')
      assertClose(one.pLess, other.pGreater, 'less')
    }),
  )
})

test('without a spread there is no verdict', () => {
  for (const list of [[], [1], [0, 0, 0]]) {
    const { lower, upper, pValue, noninferior, equivalent } = equivalence(list, null, { margin: 0.05 })
    assert.equal([lower, upper, pValue, noninferior, equivalent], [null, null, null, null, null])
  }
})

test('clusters count, not their rows', () => {
  const list = [0.02, -0.01, 0.03, 0, 0.01, -0.02]
  const tripled = [...list, ...list, ...list]
  const clusters = tripled.map((_, row) => row % list.length)
  assertClose(
    equivalence(tripled, clusters, { margin: 0.05 }).pValue,
    equivalence(list, null, { margin: 0.05 }).pValue,
    'p',
  )
})

test.run()
