/** Does the prediction of the full run meet the reference, and does it seldom disagree with the full run? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom } from '../../../src/lib/random.ts'
import { FullRunProcess } from '../../../src/stats/sequential/without-replacement.ts'
import { goldenGroup } from '../golden.ts'

interface FullRunInput {
  readonly d: readonly number[]
  readonly N: number
  readonly threshold: number
  readonly g: number
  readonly alpha: number
  readonly c: number
  readonly n0: number
  readonly v0: number
}
interface FullRunFigures {
  readonly verdict: 'PASS' | 'FAIL'
  readonly stopped_at: number
  readonly rows: readonly {
    readonly t: number
    readonly m_t: number
    readonly log_e_pass: number | null
    readonly log_e_fail: number | null
  }[]
}

const golden = goldenGroup<FullRunInput, FullRunFigures>(
  'gate_without_replacement',
  'sequential/without-replacement.ts: FullRunProcess',
)

for (const { name, in: input, out } of golden.cases) {
  test(`the prediction of ${name} has the golden verdict and goes through the golden values`, () => {
    const run = new FullRunProcess({
      rows: input.N,
      threshold: input.threshold,
      effect: input.g,
      alpha: input.alpha,
      cap: input.c,
      priorWeight: input.n0,
      priorVariance: input.v0,
    })
    const byRow = new Map(out.rows.map((row) => [row.t, row]))
    for (const [index, difference] of input.d.entries()) {
      const { expected } = run
      const reached = run.add(difference)
      const row = byRow.get(index + 1)
      if (row !== undefined) {
        golden.close(expected, row.m_t, `mean of the rest at row ${row.t}`)
        golden.close(run.logPass, row.log_e_pass ?? Infinity, `ln E of PASS at row ${row.t}`)
        golden.close(run.logRegression, row.log_e_fail ?? Infinity, `ln E of REGRESSION at row ${row.t}`)
      }
      if (reached !== null) break
    }
    assert.is(run.verdict, out.verdict === 'FAIL' ? 'REGRESSION' : 'PASS')
    assert.is(run.rows, out.stopped_at)
  })
}

const design = { threshold: -0.05, effect: 0.05, alpha: 0.05 }

test('by the last row there is a verdict, and then it is the truth unless it was reached before', () => {
  const differences = fc.array(fc.constantFrom(-1, 0, 1, -0.5, 0.25), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(differences, (all) => {
      const run = new FullRunProcess({ ...design, rows: all.length, alpha: 1e-12 })
      for (const difference of all) run.add(difference)
      const mean = all.reduce<number>((sum, difference) => sum + difference, 0) / all.length
      assert.is(run.verdict, mean > -0.05 ? 'PASS' : 'REGRESSION')
    }),
  )
})

test('it seldom disagrees with the full run, and needs a third of the rows of an unchanged model', () => {
  const random = randomFrom('without-replacement')
  const [runs, rows] = [200, 1_000]
  let [wrong, used] = [0, 0]
  for (let index = 0; index < runs; index++) {
    const all = Array.from({ length: rows }, (): number => {
      const draw = random.uniform()
      return draw < 0.075 ? -1 : draw < 0.15 ? 1 : 0
    })
    const mean = all.reduce((sum, difference) => sum + difference, 0) / rows
    const run = new FullRunProcess({ ...design, rows })
    for (const difference of all) if (run.add(difference) !== null) break
    if (run.verdict !== (mean > -0.05 ? 'PASS' : 'REGRESSION')) wrong += 1
    used += run.rows / rows / runs
  }
  assert.ok(wrong <= 4, `${wrong} of ${runs}`)
  assert.ok(used > 0.22 && used < 0.36, `${used}`)
})

test('what is no difference of scores is refused', () => {
  const run = new FullRunProcess({ ...design, rows: 3 })
  assert.throws(() => run.add(Number.NaN), /cannot be NaN/)
  assert.throws(() => run.add(1.5), /cannot be 1.5/)
})

golden.finish()
test.run()
