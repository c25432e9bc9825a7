/** Do simulated nights have the drop and the noise that they say, and is the gate's word kept on them? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { orderKey } from '../../src/dataset/select.ts'
import { answersOf } from '../../src/gate/power/answers.ts'
import { calibrateGate, type CalibrationInputs } from '../../src/gate/power/calibrate.ts'
import type { CalibratedGate, GateCalibration } from '../../src/gate/power/types.ts'
import { Rows } from '../../src/gate/rows.ts'
import type { GateDesignAsked, MetricAsked, Side } from '../../src/gate/types.ts'
import { UserError } from '../../src/lib/errors.ts'
import { randomFrom } from '../../src/lib/random.ts'
import { gateCalibrationScreen } from '../../src/report/gate-calibration.ts'
import { design, keyOf, type Made, many, side } from './made-sides.ts'

/** `count` runs of one model that passes sample i with a chance of its own, three quarters in the mean. */
function runsOf(count: number, samples: number, clusterOf?: (sample: string) => string): Side[] {
  return Array.from({ length: count }, (_, run) => {
    const random = randomFrom(`test|run|${run}`)
    const made = many(samples, (index) => (random.uniform() < (index % 2 === 0 ? 0.95 : 0.55) ? 1 : 0))
    return side(clusterOf === undefined ? { samples: made } : { samples: made, clusterOf }, { runIds: [`run-${run}`] })
  })
}

async function calibrated(
  runs: readonly Side[],
  asked: Partial<GateDesignAsked> = {},
  inputs: Partial<CalibrationInputs> = {},
): Promise<GateCalibration> {
  return calibrateGate({
    runs,
    design: design(asked),
    nights: 300,
    discordance: undefined,
    signal: new AbortController().signal,
    progress: () => {},
    ...inputs,
  })
}

function only({ groups }: GateCalibration): CalibratedGate {
  const [group] = groups
  assert.ok(group !== undefined && groups.length === 1)
  return group
}

/** A share that is at most 5 % in truth is hardly ever above this in 300 nights. */
const AT_MOST = 0.05 + 4 * Math.sqrt((0.05 * 0.95) / 300)

/** What must hold in every setting: neither wrong verdict is given in more than α of nights. */
function keepsItsWord({ drops, metric }: CalibratedGate, alarmOn: GateDesignAsked['alarmOn']): void {
  for (const { drop, regression, pass } of drops) {
    const isTolerated = alarmOn === 'any-drop' ? drop === 0 : drop <= metric.margin
    if (isTolerated) assert.ok((regression.value ?? 1) < AT_MOST, `REGRESSION at ${drop}: ${regression.value}`)
    if (drop >= metric.margin) assert.ok((pass.value ?? 1) < AT_MOST, `PASS at ${drop}: ${pass.value}`)
  }
}

test('error levels hold at every drop, whatever the form and whether rows are looked at one by one', async () => {
  const runs = runsOf(2, 800)
  for (const alarmOn of ['over-margin', 'any-drop'] as const) {
    for (const sequential of [false, true]) {
      const gate = only(await calibrated(runs, { alarmOn, sequential }))
      keepsItsWord(gate, alarmOn)
      const regressions = gate.drops.map(({ regression }) => regression.value ?? 0)
      assert.equal(
        regressions,
        regressions.toSorted((one, other) => one - other),
        'a larger drop is found more often',
      )
      assert.ok((gate.drops[0]?.pass.value ?? 0) > 0.5, 'an unchanged model is cleared')
      assert.ok((regressions.at(-1) ?? 0) > 0.5, 'a drop of twice the margin is found')
      for (const { rowsUsed } of gate.drops) assert.ok(sequential ? rowsUsed < 1 : rowsUsed === 1)
    }
  }
})

test('an alarm at a drop of exactly the margin is as rare as the level, no rarer: the drop is what it says', async () => {
  const gate = only(await calibrated(runsOf(2, 600), {}, { nights: 1_000 }))
  const atMargin = gate.drops.find(({ drop }) => drop === 0.05)
  for (const share of [atMargin?.regression.value, atMargin?.pass.value]) {
    assert.ok(share !== undefined && share !== null && Math.abs(share - 0.05) < 0.03, String(share))
  }
})

test('noise is measured where samples have two answers: the share of samples where they differ', async () => {
  const samples = (isOther: boolean) => many(100, (index) => (index < 60 !== (isOther && index % 10 === 0) ? 1 : 0))
  const [first, second] = [false, true].map((isOther) =>
    side({ samples: samples(isOther) }, { runIds: [String(isOther)] }),
  )
  assert.ok(first !== undefined && second !== undefined)
  const { noise, samples: count } = only(await calibrated([first, second]))
  assert.is(count, 100)
  assert.equal(
    { ...noise, discordance: noise.discordance.toFixed(12) },
    {
      discordance: '0.100000000000',
      source: 'measured',
      samples: 100,
      runIds: ['false', 'true'],
    },
  )
})

test('epochs of one run are answers of their own; with several runs each run is one', async () => {
  const epochs = side({ samples: many(50, (index) => [1, index % 5 === 0 ? 0 : 1, 1]) }, { epochs: 3 })
  const { noise, rowsNeeded } = only(await calibrated([epochs]))
  assert.is(noise.source, 'measured')
  // A variance of 1/3 in a fifth of the samples, twice.
  assert.ok(Math.abs(noise.discordance - 2 / 15) < 1e-12)
  const other = side(
    { samples: many(50, (index) => [index % 5 === 1 ? 0 : 1, 1, 1]) },
    { epochs: 3, runIds: ['other'] },
  )
  const two = only(await calibrated([epochs, other]))
  assert.is(two.samples, 50)
  assert.ok(two.rowsNeeded.fixed95 < rowsNeeded.fixed95, 'means over three epochs differ less than single answers')
})

test('with one answer a sample the noise is assumed, no more than such answers can differ, and the mean stays', async () => {
  const half = only(await calibrated([side({ samples: many(400, (index) => index % 2) })]))
  assert.equal([half.noise.source, half.noise.discordance], ['assumed', 0.2])
  keepsItsWord(half, 'over-margin')
  const high = await calibrated([side({ samples: many(400, (index) => (index % 20 === 0 ? 0 : 1)) })])
  assert.ok(Math.abs(only(high).noise.discordance - 2 * 0.95 * 0.05) < 1e-12)
  assert.match(high.notes.join(), /answers like these cannot differ more: 0\.095 is assumed/)
  keepsItsWord(only(high), 'over-margin')
  const asked = only(await calibrated([side({ samples: many(400, (index) => index % 2) })], {}, { discordance: 0.05 }))
  assert.is(asked.noise.discordance, 0.05)
  assert.ok((asked.drops[0]?.pass.value ?? 0) > (half.drops[0]?.pass.value ?? 1), 'less noise, more power')
})

test('rows of one cluster are drawn as one: copies of a row add no evidence', async () => {
  const copied = (copies: number): Side[] =>
    Array.from({ length: 2 }, (_, run) => {
      const random = randomFrom(`test|clusters|${run}`)
      const answers = Array.from({ length: 100 }, () => (random.uniform() < 0.8 ? 1 : 0))
      const made = many(100 * copies, (index) => answers[Math.floor(index / copies)] ?? 0)
      const clusterOf = (sample: string): string => String(Math.floor(Number(sample.slice(1)) / copies))
      return side({ samples: made, clusterOf }, { runIds: [`run-${run}`] })
    })
  const margin: MetricAsked = { name: 'pass_rate', kind: 'quality', margin: 0.15 }
  for (const sequential of [false, true]) {
    const [alone, five] = [
      only(await calibrated(copied(1), { metrics: [margin], sequential, alarmOn: 'any-drop' })),
      only(await calibrated(copied(5), { metrics: [margin], sequential, alarmOn: 'any-drop' })),
    ]
    assert.equal([five.samples, five.clusters, alone.clusters], [500, 100, 100])
    keepsItsWord(five, 'any-drop')
    const [before, after] = [alone, five].map(({ drops }) => drops[0]?.pass.value ?? 0)
    assert.ok(Math.abs((before ?? 0) - (after ?? 1)) < 0.15, `${before} against ${after}`)
  }
})

test('graded scores and failures are tried as well, each at the level of the family', async () => {
  const random = randomFrom('test|graded')
  const value = (): Made => {
    const isFailed = random.uniform() < 0.05
    return isFailed ? null : { pass_rate: 1, 'score:f1': 0.5 + random.uniform() / 2 }
  }
  const metrics: MetricAsked[] = [
    { name: 'score:f1', kind: 'quality', margin: 0.05 },
    { name: 'failures', kind: 'failures', margin: 0.1 },
  ]
  const runs = [1, 2].map((run) => side({ samples: many(500, value) }, { runIds: [`run-${run}`] }))
  for (const sequential of [false, true]) {
    const { groups } = await calibrated(runs, { metrics, sequential })
    assert.equal(
      groups.map(({ metric }) => metric.name),
      ['score:f1', 'failures'],
    )
    for (const gate of groups) keepsItsWord(gate, 'over-margin')
    const [score, failures] = groups
    assert.ok(Math.abs((score?.value ?? 0) - 0.75) < 0.02)
    assert.ok(Math.abs((failures?.value ?? 0) - 0.05) < 0.02)
    assert.ok((failures?.drops.at(-1)?.regression.value ?? 0) > 0.5, 'a rise of failures is found')
  }
})

test('the same answers give the same shares, another seed gives others', async () => {
  const runs = runsOf(2, 200)
  const [one, again, other] = [
    await calibrated(runs, { sequential: true }),
    await calibrated(runs, { sequential: true }),
    await calibrated(runs, { sequential: true, seed: 7 }),
  ]
  assert.equal(again, one)
  assert.not.equal(other.groups, one.groups)
})

test('samples are known again in a run that another seed has sent in another order', () => {
  const seeded = (seed: number, epochs: readonly number[]): Rows => {
    const rows = new Rows({ model: 'm', prompt: 'p' })
    for (const sample of ['a', 'b', 'c']) {
      for (const epoch of epochs) {
        rows.set({
          key: keyOf(sample, epoch),
          order: orderKey(seed, sample),
          cluster: null,
          values: { pass_rate: sample === 'b' ? 0 : 1 },
        })
      }
    }
    return rows
  }
  const { samples, units } = answersOf([seeded(1, [1]), seeded(2, [1, 2])], (rows, row) => rows.value('pass_rate', row))
  assert.is(units.length, 3)
  assert.equal(samples.map((askings) => JSON.stringify(askings)).toSorted(), [
    '[[0],[0,0]]',
    '[[1],[1,1]]',
    '[[1],[1,1]]',
  ])
})

test('what cannot be tried is refused, with the fix', async () => {
  const run = side({ samples: many(20, (index) => index % 2) })
  const refused = async (runs: readonly Side[], asked: Partial<GateDesignAsked>, message: RegExp): Promise<void> => {
    const error: unknown = await calibrated(runs, asked).catch((reason: unknown) => reason)
    assert.instance(error, UserError)
    assert.match((error as UserError).message, message)
  }
  await refused([run, run], {}, /is named twice/)
  const real = side({ samples: many(20, () => 1) }, { runIds: ['other'], simulated: true })
  await refused([run, real], {}, /other kind of provider than run: the built-in simulator against real/)
  await refused(
    [run],
    { metrics: [{ name: 'cost', kind: 'amount', margin: 0.1 }] },
    /a drop is put in by making answers wrong/,
  )
  await refused([run], { metrics: [{ name: 'score:f2', kind: 'quality', margin: 0.1 }] }, /has no such score/)
})

test('where nothing passes there is nothing to lose, and where nothing is scored nothing to try', async () => {
  const none = await calibrated([side({ samples: many(50, () => 0) })])
  assert.equal(
    only(none).drops.map(({ drop }) => drop),
    [0],
  )
  assert.match(none.notes.join(), /there is no more to lose/)
  const failed = await calibrated([side({ samples: many(50, () => null) })])
  assert.equal(failed.groups, [])
  assert.match(failed.notes.join(), /no answer has a value/)
})

test('the screen says what it means, and how many rows a weak gate needs', async () => {
  const weak = await calibrated(runsOf(2, 100))
  const text = gateCalibrationScreen(weak, { color: false, columns: 200 })
  assert.match(
    text,
    /An unchanged model is called REGRESSION in \S+ % of nights, cleared in \S+ %; a drop of 10 points is found in/,
  )
  assert.match(
    text,
    /100 samples are few for this margin: to clear an unchanged model takes about \d+ rows in 80 % of runs/,
  )
  const strong = gateCalibrationScreen(await calibrated(runsOf(2, 1_500), {}, { nights: 100 }), {
    color: false,
    columns: 200,
  })
  assert.not.match(strong, /are few for this margin/)
})

test('no line of the screen is wider than the terminal: intervals stand below their shares', async () => {
  const report = await calibrated(runsOf(2, 100))
  for (const columns of [80, 120]) {
    const text = gateCalibrationScreen(report, { color: false, columns })
    for (const line of text.split('\n')) assert.ok(line.length <= columns, line)
    assert.is(/^│ +│ \[/m.test(text), columns === 80)
    assert.is(/^│ the margin │ \[/m.test(text), columns === 80)
  }
})

test('an interrupt ends it', async () => {
  const stop = new AbortController()
  const progress = (): void => stop.abort()
  const error: unknown = await calibrated(runsOf(1, 50), {}, { signal: stop.signal, progress }).catch(
    (reason: unknown) => reason,
  )
  assert.is((error as Error).name, 'AbortError')
})

test.run()
