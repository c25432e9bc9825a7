/** Does the nightly workflow end as it says? Its steps are taken from the YAML and executed, in a repository of their own. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { githubWorkflow } from '../../src/setup/github-workflow.ts'
import { inProject } from './project.ts'
import {
  BY_HAND_ANEW,
  config,
  ended,
  FILE,
  GREEN,
  model,
  night,
  project,
  SIMULATED,
  SKILL,
  SUNDAY,
  WEEKDAY,
} from './sums.ts'

test('1,000 questions a night: unchanged ends 0, 25 points worse 1, endpoint down 3, a tenth of the budget 4', () =>
  inProject(project(1_000), async (sums) => {
    await night(sums, WEEKDAY, (end) => {
      assert.is(end.jobs()['Evaluate'], 'failure: Look for the baseline (2)')
      assert.equal(end.annotations(), ['error: No baseline'])
      assert.match(end.summary(), /^## No baseline\n\nresults\/baselines\/nightly\.jsonl is not there/)
    })
    let costUsd = 0
    await night(sums, BY_HAND_ANEW, (end) => {
      assert.equal(end.jobs(), GREEN)
      assert.is(end.figures().completed, 1_000)
      assert.is(end.figures().gate, null)
      costUsd = Number(end.figures().costUsd)
    })
    assert.match(sums.file('results/baselines/nightly.jsonl') ?? '', /\n/)
    for (let again = 0; again < 3; again++)
      await night(sums, WEEKDAY, (end) => {
        assert.equal(end.jobs(), GREEN)
        const { gate, completed } = end.figures()
        assert.is(gate?.verdict, 'PASS')
        assert.ok(completed < 900, `asked ${completed}`)
        assert.match(end.report('report.html'), /<html/)
        assert.match(end.summary(), /PASS/)
        assert.ok(end.annotations().includes('notice: PASS (simulated)'))
      })
    // Somebody pushes while the night is committed.
    const before = { 'Commit and push': () => sums.commit({ 'notes.txt': 'pushed meanwhile' }) }
    await night(sums, { ...SUNDAY, before }, (end) => {
      assert.equal(end.jobs(), GREEN)
      assert.is(end.figures().completed, 1_000)
    })
    assert.is(sums.file('notes.txt'), 'pushed meanwhile')

    const seeds = sums.history().map(({ run_id }) => run_id)
    assert.is(new Set(seeds).size, 5)

    sums.commit({ 'eval.config.js': model(SKILL - 0.25) })
    await night(sums, WEEKDAY, (end) => {
      assert.equal(end.jobs(), ended(1, 'success'))
      assert.is(end.figures().gate?.verdict, 'REGRESSION')
      assert.ok(end.annotations().includes('error: REGRESSION (simulated)'))
      assert.ok(end.annotations().includes('error: Regression'))
      assert.match(end.report('report.html'), /<html/)
    })
    assert.is(sums.history().length, 6)

    sums.commit({
      'eval.config.js': config({ simulator: { 'fail-rate': 1, ttft: '1ms' }, giveUpAfter: '2s', concurrency: 32 }),
    })
    await night(sums, WEEKDAY, (end) => {
      assert.equal(end.jobs(), ended(3))
      assert.ok(end.annotations().includes('error: Infrastructure'))
      assert.match(end.report('report.html'), /<html/)
    })

    const tenth = Number((costUsd / 10).toPrecision(3))
    sums.commit({ 'eval.config.js': model(SKILL), [FILE]: githubWorkflow({ ...SIMULATED, maxCost: tenth }) })
    await night(sums, WEEKDAY, (end) => {
      assert.equal(end.jobs(), ended(4))
      assert.ok(end.annotations().includes('error: Budget'))
    })
    assert.is(sums.history().length, 6)
  }))

test.run()
