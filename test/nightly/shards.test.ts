/** Does a night that is shared among machines end as one on a single machine? Steps taken from the YAML and executed. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { githubWorkflow } from '../../src/setup/github-workflow.ts'
import type { Summary } from '../../src/stats/types.ts'
import { inProject } from './project.ts'
import { config, FILE, model, night, project, SIMULATED, SKILL } from './sums.ts'

const SHARDED = { ...SIMULATED, shards: 3 }
const ANEW = { inputs: { 'new-baseline': true } }
const TONIGHT = { schedule: '17 3 * * *' }

/** What the jobs come to when the shards do as they should. */
function jobs(merge: string, record: string): Record<string, string> {
  const shards = [1, 2, 3].map((shard) => [`Shard ${shard} of 3`, 'success'])
  return { ...Object.fromEntries(shards), 'Merge and judge': merge, 'Commit the history': record }
}

test('three shards make a baseline, pass an unchanged model, find one that is worse, and have no verdict when the endpoint is down', () =>
  inProject(project(300, SHARDED), async (sums) => {
    await night(sums, TONIGHT, (end) => {
      assert.is(end.jobs()['Shard 1 of 3'], 'failure: Look for the baseline (2)')
      assert.is(end.jobs()['Merge and judge'], 'skipped')
    })
    await night(sums, ANEW, (end) => {
      assert.equal(end.jobs(), jobs('success', 'success'))
      assert.is(end.figures().completed, 300)
    })
    let merged: Summary | undefined
    await night(sums, TONIGHT, (end) => {
      assert.equal(end.jobs(), jobs('success', 'success'))
      merged = end.figures()
      assert.is(end.figures().gate?.verdict, 'PASS')
      assert.is(end.figures().gate?.metrics[0]?.pairs, 300)
      assert.match(end.summary(), /PASS/)
    })
    // One machine or three: the same answers, the same figures.
    sums.commit({ [FILE]: githubWorkflow(SIMULATED) })
    await night(sums, { inputs: { whole: true, seed: '3' } }, (whole) => {
      const { gate, groups } = whole.figures()
      assert.equal(merged?.gate?.metrics, gate?.metrics)
      assert.equal(merged?.groups[0]?.passRate, groups[0]?.passRate)
    })
    sums.commit({ [FILE]: githubWorkflow(SHARDED), 'eval.config.js': model(SKILL - 0.25) })
    await night(sums, TONIGHT, (end) => {
      assert.equal(end.jobs(), jobs('failure: Outcome (1)', 'success'))
      assert.is(end.figures().gate?.verdict, 'REGRESSION')
      assert.ok(end.annotations().includes('error: Regression'))
    })
    assert.is(sums.history().length, 4)
    const down = { simulator: { 'fail-rate': 1, ttft: '1ms' }, giveUpAfter: '1s', concurrency: 32 }
    sums.commit({ 'eval.config.js': config(down) })
    await night(sums, TONIGHT, (end) => {
      assert.equal(end.jobs(), {
        'Shard 1 of 3': 'failure: Outcome (3)',
        'Shard 2 of 3': 'failure: Outcome (3)',
        'Shard 3 of 3': 'failure: Outcome (3)',
        'Merge and judge': 'skipped',
        'Commit the history': 'skipped',
      })
      assert.ok(end.annotations().includes('error: Infrastructure'))
    })
    assert.is(sums.history().length, 4)
  }))

test.run()
