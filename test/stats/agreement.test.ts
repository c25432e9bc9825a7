/** Do kappa and alpha meet the references, and say nothing where nothing can be said? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type AlphaMetric, cohenKappa, krippendorffAlpha } from '../../src/stats/agreement.ts'
import { assertClose, goldenGroup } from './golden.ts'

interface KappaFigures {
  readonly n: number
  readonly observed_agreement: number
  readonly expected_agreement: number
  readonly kappa: number | null
  readonly se?: number
  readonly kappa_linear: number | null
  readonly kappa_quadratic: number | null
}

const kappas = goldenGroup<{ table: number[][] }, KappaFigures>('cohen_kappa', 'agreement.ts: cohenKappa')
for (const { name, in: input, out } of kappas.cases) {
  test(`Cohen's kappa of ${name} has the golden value`, () => {
    const kappa = cohenKappa(input.table)
    assert.is(kappa.n, out.n)
    kappas.close(kappa.observed, out.observed_agreement, 'observed agreement')
    kappas.close(kappa.expected, out.expected_agreement, 'expected agreement')
    kappas.close(kappa.kappa, out.kappa, 'kappa')
    // The golden error of perfect agreement is 0; the square root of rounding is not.
    if (out.se === 0) assert.ok((kappa.standardError ?? 1) < 1e-7)
    else kappas.close(kappa.standardError, out.se ?? null, 'standard error')
    kappas.close(cohenKappa(input.table, 'linear').kappa, out.kappa_linear, 'linear')
    kappas.close(cohenKappa(input.table, 'quadratic').kappa, out.kappa_quadratic, 'quadratic')
  })
}
kappas.finish()

test('without items there is no agreement to speak of', () => {
  const nothing = { n: 0, observed: null, expected: null, kappa: null, standardError: null }
  assert.equal(
    cohenKappa([
      [0, 0],
      [0, 0],
    ]),
    nothing,
  )
  assert.equal(cohenKappa([]), nothing)
})

const counts = fc.array(fc.nat(30), { minLength: 9, maxLength: 9 })
const tableOf = (cells: readonly number[]): number[][] => [cells.slice(0, 3), cells.slice(3, 6), cells.slice(6)]

test('kappa does not know which rater is which, and is 1 exactly when they always agree', () => {
  fc.assert(
    fc.property(counts, (cells) => {
      const table = tableOf(cells)
      const turned = table.map((_, i) => table.map((row) => row[i] ?? 0))
      const { kappa, observed } = cohenKappa(table)
      assertClose(cohenKappa(turned).kappa, kappa, 'turned')
      if (kappa !== null) assert.is(Math.abs(kappa - 1) < 1e-12, observed === 1)
    }),
  )
})

interface AlphaFigures {
  readonly n_pairable: number
  readonly observed_disagreement: number
  readonly expected_disagreement: number
  readonly alpha: number | null
}

const alphas = goldenGroup<{ units: (number | null)[][]; metric: AlphaMetric }, AlphaFigures>(
  'krippendorff_alpha',
  'agreement.ts: krippendorffAlpha',
)
for (const { name, in: input, out } of alphas.cases) {
  test(`Krippendorff's alpha of ${name} has the golden value`, () => {
    const alpha = krippendorffAlpha(
      input.units.map((ratings) => ({ ratings })),
      input.metric,
    )
    alphas.close(alpha.pairable, out.n_pairable, 'pairable')
    alphas.close(alpha.observedDisagreement, out.observed_disagreement, 'observed')
    alphas.close(alpha.expectedDisagreement, out.expected_disagreement, 'expected')
    alphas.close(alpha.alpha, out.alpha, 'alpha')
  })
}
alphas.finish()

test('items with fewer than two ratings say nothing of agreement', () => {
  assert.equal(krippendorffAlpha([{ ratings: [1, null] }, { ratings: [null] }, { ratings: [] }], 'nominal'), {
    pairable: 0,
    observedDisagreement: null,
    expectedDisagreement: null,
    alpha: null,
  })
})

const rating = fc.option(fc.integer({ min: 1, max: 4 }))
const items = fc.array(fc.array(rating, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 12 })

test('items that are alike may come as one with their count', () => {
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 5 }), (units, count) => {
      const apart = units.flatMap((ratings) => Array.from({ length: count }, () => ({ ratings })))
      const together = units.map((ratings) => ({ ratings, count }))
      for (const metric of ['nominal', 'ordinal', 'interval', 'ratio'] as const) {
        assertClose(krippendorffAlpha(together, metric).alpha, krippendorffAlpha(apart, metric).alpha, metric)
      }
    }),
  )
})

test('for two raters of yes and no, alpha and kappa draw together as items grow many', () => {
  const table = [
    [3_000, 500],
    [800, 5_700],
  ] as const
  const { alpha } = krippendorffAlpha(
    table.flatMap((row, human) => row.map((count, judge) => ({ ratings: [human, judge], count }))),
    'nominal',
  )
  assert.ok(Math.abs((alpha ?? 0) - (cohenKappa(table).kappa ?? 1)) < 1e-3)
})

test.run()
