/** Do planned rows meet the reference, and does a test with so many rows find what it was planned for? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom } from '../../src/lib/random.ts'
import { tangoNoninferiority } from '../../src/stats/paired/tango.ts'
import {
  designEffect,
  minimumDetectable,
  requiredDiscordant,
  requiredNonInferiority,
  requiredPairs,
  requiredWithEpochs,
} from '../../src/stats/power.ts'
import { assertClose, type GoldenGroup, goldenGroup } from './golden.ts'

interface Level {
  readonly alpha: number
  readonly power: number
}
interface Rows {
  readonly n: number
  readonly n_ceil: number
}

const pairs = goldenGroup<
  Level & { delta: number; sd_diff: number; sides: 1 | 2 },
  { n_z: number; n_z_ceil: number; n_t: number; power_t_at_n: number }
>('required_n_paired', 'power.ts: requiredPairs')
for (const { name, in: input, out } of pairs.cases) {
  test(`pairs for a mean difference, ${name}: the golden numbers`, () => {
    const { delta: difference, sd_diff: standardDeviation, alpha, power, sides } = input
    const found = requiredPairs({ difference, standardDeviation, alpha, power, sides })
    pairs.close(found?.normal ?? null, out.n_z, 'normal')
    assert.is(Math.ceil(found?.normal ?? 0), out.n_z_ceil)
    pairs.close(found?.student ?? null, out.n_t, 'Student')
    pairs.close(found?.power ?? null, out.power_t_at_n, 'power')
  })
}
pairs.finish()

const smallest = goldenGroup<Level & { n: number; sd_diff: number; sides: 1 | 2 }, { mde_z: number }>(
  'mde_paired',
  'power.ts: minimumDetectable',
)
for (const { name, in: input, out } of smallest.cases) {
  test(`smallest difference to be found, ${name}: the golden one`, () => {
    smallest.close(minimumDetectable(input.n, input.sd_diff, input), out.mde_z, 'difference')
  })
}
smallest.finish()

/** What is planned is the golden number of rows, the next whole one. */
function assertRows<In>(golden: GoldenGroup<In, Rows>, found: number | null, { n, n_ceil }: Rows): void {
  golden.close(found, n_ceil, 'rows')
  assert.is(found, Math.ceil(n))
}

const discordant = goldenGroup<Level & { discordance: number; diff: number; sides: 1 | 2 }, Rows>(
  'required_n_mcnemar',
  'power.ts: requiredDiscordant',
)
for (const { name, in: input, out } of discordant.cases) {
  test(`pairs for McNemar's test, ${name}: the golden number`, () => {
    const { diff: difference, ...rest } = input
    assertRows(discordant, requiredDiscordant({ difference, ...rest }), out)
  })
}
discordant.finish()

const nonInferiority = goldenGroup<Level & { discordance: number; true_diff: number; margin: number }, Rows>(
  'required_n_noninferiority',
  'power.ts: requiredNonInferiority',
)
for (const { name, in: input, out } of nonInferiority.cases) {
  test(`pairs for non-inferiority, ${name}: the golden number`, () => {
    const { true_diff: trueDifference, ...rest } = input
    assertRows(nonInferiority, requiredNonInferiority({ trueDifference, ...rest }), out)
  })
}
nonInferiority.finish()

type Epochs = Level &
  Readonly<Record<'var_between' | 'var_within_a' | 'epochs_a' | 'var_within_b' | 'epochs_b' | 'delta', number>>
const epochs = goldenGroup<Epochs, Rows>('required_n_epochs', 'power.ts: requiredWithEpochs')
for (const { name, in: input, out } of epochs.cases) {
  test(`items with epochs, ${name}, ${input.var_within_a} within: the golden number`, () => {
    const found = requiredWithEpochs({
      betweenVariance: input.var_between,
      candidate: { withinVariance: input.var_within_a, epochs: input.epochs_a },
      baseline: { withinVariance: input.var_within_b, epochs: input.epochs_b },
      difference: input.delta,
      alpha: input.alpha,
      power: input.power,
    })
    assertRows(epochs, found, out)
  })
}
epochs.finish()

// P(|T′| > critical), or P(T′ > critical), by quadrature in mpmath 1.4.1, from three degrees of freedom to many; scipy's nct agrees.
for (const [difference, standardDeviation, sides, student, power] of [
  [3, 1, 2, 4, 0.9670006399115],
  [1.5, 1, 1, 5, 0.8619466212923],
  [0.9, 1, 2, 12, 0.8097854862841],
  [0.002, 0.5, 1, 386_412, 0.8000007388161],
] as const) {
  test(`${student} pairs find ${difference} at a spread of ${standardDeviation} with the power of the noncentral t`, () => {
    const found = requiredPairs({ difference, standardDeviation, sides })
    assert.is(found?.student, student)
    assertClose(found?.power ?? null, power, 'power')
  })
}

test('what so many pairs can show is the difference that asks for so many pairs', () => {
  const parameters = [
    fc.integer({ min: 2, max: 1_000_000 }),
    fc.double({ min: 0.01, max: 1, noNaN: true }),
    fc.constantFrom(1 as const, 2 as const),
  ] as const
  fc.assert(
    fc.property(...parameters, (n, standardDeviation, sides) => {
      const difference = minimumDetectable(n, standardDeviation, { sides }) ?? Number.NaN
      assertClose(requiredPairs({ difference, standardDeviation, sides })?.normal ?? null, n, 'pairs')
    }),
    { numRuns: 30 },
  )
})

test('rows for a margin of 5, 3 and 1 points at a discordance of 15 %', () => {
  const rows = [0.05, 0.03, 0.01].map((margin) => requiredNonInferiority({ discordance: 0.15, margin }))
  assert.equal(rows, [371, 1_031, 9_274])
})

test('what cannot be shown has no number of rows', () => {
  assert.is(requiredNonInferiority({ discordance: 0.15, trueDifference: -0.05, margin: 0.05 }), null)
  assert.is(requiredNonInferiority({ discordance: 0.01, trueDifference: -0.02, margin: 0.05 }), null)
  assert.is(requiredDiscordant({ discordance: 0.02, difference: 0.05 }), null)
  assert.is(requiredDiscordant({ discordance: 0.02, difference: 0 }), null)
  assert.is(requiredPairs({ difference: 0, standardDeviation: 0.4 }), null)
  assert.is(requiredPairs({ difference: 0.1, standardDeviation: 0 }), null)
  assert.is(minimumDetectable(0, 0.4), null)
})

test('no comparison does with fewer than two rows', () => {
  assert.is(requiredNonInferiority({ discordance: 0.0001, margin: 0.5 }), 2)
  const found = requiredPairs({ difference: 1, standardDeviation: 0.001 })
  assert.is(found?.student, 2)
})

test('a difference of a thousandth of a point is planned for as well', () => {
  const found = requiredPairs({ difference: 1e-5, standardDeviation: 0.4 })
  assert.ok((found?.normal ?? 0) > 1e10 && (found?.student ?? 0) - (found?.normal ?? 0) < 5, JSON.stringify(found))
})

test('clusters multiply the rows by their size where their rows are all alike, and by nothing where they are not related', () => {
  assert.equal([designEffect(5, 0), designEffect(5, 1), designEffect(1, 0.3)], [1, 5, 1])
})

test('with the planned rows an unchanged model passes about as often as planned', () => {
  const random = randomFrom('power.test|non-inferiority')
  const discordance = 0.15
  const n = requiredNonInferiority({ discordance, margin: 0.05 }) ?? 0
  const repetitions = 3_000
  let passed = 0
  for (let repetition = 0; repetition < repetitions; repetition++) {
    let [wins, losses] = [0, 0]
    for (let row = 0; row < n; row++) {
      const u = random.uniform()
      if (u < discordance / 2) wins += 1
      else if (u < discordance) losses += 1
    }
    if (tangoNoninferiority(wins, losses, n, 0.05).pValue < 0.05) passed += 1
  }
  assert.ok(Math.abs(passed / repetitions - 0.8) < 0.04, `${passed / repetitions}`)
})

test.run()
