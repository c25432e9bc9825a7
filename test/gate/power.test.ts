/** Does a plan ask for as many rows as the gate then needs? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { assumedNoise, differenceVariance } from '../../src/gate/power/noise.ts'
import { powerPlan, rowsNeeded } from '../../src/gate/power/rows-needed.ts'
import type { PowerPlan } from '../../src/gate/power/types.ts'
import { randomFrom } from '../../src/lib/random.ts'
import { powerLines, powerText } from '../../src/report/power.ts'
import { GateProcess } from '../../src/stats/sequential/gate-process.ts'

const planOf = (changes: Partial<Parameters<typeof powerPlan>[0]> = {}): PowerPlan =>
  powerPlan({
    metric: 'pass_rate',
    margin: 0.05,
    alpha: 0.05,
    family: 1,
    noise: assumedNoise(0.15),
    epochs: 1,
    rows: 1_000,
    candidateAnswers: 1,
    baselineAnswers: 1,
    ...changes,
  })

test('rows for a margin are those of statistics.md 10 and 11.4', () => {
  assert.equal(
    [0.05, 0.03, 0.01].map((margin) => rowsNeeded(0.15, margin, 0.05).fixed80),
    [371, 1_031, 9_274],
  )
  const { sequentialMost, sequentialMean } = rowsNeeded(0.15, 0.05, 0.05)
  assert.equal([sequentialMost, sequentialMean], [720, 360])
})

test('without any noise the rows are those that no loss at all takes', () => {
  const { fixed80, fixed95, sequentialMost, sequentialMean } = rowsNeeded(0, 0.05, 0.05)
  assert.equal([fixed80, fixed95], [59, 59])
  assert.equal([sequentialMost, sequentialMean], [90, 90])
})

test('seven of eight sequential runs of the planned size clear an unchanged model', () => {
  const { sequentialMost, sequentialMean } = rowsNeeded(0.2, 0.1, 0.05)
  const random = randomFrom('test|planned size')
  let [passes, used] = [0, 0]
  for (let night = 0; night < 1_000; night++) {
    const process = new GateProcess({ margin: 0.1, alphaRegression: 0.05, alphaPass: 0.05, alarmOn: 'over-margin' })
    while (process.verdict === null && process.units < sequentialMost) {
      const draw = random.uniform()
      process.add(draw < 0.1 ? -1 : draw < 0.2 ? 1 : 0)
    }
    if (process.verdict === 'PASS') passes += 1
    used += process.units / 1_000
  }
  assert.ok(Math.abs(passes / 1_000 - 7 / 8) < 0.04, `${passes} of 1,000`)
  assert.ok(Math.abs(used / sequentialMean - 1) < 0.25, `${used} rows for ${sequentialMean}`)
})

test('more answers a sample are less noise: halved on both sides when both are asked twice', () => {
  const noise = { discordance: 0.2 }
  assert.is(differenceVariance(noise, { candidateAnswers: 1, baselineAnswers: 1 }), 0.2)
  assert.is(differenceVariance(noise, { candidateAnswers: 2, baselineAnswers: 2 }), 0.1)
  assert.ok(Math.abs(differenceVariance(noise, { candidateAnswers: 1, baselineAnswers: 5 }) - 0.12) < 1e-12)
  const [once, pooled] = [planOf(), planOf({ baselineAnswers: 5 })]
  assert.ok((pooled.minimumDetectable ?? 1) < (once.minimumDetectable ?? 0))
})

test('the smallest drop falls with the rows and rises with the number of metrics; without rows there is none', () => {
  const detectable = (changes: Parameters<typeof planOf>[0]): number => planOf(changes).minimumDetectable ?? Number.NaN
  assert.ok(Math.abs(detectable({ rows: 4_000 }) / detectable({}) - 1 / 2) < 1e-12)
  // (1.645 + 0.842)·√0.15/√1000
  assert.ok(Math.abs(detectable({}) - 0.03045) < 1e-4)
  assert.ok(detectable({ family: 4 }) > detectable({}))
  assert.is(planOf({ rows: 0 }).minimumDetectable, null)
  assert.is(planOf({ margin: null }).rowsNeeded, null)
})

test('the sentences say where the noise is from, and whether the rows do', () => {
  const enough = powerLines(planOf(), 'over-margin').join('\n')
  assert.match(
    enough,
    /pass_rate; assumed, since no answers were compared: two answers .* differ in 15\.0 % of samples\./,
  )
  assert.match(
    enough,
    /1,000 rows \(alpha 5\.0 %\) prove a drop of 3 points in 80 % of runs, and one of 8 points to be beyond the margin\./,
  )
  assert.match(
    enough,
    /Margin 5 points: to clear an unchanged model takes about 371 rows in 80 % of runs, and 650 in 95 %\./,
  )
  assert.match(enough, /With --sequential: to clear .* about 360 rows in the mean, and 720 for seven of eight runs\./)
  assert.match(powerLines(planOf({ rows: 100 }), 'over-margin').join('\n'), /; 100 rows are too few\./)
  assert.not.match(powerLines(planOf(), 'any-drop').join('\n'), /beyond the margin/)
  assert.is(powerLines(planOf({ margin: null }), 'over-margin').length, 2)
  const measured = { discordance: 0.1, source: 'measured', samples: 300, runIds: ['x', 'y'] } as const
  assert.match(powerLines(planOf({ noise: measured }), 'over-margin').join(), /measured on 300 samples of 2 runs/)
})

test('epochs that the baseline lacks are told, and promise nothing', () => {
  const lines = powerLines(planOf({ epochs: 2 }), 'over-margin').join('\n')
  assert.match(lines, /Pairs are made by epoch: the baseline has 1 of 2 epochs, the rest is not compared\./)
  assert.equal(planOf({ epochs: 2 }).minimumDetectable, planOf().minimumDetectable)
  assert.not.match(powerLines(planOf({ epochs: 2, candidateAnswers: 2 }), 'over-margin').join(), /by epoch/)
})

test('no line is wider than the terminal', () => {
  const text = powerText(new Map([['a', [planOf({ epochs: 2 })]]]), {
    alarmOn: 'over-margin',
    hasClusters: true,
    columns: 80,
  })
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line)
  assert.ok(text.endsWith('this.\n'))
})

test('models with the same numbers are told once', () => {
  const options = { alarmOn: 'over-margin', hasClusters: false } as const
  const same = powerText(
    new Map([
      ['a', [planOf()]],
      ['b', [planOf()]],
    ]),
    options,
  )
  assert.is(same.match(/Power/g)?.length, 1)
  const other = powerText(
    new Map([
      ['a', [planOf()]],
      ['b', [planOf({ rows: 10 })]],
    ]),
    options,
  )
  assert.match(other, /^Power, a: /)
  assert.match(other, /^Power, b: /m)
  assert.match(
    powerText(new Map([['a', [planOf()]]]), { ...options, hasClusters: true }),
    /Rows of one cluster tell less/,
  )
})

test.run()
