import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Settings } from '../../src/config/types.ts'
import { NO_JUDGE_COSTS } from '../../src/journal/judge-costs.ts'
import { NOTHING_LOST } from '../../src/run/record.ts'
import { Tally } from '../../src/run/tally.ts'
import type { GateReport, MetricVerdict } from '../../src/gate/types.ts'
import { type Asked, gateExit, verdict } from '../../src/run/verdict.ts'
import type { Summary } from '../../src/stats/types.ts'

const ASKED: Asked = {
  tally: new Tally(1),
  fatal: undefined,
  gaveUp: undefined,
  unsettled: NOTHING_LOST,
  overruns: 0,
  committedUsd: 0n,
  leastRefusedUsd: null,
  wallMs: 1,
  pace: { refused: 0, pauses: 0, pausedMs: 0, timeline: [] },
  judges: { costs: NO_JUDGE_COSTS, skippedByBudget: 0, failed: 0 },
}

const LIMITS: Pick<Settings, 'maxFailed' | 'failUnder' | 'gate'> = {
  maxFailed: 0.05,
  failUnder: null,
  gate: {
    baselines: [],
    metrics: [],
    maxDrop: null,
    alpha: 0.05,
    alarmOn: 'over-margin',
    sequential: false,
    inconclusive: null,
    reference: null,
  },
}

const NOTHING_ELSE = { interrupted: false, noVerdict: null }

test('limits are told as they were typed, without digits that a double adds', () => {
  const asked: Asked = { ...ASKED, tally: new Tally(10) }
  const group = { model: 'm', prompt: 'p', passRate: { value: 0.5 } }
  const summary = { completed: 9, failed: 1, groups: [group], gate: null } as unknown as Summary
  const { reasons } = verdict(summary, asked, { ...LIMITS, maxFailed: 0.07, failUnder: 0.8725 }, NOTHING_ELSE)
  assert.equal(reasons, [
    '1 of 10 trials failed, more than --max-failed 7%',
    'm (p) has a pass rate of 50.00 %, below --fail-under 87.25%',
  ])
})

test('an endpoint that was given up is told with how long it was silent, its last failure and what to do', () => {
  const gaveUp = { silentMs: 300_000, givesUpInMs: 0, lastFailure: 'network: cannot connect to example.org: refused.' }
  const summary = { completed: 3, failed: 2, skipped: 40, groups: [], gate: null } as unknown as Summary
  const { exitCode, reasons } = verdict(summary, { ...ASKED, gaveUp }, LIMITS, NOTHING_ELSE)
  assert.is(exitCode, 3)
  assert.equal(reasons, [
    'the endpoint gave no answer for 5m 00s (--give-up-after); its last failure was network: cannot connect to example.org: refused. ' +
      'Go on with --resume when it is back: 40 trials left to ask.',
  ])
})

/** A comparison of which only what the exit code depends on is filled in. */
function comparison(
  word: GateReport['verdict'],
  ...metrics: readonly Partial<Pick<MetricVerdict, 'verdict' | 'pairs' | 'withheld' | 'isDropProven'>>[]
): GateReport {
  const usual = {
    metric: { name: 'pass_rate' },
    model: 'm',
    verdict: word,
    pairs: 10,
    withheld: null,
    isDropProven: false,
  }
  const all = metrics.map((one) => Object.assign({}, usual, one))
  return { verdict: word, metrics: all, baseline: { name: 'nightly' } } as unknown as GateReport
}

function exitOf(report: GateReport, mapped: 'pass' | 'fail' | 'fail-on-drop' | null): (number | string)[] {
  return gateExit(report, mapped).flat()
}

test('INCONCLUSIVE with fail-on-drop ends with 1 where a drop is proven, else with 0 and a warning', () => {
  assert.equal(exitOf(comparison('INCONCLUSIVE', { isDropProven: true }), 'fail-on-drop'), [
    1,
    'INCONCLUSIVE against nightly: pass_rate of m; that it has become worse at all is proven (--inconclusive fail-on-drop)',
  ])
  assert.equal(exitOf(comparison('INCONCLUSIVE', {}), 'fail-on-drop'), [
    0,
    'warning: INCONCLUSIVE against nightly: pass_rate of m; it is not proven to have become worse at all (--inconclusive fail-on-drop)',
  ])
})

test('a drop within the margin of a metric that passes does not fail another that is open', () => {
  const report = comparison('INCONCLUSIVE', { verdict: 'PASS', isDropProven: true }, {})
  assert.is(exitOf(report, 'fail-on-drop')[0], 0)
})

test('PASS and REGRESSION end the same whatever INCONCLUSIVE is mapped to', () => {
  for (const mapped of [null, 'pass', 'fail', 'fail-on-drop'] as const) {
    assert.equal(exitOf(comparison('PASS', { isDropProven: true }), mapped), [])
    assert.is(exitOf(comparison('REGRESSION', { isDropProven: true }), mapped)[0], 1)
  }
})

test('where nothing was compared no mapping lets the run through', () => {
  const empty = [comparison('INCONCLUSIVE'), comparison('INCONCLUSIVE', {}, { pairs: 0 })]
  for (const report of empty)
    for (const mapped of ['pass', 'fail', 'fail-on-drop', null] as const) {
      assert.is(exitOf(report, mapped)[0], mapped === 'fail' ? 1 : 5)
    }
  for (const withheld of ['copies', 'incomplete'] as const) {
    assert.is(exitOf(comparison('INCONCLUSIVE', { withheld }), 'fail-on-drop')[0], 5)
  }
  assert.is(exitOf(comparison('INCONCLUSIVE', { withheld: 'missing' }), 'fail-on-drop')[0], 0)
})

test('a proven drop is no less proven where another metric was not compared', () => {
  for (const other of [{ pairs: 0 }, { withheld: 'incomplete' }, { verdict: 'PASS', pairs: 0 }] as const) {
    assert.is(exitOf(comparison('INCONCLUSIVE', { isDropProven: true }, other), 'fail-on-drop')[0], 1)
  }
  assert.is(exitOf(comparison('INCONCLUSIVE', { isDropProven: true, withheld: 'copies' }), 'fail-on-drop')[0], 5)
})

test('a run that broke off does not speak of a verdict that was let through', () => {
  const gate = { ...LIMITS.gate, inconclusive: 'fail-on-drop' as const }
  const summary = {
    completed: 9,
    failed: 1,
    groups: [],
    gate: comparison('INCONCLUSIVE', {}),
  } as unknown as Summary
  const asked: Asked = { ...ASKED, tally: new Tally(10) }
  const broken = verdict(summary, asked, { ...LIMITS, gate }, NOTHING_ELSE)
  assert.is(broken.exitCode, 3)
  assert.equal(broken.reasons, ['1 of 10 trials failed, more than --max-failed 5%'])
  const whole = verdict(summary, asked, { ...LIMITS, maxFailed: 0.2, gate }, NOTHING_ELSE)
  assert.is(whole.exitCode, 0)
  assert.match(whole.reasons.join(), /^warning: INCONCLUSIVE/)
})

test.run()
