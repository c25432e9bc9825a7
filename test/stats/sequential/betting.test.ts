/** Does the betting interval meet the reference score by score, and is it honest where t intervals are not? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom } from '../../../src/lib/random.ts'
import { betsOn, bettingInterval, bettingLimits } from '../../../src/stats/sequential/betting.ts'
import { goldenGroup } from '../golden.ts'

interface SequenceInput {
  readonly x: readonly number[]
  readonly alpha: number
  readonly c: number
  readonly N?: number
}
type Row = Readonly<Record<'t' | 'lambda' | 'lo' | 'hi' | 'run_lo' | 'run_hi', number>>

const golden = goldenGroup<SequenceInput, { readonly rows: readonly Row[] }>(
  'betting_confidence_sequence',
  'sequential/betting.ts: bettingInterval, bettingLimits',
)

for (const { name, in: input, out } of golden.cases) {
  test(`the confidence sequence of ${name} has the golden limits`, () => {
    const options = { cap: input.c, everyRow: true, ...(input.N === undefined ? {} : { population: input.N }) }
    const bets = betsOn(input.x, input.alpha)
    for (const { t, lambda, lo, hi, run_lo, run_hi } of out.rows) {
      const scores = input.x.slice(0, t)
      golden.close(bets[t - 1] ?? null, lambda, `bet on row ${t}`)
      const now = bettingLimits(scores, 1 - input.alpha, options)
      golden.close(now.low, lo, `low at row ${t}`)
      golden.close(now.high, hi, `high at row ${t}`)
      const running = bettingInterval(scores, 1 - input.alpha, options)
      golden.close(running.low, run_lo, `running low at row ${t}`)
      golden.close(running.high, run_hi, `running high at row ${t}`)
    }
  })
}

const scores = fc.array(fc.oneof(fc.constantFrom(0, 1, 0.5), fc.double({ min: 0, max: 1, noNaN: true })), {
  maxLength: 60,
})

test('without scores anything is possible, and with scores the limits stay in 0..1 and apart', () => {
  assert.equal(bettingInterval([], 0.95), { low: 0, high: 1 })
  fc.assert(
    fc.property(scores, (values) => {
      const { low, high } = bettingInterval(values, 0.95)
      assert.ok(low >= 0 && high <= 1 && low < high, `${low} to ${high}`)
    }),
  )
})

test('scores turned around turn the limits around', () => {
  fc.assert(
    fc.property(scores, (values) => {
      const { low, high } = bettingInterval(values, 0.9)
      const mirrored = bettingInterval(
        values.map((value) => 1 - value),
        0.9,
      )
      assert.ok(Math.abs(mirrored.low - (1 - high)) < 1e-9)
      assert.ok(Math.abs(mirrored.high - (1 - low)) < 1e-9)
    }),
  )
})

test('the interval is never narrower than after every score, and not much wider', () => {
  const random = randomFrom('betting|batches')
  const values = Array.from({ length: 300 }, () => (random.uniform() < 0.8 ? 1 : 0))
  const [coarse, fine] = [bettingInterval(values, 0.95), bettingInterval(values, 0.95, { everyRow: true })]
  assert.ok(coarse.low <= fine.low && coarse.high >= fine.high)
  assert.ok((coarse.high - coarse.low) / (fine.high - fine.low) < 1.1)
})

test('a whole population has a mean without doubt', () => {
  const values = [1, 0, 1, 1, 0.5, 0.5, 0, 1]
  const { low, high } = bettingInterval(values, 0.95, { population: values.length })
  assert.ok(Math.abs(low - 0.625) < 1e-12 && Math.abs(high - 0.625) < 1e-12, `${low} to ${high}`)
})

test('95 % limits of twenty rare failures hold the truth at least that often, where the t interval does not', () => {
  const random = randomFrom('betting|coverage')
  const studies = 400
  let covered = 0
  for (let study = 0; study < studies; study++) {
    const values = Array.from({ length: 20 }, () => (random.uniform() < 0.95 ? 1 : 0))
    const { low, high } = bettingInterval(values, 0.95)
    if (low <= 0.95 && high >= 0.95) covered += 1
  }
  assert.ok(covered / studies >= 0.95, `${covered / studies}`)
})

test('a hundred thousand scores give limits about as narrow as their number allows', () => {
  const random = randomFrom('betting|many')
  const values = Float64Array.from({ length: 100_000 }, () => (random.uniform() < 0.7 ? 1 : 0))
  const { low, high } = bettingInterval(values, 0.95)
  const halfWidth = 1.96 * Math.sqrt((0.7 * 0.3) / values.length)
  assert.ok(low < 0.7 && high > 0.7)
  assert.ok(high - low < 8 * halfWidth, `${(high - low) / halfWidth} half-widths`)
})

golden.finish()
test.run()
