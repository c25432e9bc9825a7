import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ChooseRule } from '../../../src/gate/choose/rule.ts'
import { randomFrom, shuffled } from '../../../src/lib/random.ts'
import { lineOf, type Play, playOut, ruleOf, scoreLine, trialsOf } from './play.ts'

/** Everything that the verdict consists of. */
function verdictOf(rule: ChooseRule): unknown {
  const contenders = rule.design.contenders.map((_one, index) => index)
  return {
    chosen: rule.chosen,
    rowsUsed: rule.rowsUsed,
    dropped: contenders.map((index) => rule.evidence.droppedAtRow(index)),
    accepted: contenders.map((index) => rule.evidence.isAccepted(index)),
  }
}

const FIVE: Play = {
  models: [
    { skill: 0.92, cost: 10 },
    { skill: 0.91, cost: 5 },
    { skill: 0.92, cost: 1 },
    { skill: 0.75, cost: 1 },
    { skill: 0.6, cost: 0.5 },
  ],
  rows: 2_000,
  margin: 0.05,
}

test('the cheapest model that is as good as the best is chosen, and the bad ones are dropped on the way', () => {
  const { rule, asked } = playOut(FIVE)
  assert.is(rule.chosen, 2)
  assert.ok(rule.evidence.isDropped(3) && rule.evidence.isDropped(4))
  assert.ok(asked.length < 5_000, `${asked.length} trials`)
})

test('a model that is dropped is not asked any more, and nothing is once the answer is known', () => {
  const { rule, asked } = playOut(FIVE)
  const droppedAt = rule.evidence.droppedAtRow(4) ?? 0
  assert.ok(droppedAt > 0)
  assert.is(asked.filter(({ modelIndex }) => modelIndex === 4).length, droppedAt)
  assert.not.ok(trialsOf(FIVE).some((trial) => rule.wants(trial)))
})

test('the verdict does not depend on the order in which answers arrive', () => {
  const play: Play = { ...FIVE, rows: 300, margin: 0.2, epochs: 2 }
  const expected = verdictOf(playOut(play).rule)
  const property = fc.property(fc.string(), fc.integer({ min: 1, max: 3_000 }), (label, window) => {
    const rule = ruleOf(play)
    const trials = trialsOf(play)
    // A window of 1 leaves the order as it is, a large one mixes all.
    const random = randomFrom(label)
    for (let start = 0; start < trials.length; start += window) {
      for (const trial of shuffled(trials.slice(start, start + window), random))
        rule.settled(trial, lineOf(trial, play))
    }
    assert.equal(verdictOf(rule), expected)
  })
  fc.assert(property, { numRuns: 30 })
})

test('a run that was killed at any trial and gone on with chooses the same, and asks nothing twice', () => {
  const play: Play = { ...FIVE, rows: 400, margin: 0.2 }
  const whole = playOut(play)
  for (let killedAt = 0; killedAt < whole.asked.length; killedAt += 97) {
    const earlier = whole.asked.slice(0, killedAt)
    const { rule, asked } = playOut(play, earlier)
    assert.equal(verdictOf(rule), verdictOf(whole.rule))
    assert.is(asked.length + earlier.length, whole.asked.length)
  }
})

test('a run that was over is over when it is gone on with', () => {
  const whole = playOut({ ...FIVE, rows: 400, margin: 0.2 })
  assert.is(playOut({ ...FIVE, rows: 400, margin: 0.2 }, whole.asked).asked.length, 0)
})

/** Runs a play with many seeds. */
function shareOf(play: Play, runs: number, isCase: (rule: ChooseRule) => boolean): number {
  let count = 0
  for (let seed = 0; seed < runs; seed++) if (isCase(playOut({ ...play, seed: `hard ${seed}` }).rule)) count += 1
  return count / runs
}

/** Three standard errors above a level: what luck may add. */
function atMost(level: number, runs: number): number {
  return level + 3 * Math.sqrt((level * (1 - level)) / runs)
}

test('a cheap model that is worse than the best by exactly the margin is chosen in no more than α of the runs', () => {
  const runs = 300
  const play: Play = {
    models: [
      { skill: 0.8, cost: 5 },
      { skill: 0.7, cost: 1 },
    ],
    rows: 600,
    margin: 0.1,
    alpha: 0.1,
  }
  const wrong = shareOf(play, runs, ({ chosen }) => chosen === 1)
  assert.ok(wrong > 0, 'no run is ever wrong: the test sees nothing')
  assert.ok(wrong <= atMost(0.05, runs), `${wrong}`)
})

test('with several good models and several at the margin the whole error stays below α', () => {
  const runs = 200
  const good = { skill: 0.8, cost: 5 }
  const bad = { skill: 0.7, cost: 1 }
  const play: Play = {
    models: [good, { ...good, cost: 4 }, bad, { ...bad, cost: 2 }],
    rows: 600,
    margin: 0.1,
    alpha: 0.1,
  }
  const wrong = shareOf(play, runs, ({ chosen }) => chosen === 2 || chosen === 3)
  assert.ok(wrong <= atMost(0.05, runs), `${wrong}`)
})

test('a model that is within the margin, just so, is dropped in no more than half of α of the runs', () => {
  const runs = 300
  const play: Play = {
    models: [
      { skill: 0.8, cost: 1 },
      { skill: 0.7, cost: 5 },
    ],
    rows: 600,
    margin: 0.1,
    alpha: 0.2,
  }
  const dropped = shareOf(play, runs, ({ evidence }) => evidence.isDropped(1))
  assert.ok(dropped <= atMost(0.1, runs), `${dropped}`)
})

test('missing rows never help: a model without scores is neither chosen nor dropped', () => {
  const play: Play = {
    ...FIVE,
    rows: 500,
    margin: 0.1,
    scoreOf: ({ modelIndex }, line) => (modelIndex === 4 ? null : line),
  }
  const { rule } = playOut(play)
  assert.is(rule.chosen, null)
  assert.is(rule.evidence.droppedAtRow(4), null)
  assert.not.ok(rule.evidence.isAccepted(4))
})

test('rows that the rival has lost count against the one that would be accepted', () => {
  const lossy: Play = {
    models: [
      { skill: 0.9, cost: 5 },
      { skill: 0.9, cost: 1 },
    ],
    rows: 1_000,
    scoreOf: ({ modelIndex, sampleIndex }, line) => (modelIndex === 0 && sampleIndex % 5 === 0 ? null : line),
  }
  const { scoreOf: _lossy, ...whole } = lossy
  assert.is(playOut(whole).rule.chosen, 1)
  assert.is(playOut(lossy).rule.chosen, null)
})

test('an answer that the scorers could not judge is a missing row', () => {
  const failed: Play = { ...FIVE, rows: 200, scoreOf: ({ modelIndex }, line) => (modelIndex === 4 ? null : line) }
  const unscored: Play = {
    ...failed,
    scoreOf: ({ modelIndex }, line) => (modelIndex === 4 ? { ...line, passed: null } : line),
  }
  assert.equal(verdictOf(playOut(unscored).rule), verdictOf(playOut(failed).rule))
})

test('epochs that say the same as the first change nothing', () => {
  const once: Play = { ...FIVE, rows: 400, margin: 0.2 }
  const thrice: Play = { ...once, epochs: 3, scoreOf: (trial) => lineOf({ ...trial, epoch: 1 }, once) }
  assert.equal(verdictOf(playOut(thrice).rule), verdictOf(playOut(once).rule))
})

test('with a reference only that one counts as the best', () => {
  const models = [
    { skill: 0.95, cost: 10 },
    { skill: 0.75, cost: 5 },
    { skill: 0.75, cost: 1 },
    { skill: 0.3, cost: 0.5 },
  ]
  const play: Play = { models, rows: 2_000, margin: 0.1 }
  assert.is(playOut(play).rule.chosen, 0)
  const held = playOut({ ...play, reference: 1 })
  assert.is(held.rule.chosen, 2)
  assert.not.ok(held.rule.evidence.isDropped(1))
})

test('a reference that is the cheapest is taken as soon as costs are known', () => {
  const { rule } = playOut({ ...FIVE, models: FIVE.models.slice(0, 3), reference: 2 })
  assert.is(rule.chosen, 2)
  assert.is(rule.rowsUsed, 30)
})

test('of equal costs the better one is taken, when both are known to be good', () => {
  const models = [
    { skill: 0.9, cost: 1 },
    { skill: 0.97, cost: 1.005 },
  ]
  assert.is(playOut({ models, rows: 3_000, margin: 0.3 }).rule.chosen, 1)
  assert.is(
    playOut({
      models: [
        { skill: 0.9, cost: 1 },
        { skill: 0.97, cost: 1.5 },
      ],
      rows: 3_000,
      margin: 0.3,
    }).rule.chosen,
    0,
  )
})

test('unknown costs leave the ranking to list prices, and what has no price either is the dearest', () => {
  const models = [
    { skill: 0.9, cost: null },
    { skill: 0.9, cost: 1 },
  ]
  assert.is(playOut({ models, rows: 3_000, margin: 0.2 }).rule.chosen, 1)
})

test('graded scores are chosen by under their label', () => {
  const play: Play = {
    models: [
      { skill: 0.9, cost: 5 },
      { skill: 0.9, cost: 1 },
      { skill: 0.9, cost: 0.5 },
    ],
    rows: 1_000,
    margin: 0.1,
    metric: 'score:f1',
    scoreOf: ({ modelIndex, sampleIndex }) =>
      scoreLine({
        costUsd: String(3 - modelIndex),
        passed: true,
        scores: { f1: modelIndex === 2 ? 0.4 : 0.7 + (sampleIndex % 3) / 10 },
      }),
  }
  const { rule } = playOut(play)
  assert.is(rule.chosen, 1)
  assert.ok(rule.evidence.isDropped(2))
})

test.run()
