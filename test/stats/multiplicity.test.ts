/** Do the corrections meet the reference, and keep the error rate they are for? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom } from '../../src/lib/random.ts'
import { benjaminiHochberg, eBenjaminiHochberg, holm } from '../../src/stats/multiplicity.ts'
import { assertClose, goldenGroup } from './golden.ts'

interface PValues {
  readonly p: readonly number[]
  readonly alpha: number
}
interface Adjusted {
  readonly adjusted: readonly number[]
  readonly reject: readonly boolean[]
}

for (const [group, tested, adjust] of [
  ['holm', 'holm', holm],
  ['benjamini_hochberg', 'benjaminiHochberg', benjaminiHochberg],
] as const) {
  const golden = goldenGroup<PValues, Adjusted>(group, `multiplicity.ts: ${tested}`)
  for (const { name, in: input, out } of golden.cases) {
    test(`${group}, ${name}: the golden p-values`, () => {
      const found = adjust(input.p)
      assert.is(found.length, out.adjusted.length)
      for (const [index, expected] of out.adjusted.entries()) golden.close(found[index] ?? null, expected, `${index}`)
      assert.equal(
        found.map((pValue) => pValue !== null && pValue <= input.alpha),
        out.reject,
      )
    })
  }
  golden.finish()

  test(`${group}: what is not defined stays so and does not count`, () => {
    const [first, none, second] = adjust([0.01, null, 0.03])
    assert.equal([first, second], adjust([0.01, 0.03]))
    assert.is(none, null)
    assert.equal(adjust([null]), [null])
    assert.equal(adjust([0.2, null]), [0.2, null])
  })

  test(`${group}: never below the p-value itself nor above 1, in the same order, wherever each stands`, () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (pValues) => {
        const adjusted = adjust(pValues)
        for (const [index, pValue] of pValues.entries()) {
          const value = adjusted[index] ?? Number.NaN
          assert.ok(value >= pValue * (1 - 1e-12) && value <= 1, `${pValue} to ${value}`)
          for (const [other, otherP] of pValues.entries())
            if (otherP > pValue) assert.ok((adjusted[other] ?? Number.NaN) >= value)
        }
        const turned = adjust(pValues.toReversed()).toReversed()
        for (const [index, value] of adjusted.entries()) assertClose(turned[index] ?? null, value, 'turned')
      }),
    )
  })
}

test('Holm is never more lenient than Benjamini-Hochberg, nor than Bonferroni strict', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (pValues) => {
      const [family, discoveries] = [holm(pValues), benjaminiHochberg(pValues)]
      for (const [index, pValue] of pValues.entries()) {
        assert.ok((family[index] ?? 0) >= (discoveries[index] ?? 1) - 1e-12)
        assert.ok((family[index] ?? 1) <= Math.min(1, pValue * pValues.length) + 1e-12)
      }
    }),
  )
})

test('Holm keeps the chance of any false alarm among ten where each alone would give 40 %', () => {
  const random = randomFrom('multiplicity.test|family')
  const [families, size] = [4_000, 10]
  let [alarms, uncorrected] = [0, 0]
  for (let family = 0; family < families; family++) {
    const pValues = Array.from({ length: size }, () => random.uniform())
    if (Math.min(...pValues) <= 0.05) uncorrected += 1
    if (holm(pValues).some((pValue) => pValue !== null && pValue <= 0.05)) alarms += 1
  }
  // Three standard errors around 5 %; 1 − 0.95¹⁰ = 0.40 without correction.
  assert.ok(alarms / families < 0.05 + 3 * Math.sqrt((0.05 * 0.95) / families), `${alarms / families}`)
  assert.ok(uncorrected / families > 0.37, `${uncorrected / families}`)
})

const eGolden = goldenGroup<{ e: readonly number[]; alpha: number }, { rejected: readonly number[] }>(
  'e_bh',
  'multiplicity.ts: eBenjaminiHochberg',
)
for (const { name, in: input, out } of eGolden.cases) {
  test(`e-BH, ${name}: the golden alarms`, () => {
    const found = eBenjaminiHochberg(input.e, input.alpha)
    assert.is(found.length, out.rejected.length)
    for (const [place, index] of out.rejected.entries()) eGolden.close(found[place] ?? null, index, `alarm ${place}`)
  })
}
eGolden.finish()

test('e-values are alarms wherever they stand, and a larger one is an alarm too', () => {
  assert.equal(eBenjaminiHochberg([], 0.05), [])
  assert.equal(eBenjaminiHochberg([Infinity, 0], 0.05), [0])
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 500, noNaN: true })), (eValues) => {
      const alarms = eBenjaminiHochberg(eValues, 0.05)
      const least = Math.min(...alarms.map((index) => eValues[index] ?? Number.NaN))
      for (const [index, eValue] of eValues.entries()) {
        if (eValue > least) assert.ok(alarms.includes(index))
        if (eValue >= eValues.length / 0.05) assert.ok(alarms.includes(index), 'Bonferroni’s are among them')
      }
    }),
  )
})

test.run()
