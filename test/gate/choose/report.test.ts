import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { differenceLimits } from '../../../src/gate/choose/limits.ts'
import { choiceReport } from '../../../src/gate/choose/report.ts'
import type { ChoiceReport } from '../../../src/gate/choose/types.ts'
import { choiceJson, choiceScreen, choiceSentence } from '../../../src/report/choice.ts'
import { lineOf, type Play, trialsOf as playedTrials, playOut, ruleOf } from './play.ts'

const FACTS = { runId: 'run', simulated: false, dataset: 'qa', datasetVersion: 'v1', spentUsd: '1.5' }

function reportOf(play: Play): ChoiceReport {
  return choiceReport(playOut(play).rule, FACTS)
}

const THREE: Play = {
  models: [
    { skill: 0.9, cost: 0.01 },
    { skill: 0.9, cost: 0.001 },
    { skill: 0.4, cost: 0.0005 },
  ],
  rows: 2_000,
  margin: 0.1,
}

const NEAR: Play = {
  models: [
    { skill: 0.9, cost: 5 },
    { skill: 0.8, cost: 1 },
  ],
  rows: 300,
  margin: 0.1,
}

test('the limits say what the choice says: below the margin is dropped, above it is accepted', () => {
  let [dropped, accepted, open] = [0, 0, 0]
  for (let seed = 0; seed < 60; seed++) {
    const { rule } = playOut({ ...THREE, rows: 250, seed: `limits ${seed}` })
    for (const [contender] of THREE.models.entries()) {
      const limits = differenceLimits(contender, rule) ?? { low: Number.NaN, high: Number.NaN }
      assert.ok(limits.low <= limits.high)
      if (rule.evidence.isDropped(contender)) dropped += 1
      else if (rule.evidence.isAccepted(contender)) accepted += 1
      else open += 1
      assert.is(limits.high < -0.1, rule.evidence.isDropped(contender), `seed ${seed}, ${contender}: ${limits.high}`)
      if (!rule.evidence.isDropped(contender)) {
        assert.is(limits.low > -0.1, rule.evidence.isAccepted(contender), `seed ${seed}, ${contender}: ${limits.low}`)
      }
    }
  }
  assert.ok(Math.min(dropped, accepted, open) > 0, `${dropped} dropped, ${accepted} accepted, ${open} open`)
})

test('all limits of a run hold at once in at least 1 − α of the runs, wherever it stopped', () => {
  const truths = [0, 0, -0.5]
  let missed = 0
  for (let seed = 0; seed < 200; seed++) {
    const { rule } = playOut({ ...THREE, rows: 400, alpha: 0.2, seed: `coverage ${seed}` })
    const isMissed = truths.some((truth, contender) => {
      const { low, high } = differenceLimits(contender, rule) ?? { low: -1, high: 1 }
      return truth < low - 1e-12 || truth > high + 1e-12
    })
    if (isMissed) missed += 1
  }
  assert.ok(missed / 200 <= 0.2 + 3 * Math.sqrt((0.2 * 0.8) / 200), `${missed} of 200`)
})

test('the sentence names the choice, what it was held against, the margin, the interval and the price', () => {
  assert.match(
    choiceSentence(reportOf(THREE)),
    /^Take maker\/model-1: not worse than the best (of the others )?\(maker\/model-0, \d\d\.\d %\) by more than 10\.0 points \(difference [−\d.]+, interval −\d+\.\d to 0\.0\), and the cheapest of those at \$1\.00 per 1,000 answers\.$/,
  )
})

test('the one that is left when all others are dropped is the best, without an interval of no width', () => {
  const report = reportOf({
    ...THREE,
    models: [
      { skill: 0.95, cost: 1 },
      { skill: 0.4, cost: 0.1 },
    ],
  })
  assert.match(
    choiceSentence(report),
    /^Take maker\/model-0 \(\d\d\.\d %\): all others are worse by more than 10\.0 points at \$1000\.00 per 1,000 answers\.$/,
  )
  assert.match(choiceScreen(report, { color: false, columns: 160, files: [] }), /the best/)
})

test('a choice of the reference says that it is the reference', () => {
  assert.match(choiceSentence(reportOf({ ...THREE, reference: 1 })), /^Take maker\/model-1: it is the reference \(/)
})

test('an open end says which models are undecided, what is known to be good, and how many rows would settle it', () => {
  const report = reportOf({
    ...NEAR,
    models: [
      { skill: 0.9, cost: 5 },
      { skill: 0.9, cost: 1 },
    ],
    rows: 60,
    margin: 0.05,
  })
  assert.is(report.verdict, 'INCONCLUSIVE')
  assert.equal(
    report.undecided.map(({ model }) => model),
    ['maker/model-0', 'maker/model-1'],
  )
  assert.match(
    choiceSentence(report),
    /^INCONCLUSIVE after all 60 rows: it is open whether .* are within 5\.0 points of the best; about [\d,]+ more rows would settle it\.$/,
  )
})

test('the rows that would settle it do', () => {
  const play: Play = {
    models: [
      { skill: 0.9, cost: 5 },
      { skill: 0.9, cost: 1 },
    ],
    rows: 40,
    margin: 0.05,
    scoreOf: ({ sampleIndex }, line) => ({ ...line, passed: sampleIndex % 10 !== 0 }),
  }
  const { rowsToSettle } = reportOf(play)
  assert.ok(rowsToSettle !== null && rowsToSettle > 0)
  assert.is(reportOf({ ...play, rows: 40 + (rowsToSettle ?? 0) }).verdict, 'CHOSEN')
})

/** The cheap one is worse by exactly the margin. */
const AT_MARGIN: Play = {
  ...NEAR,
  reference: 0,
  scoreOf: ({ modelIndex, sampleIndex }, line) => ({ ...line, passed: sampleIndex % 10 !== 0 || modelIndex === 0 }),
}

test('at the margin no number of rows would settle it, and the sentence says so', () => {
  const report = reportOf({ ...AT_MARGIN, rows: 3_000 })
  assert.equal([report.rowsToSettle, report.isNearMargin], [null, true])
  assert.match(choiceSentence(report), /too near the margin for any number of rows to settle it\.$/)
})

test('fewer rows do not tell that no number of them would settle it', () => {
  const some = reportOf({ ...AT_MARGIN, rows: 200 })
  assert.equal([some.rowsToSettle, some.isNearMargin], [null, false])
  assert.match(choiceSentence(some), /; 200 rows are too few to tell how many more would settle it\.$/)
  const few = reportOf({ ...NEAR, rows: 20 })
  assert.equal([few.rowsToSettle, few.isNearMargin], [null, false])
  assert.match(choiceSentence(few), /; 20 rows are too few to tell/)
})

/** Asked until so many trials are settled, as a budget or an interruption ends it. */
function brokenOff(play: Play, trials: number): ChoiceReport {
  const rule = ruleOf(play)
  for (const trial of playedTrials(play).slice(0, trials)) rule.settled(trial, lineOf(trial, play))
  return choiceReport(rule, FACTS)
}

test('a run that was broken off says what is left, not that rows do not help', () => {
  assert.match(
    choiceSentence(brokenOff(AT_MARGIN, 0)),
    /^INCONCLUSIVE after 0 of 300 rows: .*; the run was broken off with 300 rows left to ask\.$/,
  )
  assert.match(
    choiceSentence(brokenOff(AT_MARGIN, 250)),
    /after 125 of 300 rows: .*; the run was broken off with 175 rows left to ask\.$/,
  )
})

test('a limit that rounds to the margin gets another decimal, with the difference beside it', () => {
  const report = reportOf(THREE)
  const chosen = report.contenders.find(({ state }) => state === 'chosen')
  assert.ok(chosen)
  const others = report.contenders.filter((one) => one !== chosen)
  const difference = { value: -0.0075, high: 0 }
  const sentenceWith = (low: number): string =>
    choiceSentence({ ...report, contenders: [{ ...chosen, difference: { ...difference, low } }, ...others] })
  assert.match(sentenceWith(-0.0996), /10\.0 points \(difference −0\.75, interval −9\.96 to 0\.00\)/)
  assert.match(sentenceWith(-0.0992), /\(difference −0\.8, interval −9\.9 to 0\.0\)/)
})

test('no line of the screen but a path is wider than the terminal', () => {
  for (const columns of [80, 100]) {
    const screen = choiceScreen(brokenOff(NEAR, 100), { color: false, columns, files: [] })
    for (const line of screen.split('\n')) assert.ok(line.length <= columns, line)
  }
})

test('money that was spent, and what all trials would have cost', () => {
  const { rule, asked } = playOut(THREE)
  const report = choiceReport(rule, FACTS)
  assert.is(report.trialsAsked, asked.length)
  assert.is(report.trialsPlanned, 6_000)
  assert.is(report.fullGridUsd, '23')
  assert.match(
    choiceScreen(report, { color: false, columns: 160, files: [] }),
    /Asked [\d,]+ of 6,000 trials for \$1\.50; asking all would have cost about \$23\.00\./,
  )
})

test('the frontier is that of the contenders that are left, and each says how surely it is on it', () => {
  const report = reportOf(THREE)
  assert.equal(report.frontier.weighs, ['quality', 'cost', 'latency'])
  assert.is(report.frontier.rows, report.rowsUsed)
  assert.is(report.contenders[1]?.frontier?.word, 'on')
  assert.is(report.contenders[2]?.frontier, null)
})

test('what nobody knows is left out of the frontier: no latency, no cost', () => {
  const report = reportOf({ ...THREE, scoreOf: (_trial, line) => ({ ...line, latencyUs: null }) })
  assert.equal(report.frontier.weighs, ['quality', 'cost'])
  const free = reportOf({ ...THREE, models: THREE.models.map(({ skill }) => ({ skill, cost: null })) })
  assert.equal(free.frontier.weighs, ['quality', 'latency'])
  assert.is(free.fullGridUsd, null)
  assert.ok(free.notes.some((note) => note.includes('no answer has a known cost')))
})

test('many missing trials are told', () => {
  const report = reportOf({
    ...THREE,
    rows: 100,
    scoreOf: ({ modelIndex, sampleIndex }, line) => (modelIndex === 0 && sampleIndex % 4 === 0 ? null : line),
  })
  assert.is(report.contenders[0]?.missing, 25)
  assert.ok(report.notes.some((note) => note.startsWith('maker/model-0: 25 of 100 trials have no score')))
})

test('a run without a single row is INCONCLUSIVE, and nobody is called good', () => {
  const { rule } = playOut({ ...THREE, rows: 0 })
  const report = choiceReport(rule, FACTS)
  assert.is(report.verdict, 'INCONCLUSIVE')
  assert.is(report.cheapestAccepted, null)
  assert.is(report.undecided.length, 3)
  assert.ok(choiceSentence(report).startsWith('INCONCLUSIVE'))
})

test('another margin, model or dataset version is another question', () => {
  const hashOf = (play: Play, facts = FACTS): string => choiceReport(playOut(play).rule, facts).designHash
  const hashes = [
    hashOf(NEAR),
    hashOf({ ...NEAR, margin: 0.11 }),
    hashOf({ ...NEAR, reference: 0 }),
    hashOf(NEAR, { ...FACTS, datasetVersion: 'v2' }),
    hashOf(THREE),
  ]
  assert.is(new Set(hashes).size, hashes.length)
  assert.is(hashOf({ ...NEAR, seed: 'other answers' }), hashOf(NEAR))
})

test('the JSON has the sentence beside the numbers, and a table that does not fit stands on its side', () => {
  const report = reportOf(THREE)
  const json = JSON.parse(choiceJson(report)) as Record<string, unknown>
  assert.is(json['sentence'], choiceSentence(report))
  const lines = choiceScreen(report, { color: false, columns: 80, files: ['choice.json'] }).split('\n')
  assert.ok(lines.filter((line) => line.startsWith('│')).every((line) => line.length <= 80))
})

test.run()
