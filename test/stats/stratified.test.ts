/** Does the stratified mean meet the reference, and what does it make of strata with little in them? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { neymanAllocation, stratifiedMean } from '../../src/stats/stratified.ts'
import { goldenGroup } from './golden.ts'

interface StrataInput {
  readonly strata: readonly { readonly N: number; readonly values: readonly number[] }[]
}
type StrataFigures = Readonly<Record<'estimate' | 'se' | 'se_without_fpc', number>>

const golden = goldenGroup<StrataInput, StrataFigures>('stratified_mean', 'stratified.ts: stratifiedMean')

for (const { name, in: input, out } of golden.cases) {
  test(`the stratified mean of ${name} is the golden one`, () => {
    const found = stratifiedMean(input.strata.map(({ N, values }) => ({ size: N, values })))
    golden.close(found.estimate, out.estimate, 'estimate')
    golden.close(found.standardError, out.se, 'standard error')
    golden.close(found.standardErrorForNewItems, out.se_without_fpc, 'standard error for new items')
  })
}

test('a stratum that nobody asked leaves the mean unknown, an empty one is none', () => {
  const asked = { size: 10, values: [1, 0, 1] }
  assert.is(stratifiedMean([asked, { size: 5, values: [] }]).estimate, null)
  assert.is(stratifiedMean([]).estimate, null)
  assert.equal(stratifiedMean([asked, { size: 0, values: [] }]), stratifiedMean([asked]))
})

test('a stratum with a single score keeps its mean and shares the spread of a neighbour', () => {
  const [first, single, last] = [
    { size: 100, values: [1, 0, 1, 1] },
    { size: 50, values: [0] },
    { size: 50, values: [0, 1] },
  ]
  const found = stratifiedMean([first, single, last])
  assert.is(found.estimate, 0.5 * 0.75 + 0.25 * 0.5)
  const joined = stratifiedMean([first, { size: 100, values: [0, 0, 1] }])
  assert.is(found.standardError, joined.standardError)
  const atTheEnd = stratifiedMean([first, single])
  assert.is(atTheEnd.standardError, stratifiedMean([{ size: 150, values: [1, 0, 1, 1, 0] }]).standardError)
  assert.is(stratifiedMean([single]).standardError, null)
})

test('scores that are all equal still leave doubt, unless all items were asked', () => {
  const some = stratifiedMean([{ size: 100, values: [1, 1, 1, 1] }])
  assert.ok((some.standardError ?? 0) > 0.1)
  const all = stratifiedMean([{ size: 4, values: [1, 1, 1, 1] }])
  assert.is(all.standardError, 0)
  assert.ok((all.standardErrorForNewItems ?? 0) > 0.1)
})

test('rows go where there are many items and much spread, and at least two everywhere', () => {
  const strata = [
    { size: 800, standardDeviation: 0.1 },
    { size: 200, standardDeviation: 0.4 },
    { size: 300, standardDeviation: 0 },
    { size: 1, standardDeviation: 0.5 },
  ]
  assert.equal(neymanAllocation(100, strata), [50, 50, 2, 1])
  assert.equal(
    neymanAllocation(10, [
      { size: 30, standardDeviation: 0 },
      { size: 70, standardDeviation: 0 },
    ]),
    [3, 7],
  )
})

golden.finish()
test.run()
