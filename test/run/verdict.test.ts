import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Tally } from '../../src/run/tally.ts'
import { type Asked, verdict } from '../../src/run/verdict.ts'
import type { Summary } from '../../src/stats/types.ts'

test('limits are told as they were typed, without digits that a double adds', () => {
  const tally = new Tally(10)
  tally.completed = 9
  tally.failed = 1
  const asked: Asked = { tally, fatal: undefined, unsettledUsd: 0n, overruns: 0, wallMs: 1 }
  const group = { model: 'm', prompt: 'p', passRate: { value: 0.5 } }
  const summary = { groups: [group] } as unknown as Summary
  const { reasons } = verdict(summary, asked, { maxFailed: 0.07, failUnder: 0.8725 }, false)
  assert.equal(reasons, [
    '1 of 10 trials failed, more than --max-failed 7%',
    'm (p) has a pass rate of 50.00 %, below --fail-under 87.25%',
  ])
})

test.run()
