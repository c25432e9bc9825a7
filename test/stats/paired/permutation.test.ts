/** Do the sign-flip tests meet the reference, McNemar's test and each other? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { clusterSums } from '../../../src/stats/paired/difference.ts'
import { mcnemar } from '../../../src/stats/paired/mcnemar.ts'
import { exactSignFlips, sampledSignFlips, signFlipTest } from '../../../src/stats/paired/permutation.ts'
import { assertClose, goldenGroup } from '../golden.ts'

interface Expected {
  readonly p_two: number
  readonly p_greater: number
  readonly p_less: number
}

const exact = goldenGroup<{ differences: readonly number[] }, Expected & { arrangements: number }>(
  'paired_permutation_exact',
  'paired/permutation.ts: exactSignFlips',
)
for (const { name, in: input, out } of exact.cases) {
  test(`the exact sign-flip test of ${name} has the golden p-values`, () => {
    const found = exactSignFlips(input.differences)
    assert.is(found.patterns, out.arrangements)
    exact.close(found.pTwoSided, out.p_two, 'two-sided')
    exact.close(found.pGreater, out.p_greater, 'greater')
    exact.close(found.pLess, out.p_less, 'less')
    assert.equal(signFlipTest(input.differences, { label: '' }), found)
  })
}
exact.finish()

const sampled = goldenGroup<{ differences: readonly number[]; label: string; resamples: number }, Expected>(
  'paired_permutation_mc',
  'paired/permutation.ts: sampledSignFlips',
)
for (const { name, in: input, out } of sampled.cases) {
  test(`the sampled sign-flip test of ${name} has the golden p-values`, () => {
    const found = sampledSignFlips(input.differences, input)
    sampled.close(found.pTwoSided, out.p_two, 'two-sided')
    sampled.close(found.pGreater, out.p_greater, 'greater')
    sampled.close(found.pLess, out.p_less, 'less')
  })
}
sampled.finish()

test('on pass and fail it is McNemar’s exact test', () => {
  fc.assert(
    fc.property(fc.nat(7), fc.nat(7), fc.nat(5), (wins, losses, ties) => {
      const differences = [...Array(wins).fill(1), ...Array(losses).fill(-1), ...Array(ties).fill(0)]
      const flips = exactSignFlips(differences)
      const { exact: pTwoSided, exactLess, exactGreater } = mcnemar(wins, losses)
      assertClose(flips.pTwoSided, pTwoSided, 'two-sided')
      assertClose(flips.pLess, exactLess, 'less')
      assertClose(flips.pGreater, exactGreater, 'greater')
    }),
  )
})

const graded = fc.array(
  fc.integer({ min: -10, max: 10 }).map((tenths) => tenths / 10),
  { maxLength: 10 },
)

test('order and ties do not matter, and swapping the models swaps the directions', () => {
  fc.assert(
    fc.property(graded, (list) => {
      const found = exactSignFlips(list)
      assert.equal(exactSignFlips([0, ...list.toReversed(), 0]), found)
      const { pGreater, pLess, pTwoSided } = exactSignFlips(list.map((value) => -value))
      assert.equal([pLess, pGreater, pTwoSided], [found.pGreater, found.pLess, found.pTwoSided])
    }),
  )
})

test('sums that rounding tells apart count as equal', () => {
  // 0.1 + 0.2 − 0.3 is not 0 in binary: without slack the p-value would depend on the order.
  const { pGreater, pLess } = exactSignFlips([0.1, 0.2, -0.3])
  assert.equal([pGreater, pLess], [5 / 8, 5 / 8])
})

test('many differences are sampled: no p-value is 0, and the same label gives the same', () => {
  const list = Array.from({ length: 40 }, () => 1)
  const found = signFlipTest(list, { label: 'a', resamples: 199 })
  assert.equal([found.exact, found.patterns, found.pGreater], [false, 199, 1 / 200])
  assert.equal(signFlipTest(list, { label: 'a', resamples: 199 }), found)
  assert.is(signFlipTest(list.slice(0, 20), { label: 'a' }).exact, true)
})

test('sampling comes close to going through all patterns', () => {
  const list = [0.1, -0.3, 0.25, -0.5, -0.2, -0.4, 0.05, -0.15, 0.35, -0.45]
  const [all, some] = [exactSignFlips(list), sampledSignFlips(list, { label: 'close' })]
  // Three standard errors of a share of 9,999; the stream is fixed.
  const slack = 3 * Math.sqrt((all.pTwoSided * (1 - all.pTwoSided)) / 9_999) + 1e-4
  assert.ok(Math.abs(all.pTwoSided - some.pTwoSided) < slack, `${all.pTwoSided} and ${some.pTwoSided}`)
})

test('whole clusters are flipped by their sums', () => {
  const sums = clusterSums([1, 1, 1, -1, 0, 1], [0, 0, 0, 1, 1, 2])
  assert.is(exactSignFlips(sums).patterns, 8)
  // 3 − 1 + 1, 3 + 1 − 1 and 3 + 1 + 1 are at least the 3 seen.
  assert.is(exactSignFlips(sums).pGreater, 3 / 8)
})

test.run()
