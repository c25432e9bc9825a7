/** Does the gate reproduce the reference row by row, and does it keep what an e-process promises? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Random, randomFrom } from '../../../src/lib/random.ts'
import { type AlarmOn, type GateDesign, GateProcess } from '../../../src/stats/sequential/gate-process.ts'
import { goldenGroup } from '../golden.ts'

interface GateInput {
  readonly d: readonly number[]
  readonly delta: number
  readonly alpha_fail: number
  readonly alpha_pass: number
  readonly c: number
  readonly n0: number
  readonly v0: number
}
interface GateFigures {
  readonly verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE'
  readonly stopped_at: number | null
  readonly limit_lo: number
  readonly limit_hi: number
  readonly rows: readonly { readonly t: number; readonly log_e_fail: number; readonly log_e_pass: number }[]
}

/** A level that nothing reaches: the processes go on past the verdict. */
const NEVER = 1e-300

const golden = goldenGroup<GateInput, GateFigures>('gate_e_process', 'sequential/gate-process.ts: GateProcess')

for (const { name, in: input, out } of golden.cases) {
  const design: GateDesign = {
    margin: input.delta,
    alphaRegression: input.alpha_fail,
    alphaPass: input.alpha_pass,
    alarmOn: 'any-drop',
    cap: input.c,
    priorWeight: input.n0,
    priorVariance: input.v0,
  }

  test(`the gate on ${name} has the golden verdict, stop and limits`, () => {
    const gate = new GateProcess(design)
    const reached = input.d.findIndex((difference) => gate.add(difference) !== null)
    const expected = { PASS: 'PASS', FAIL: 'REGRESSION', INCONCLUSIVE: null }[out.verdict]
    assert.is(gate.verdict, expected)
    assert.is(reached === -1 ? null : reached + 1, out.stopped_at)
    assert.is(gate.units, out.stopped_at ?? input.d.length)
    const { low, high } = gate.interval()
    golden.close(low, out.limit_lo, 'low')
    golden.close(high, out.limit_hi, 'high')
  })

  test(`the processes on ${name} go through the golden values`, () => {
    const gate = new GateProcess({ ...design, alphaPass: NEVER, alphaRegression: NEVER })
    const byRow = new Map(out.rows.map((row) => [row.t, row]))
    for (const [index, difference] of input.d.entries()) {
      gate.add(difference)
      const row = byRow.get(index + 1)
      if (row === undefined) continue
      golden.close(gate.logRegression, row.log_e_fail, `ln E of REGRESSION at row ${row.t}`)
      golden.close(gate.logPass, row.log_e_pass, `ln E of PASS at row ${row.t}`)
    }
  })
}

const FORMS: readonly AlarmOn[] = ['over-margin', 'any-drop']

function designOf(alarmOn: AlarmOn, more: Partial<GateDesign> = {}): GateDesign {
  return { margin: 0.05, alphaRegression: 0.05, alphaPass: 0.05, alarmOn, ...more }
}

function runOf(design: GateDesign, differences: readonly number[]): GateProcess {
  const gate = new GateProcess(design)
  for (const difference of differences) gate.add(difference)
  return gate
}

/** So many rows of one difference until a verdict; null if none after a thousand. */
function rowsUntilVerdict(design: GateDesign, difference: number): number | null {
  const gate = new GateProcess(design)
  for (let row = 1; row <= 1_000; row++) if (gate.add(difference) !== null) return row
  return null
}

test('ties alone pass after 90 rows, losses alone are a regression after 22 by the form that alarms on any drop', () => {
  assert.is(rowsUntilVerdict(designOf('any-drop'), 0), 90)
  assert.is(rowsUntilVerdict(designOf('over-margin'), 0), 90)
  assert.is(rowsUntilVerdict(designOf('any-drop'), -1), 22)
  assert.is(rowsUntilVerdict(designOf('over-margin'), -0.05), null)
})

test('when both processes reach their level on the same row it is a regression', () => {
  const design = designOf('any-drop', { margin: 0.5, priorVariance: 1, priorWeight: 1e9 })
  const gate = new GateProcess(design)
  while (gate.add(-0.25) === null) assert.ok(Math.abs(gate.logPass - gate.logRegression) < 1e-9)
  assert.ok(Math.abs(gate.logPass - gate.logRegression) < 1e-9)
  assert.is(gate.verdict, 'REGRESSION')
})

test('both e-processes start at one, and without rows nothing is known', () => {
  for (const form of FORMS) {
    const gate = new GateProcess(designOf(form))
    assert.equal([gate.logPass, gate.logRegression, gate.verdict, gate.mean], [0, 0, null, null])
    assert.equal([gate.units, gate.rows, gate.missing, gate.isDropProven], [0, 0, 0, false])
    assert.equal(gate.interval(), { low: -1, high: 1 })
    assert.is(gate.unitsToSettle(), null)
  }
})

const difference = fc.oneof(
  fc.constantFrom(-1, 0, 1, 0, 0),
  fc.double({ min: -1, max: 1, noNaN: true, noDefaultInfinity: true }),
)
const differences = fc.array(difference, { maxLength: 120 })
const form = fc.constantFrom(...FORMS)

test('the bet on a row does not know the row: over −1 and 1 of mean at the null the process keeps its value', () => {
  fc.assert(
    fc.property(differences, form, (before, alarmOn) => {
      const design = designOf(alarmOn, { alphaPass: NEVER, alphaRegression: NEVER })
      const grown = (next: number): { pass: number; regression: number } => {
        const gate = runOf(design, before)
        const [pass, regression] = [gate.logPass, gate.logRegression]
        gate.add(next)
        return { pass: Math.exp(gate.logPass - pass), regression: Math.exp(gate.logRegression - regression) }
      }
      const [lost, won] = [grown(-1), grown(1)]
      const average = (key: 'pass' | 'regression', mean: number): number =>
        (lost[key] * (1 - mean)) / 2 + (won[key] * (1 + mean)) / 2
      assert.ok(Math.abs(average('pass', -0.05) - 1) < 1e-9)
      assert.ok(Math.abs(average('regression', alarmOn === 'any-drop' ? 0 : -0.05) - 1) < 1e-9)
    }),
  )
})

test('a verdict never changes, and what comes later changes nothing at all', () => {
  fc.assert(
    fc.property(form, fc.constantFrom(-1, 0), differences, (alarmOn, repeated, later) => {
      const gate = runOf(designOf(alarmOn), Array(200).fill(repeated))
      const shown = (): unknown => [gate.verdict, gate.units, gate.rows, gate.logPass, gate.logRegression, gate.mean]
      const [then, limits] = [shown(), gate.interval()]
      for (const next of later) assert.is(gate.add(next), gate.verdict)
      assert.equal(shown(), then)
      assert.equal(gate.interval(), limits)
      assert.is(gate.unitsToSettle(), 0)
    }),
    { numRuns: 30 },
  )
})

test('the interval says what the verdict says', () => {
  const drifting = fc.tuple(
    fc.integer({ min: -60, max: 60 }),
    fc.array(difference, { minLength: 50, maxLength: 400, size: 'max' }),
  )
  let [passes, regressions] = [0, 0]
  fc.assert(
    fc.property(form, drifting, (alarmOn, [shift, noise]) => {
      const gate = runOf(
        designOf(alarmOn),
        noise.map((value) => Math.max(-1, Math.min(1, value * 0.4 + shift / 100))),
      )
      const { low, high } = gate.interval()
      assert.ok(low <= high, `${low} to ${high}`)
      assert.is(high <= (alarmOn === 'any-drop' ? 0 : -0.05), gate.verdict === 'REGRESSION')
      if (gate.verdict !== 'REGRESSION') assert.is(low >= -0.05, gate.verdict === 'PASS')
      if (gate.verdict === 'PASS') passes += 1
      if (gate.verdict === 'REGRESSION') regressions += 1
    }),
    { numRuns: 400 },
  )
  assert.ok(passes > 20 && regressions > 20, `${passes} passes and ${regressions} regressions tried`)
})

test('a missing row helps no verdict: any answer to it would have given as much evidence or more', () => {
  fc.assert(
    fc.property(differences, form, difference, (before, alarmOn, instead) => {
      const design = designOf(alarmOn, { alphaPass: NEVER, alphaRegression: NEVER })
      const [lost, known] = [runOf(design, before), runOf(design, before)]
      lost.add(0, 1, 1)
      known.add(instead)
      assert.ok(lost.logPass <= known.logPass + 1e-12)
      assert.ok(lost.logRegression <= known.logRegression + 1e-12)
      assert.is(lost.missing, 1)
    }),
  )
})

test('rows that are all missing never settle anything, and they widen the interval', () => {
  for (const alarmOn of FORMS) {
    const gate = new GateProcess(designOf(alarmOn))
    for (let row = 0; row < 500; row++) assert.is(gate.add(0, 1, 1), null)
    assert.equal([gate.mean, gate.interval()], [null, { low: -1, high: 1 }])
    const [whole, torn] = [new GateProcess(designOf(alarmOn)), new GateProcess(designOf(alarmOn))]
    for (let row = 0; row < 60; row++) {
      whole.add(0)
      torn.add(0, 1, row % 10 === 9 ? 1 : 0)
    }
    assert.ok(torn.interval().low < whole.interval().low)
    assert.ok(torn.interval().high > whole.interval().high)
  }
})

test('a cluster of k rows that all say the same is one row', () => {
  fc.assert(
    fc.property(differences, form, fc.integer({ min: 2, max: 6 }), (values, alarmOn, k) => {
      const alone = runOf(designOf(alarmOn), values)
      const clustered = new GateProcess(designOf(alarmOn, { largestUnit: k }))
      for (const value of values) clustered.add(value * k, k)
      assert.is(clustered.verdict, alone.verdict)
      assert.is(clustered.rows, alone.rows * k)
      assert.ok(Math.abs(clustered.logPass - alone.logPass) < 1e-9)
      assert.ok(Math.abs(clustered.logRegression - alone.logRegression) < 1e-9)
      assert.ok(Math.abs((clustered.mean ?? 0) - (alone.mean ?? 0)) < 1e-9)
    }),
  )
})

test('clusters of unequal size are weighed by their rows: at the margin the processes stay martingales', () => {
  // Half of the clusters hold one row, half of them four; a large one drops by 0.25 less than a small one.
  const design = designOf('over-margin', {
    margin: 0.1,
    largestUnit: 4,
    meanUnit: 2.5,
    alphaPass: NEVER,
    alphaRegression: NEVER,
  })
  const drops = { small: -0.3, large: -0.05 }
  assert.ok(Math.abs((drops.small + 4 * drops.large) / 5 + 0.1) < 1e-12)
  const grown = (sum: number, rows: number): GateProcess => {
    const gate = new GateProcess(design)
    gate.add(sum, rows)
    return gate
  }
  const [small, large] = [grown(drops.small, 1), grown(4 * drops.large, 4)]
  assert.ok(Math.abs((Math.exp(small.logPass) + Math.exp(large.logPass)) / 2 - 1) < 1e-12)
  assert.ok(Math.abs((Math.exp(small.logRegression) + Math.exp(large.logRegression)) / 2 - 1) < 1e-12)
})

test('a drop within the margin is proven and yet no regression over the margin', () => {
  const gate = new GateProcess(designOf('over-margin', { margin: 0.2 }))
  for (let row = 0; row < 400; row++) gate.add(row % 5 === 0 ? -1 : 0)
  assert.equal([gate.verdict, gate.isDropProven], [null, true])
  assert.is(gate.unitsToSettle(), null, 'at the margin no number of rows settles it')
  const unchanged = new GateProcess(designOf('over-margin'))
  for (let row = 0; row < 50; row++) unchanged.add(row % 10 === 0 ? (row % 20) / 5 - 1 : 0)
  assert.equal([unchanged.verdict, unchanged.isDropProven], [null, false])
})

test('the rows it would take are about 2 ln(1/α)·σ²/δ², and fewer the further on it is', () => {
  const gate = new GateProcess(designOf('over-margin', { priorVariance: 0.15 }))
  const atFirst = gate.unitsToSettle(0) ?? 0
  assert.ok(Math.abs(atFirst / ((2 * Math.log(20) * 0.15) / 0.05 ** 2) - 1) < 0.05, `${atFirst}`)
  const dropped = gate.unitsToSettle(-0.1) ?? 0
  assert.ok(Math.abs(dropped / atFirst - 1) < 0.05, `${dropped}, as far beyond the margin as "unchanged" is within`)
  for (let row = 0; row < 40; row++) gate.add(0)
  assert.ok((gate.unitsToSettle(0) ?? atFirst) < atFirst)
  assert.is(gate.unitsToSettle(-0.05), null)
})

test('units and designs that would void the guarantee are refused', () => {
  const gate = new GateProcess(designOf('over-margin', { largestUnit: 3 }))
  for (const [sum, rows, missing] of [
    [Number.NaN, 1, 0],
    [1.5, 1, 0],
    [0, 4, 0],
    [0, 0, 0],
    [1, 2, 2],
    [0, 1, 2],
    [0, 1.5, 0],
  ] as const) {
    assert.throws(() => gate.add(sum, rows, missing), /cannot sum to/)
  }
  for (const wrong of [
    { margin: 0 },
    { alphaPass: 0 },
    { alphaRegression: 1 },
    { largestUnit: 2, meanUnit: 3 },
    { cap: 1 },
  ]) {
    assert.throws(() => new GateProcess(designOf('over-margin', wrong)), /no gate can be made of/)
  }
})

/** Paired differences of two runs on items that pass with probability 0.9: half of the flips are losses, but for `drop`. */
function night(random: Random, rows: number, drop: number): number[] {
  const discordance = 0.15
  return Array.from({ length: rows }, () => {
    const draw = random.uniform()
    if (draw < (discordance + drop) / 2) return -1
    return draw < discordance ? 1 : 0
  })
}

/** Share of nights with each verdict, and the mean share of rows that were needed. */
function measured(design: GateDesign, nights: number, drop: number): Record<'pass' | 'regression' | 'rows', number> {
  const random = randomFrom(`gate|${design.alarmOn}|${design.margin}|${drop}`)
  const counts = { pass: 0, regression: 0, rows: 0 }
  const rows = 1_000
  for (let index = 0; index < nights; index++) {
    const gate = new GateProcess(design)
    for (const next of night(random, rows, drop)) if (gate.add(next) !== null) break
    if (gate.verdict === 'PASS') counts.pass += 1 / nights
    if (gate.verdict === 'REGRESSION') counts.regression += 1 / nights
    counts.rows += gate.units / rows / nights
  }
  return counts
}

test('wrong verdicts stay within their level over 600 nights, whichever form; an unchanged model takes few of the rows', () => {
  const nights = 600
  const most = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / nights)
  const unchanged = {
    'any-drop': measured(designOf('any-drop'), nights, 0),
    'over-margin': measured(designOf('over-margin'), nights, 0),
  }
  assert.ok(unchanged['any-drop'].regression <= most, `${unchanged['any-drop'].regression}`)
  assert.ok(unchanged['over-margin'].regression <= 0.02, `${unchanged['over-margin'].regression}`)
  const atTheMargin = measured(designOf('over-margin'), nights, 0.05)
  assert.ok(atTheMargin.regression <= most && atTheMargin.pass <= most, JSON.stringify(atTheMargin))
  assert.ok(measured(designOf('any-drop'), nights, 0.05).pass <= most)
  for (const { pass, rows } of Object.values(unchanged)) assert.ok(pass > 0.85 && rows < 0.45, `${pass} and ${rows}`)
})

golden.finish()
test.run()
