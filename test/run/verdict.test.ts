import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Settings } from '../../src/config/types.ts'
import { NO_JUDGE_COSTS } from '../../src/journal/judge-costs.ts'
import { NOTHING_LOST } from '../../src/run/record.ts'
import { Tally } from '../../src/run/tally.ts'
import { type Asked, verdict } from '../../src/run/verdict.ts'
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

test.run()
