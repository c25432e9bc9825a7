/** Which nights are green that proved nothing, and which see no key? Steps taken from the YAML and executed. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { githubWorkflow } from '../../src/setup/github-workflow.ts'
import { bodyOf, says, withServer } from '../helpers/server.ts'
import { inProject, ROOT } from './project.ts'
import {
  BY_HAND_ANEW,
  config,
  ended,
  FILE,
  GREEN,
  MODEL,
  model,
  night,
  project,
  SIMULATED,
  SKILL,
  SUNDAY,
  WEEKDAY,
} from './sums.ts'

test('an INCONCLUSIVE night warns, and fails where some drop is proven', () =>
  inProject(project(300, { maxDrop: 0.02 }), async (sums) => {
    await night(sums, BY_HAND_ANEW, (end) => assert.equal(end.jobs(), GREEN))
    await night(sums, SUNDAY, (end) => {
      assert.equal(end.jobs(), GREEN)
      assert.is(end.figures().gate?.verdict, 'INCONCLUSIVE')
      assert.is(end.figures().gate?.metrics[0]?.isDropProven, false)
      assert.match(end.output(), /exit 0: warning: INCONCLUSIVE/)
      assert.ok(end.annotations().includes('warning: INCONCLUSIVE (simulated)'))
    })
    sums.commit({ 'eval.config.js': model(SKILL - 0.1), [FILE]: githubWorkflow({ ...SIMULATED, maxDrop: 0.1 }) })
    await night(sums, SUNDAY, (end) => {
      assert.equal(end.jobs(), ended(1, 'success'))
      assert.is(end.figures().gate?.verdict, 'INCONCLUSIVE')
      assert.is(end.figures().gate?.metrics[0]?.isDropProven, true)
      assert.ok(end.annotations().includes('error: Regression'))
    })
    sums.commit({ 'sums.csv': (sums.file('sums.csv') ?? '').replaceAll('What is', 'How much is') })
    await night(sums, WEEKDAY, (end) => {
      assert.equal(end.jobs(), ended(2))
      assert.ok(end.annotations().includes('error: Setup'))
      assert.match(end.output(), /other dataset/)
    })
  }))

test('the key reaches the step that asks and nothing else; without it, or with nobody there, no night is green', () =>
  inProject(project(60, { keyEnv: 'NIGHTLY_KEY', flags: '' }), async (sums) => {
    const secrets = { NIGHTLY_KEY: 'sk-or-v1-of-the-night' }
    const asks = (url: string): Record<string, string> => ({
      'eval.config.js': config({ baseUrl: url, apiKeyEnv: 'NIGHTLY_KEY', price: `${MODEL}=1/1`, giveUpAfter: '1s' }),
    })
    await withServer(
      (asked) => {
        const [left = 0, right = 0] = (bodyOf(asked).messages[0]?.content.match(/\d+/g) ?? []).map(Number)
        return says(left % 5 === 0 ? '\n::error title=forged::text of a model' : String(left + right))
      },
      async (server) => {
        sums.commit(asks(server.url))
        await night(sums, BY_HAND_ANEW, (end) => {
          assert.is(end.jobs()['Evaluate'], 'failure: Evaluate (2)')
          assert.equal(end.annotations(), ['error: Setup'])
        })
        assert.is(server.asked.length, 0)
        await night(sums, { ...BY_HAND_ANEW, secrets }, (end) => assert.equal(end.jobs(), GREEN))
        assert.is(server.asked[0]?.headers.authorization, `Bearer ${secrets.NIGHTLY_KEY}`)
        await night(sums, { ...SUNDAY, secrets }, (end) => {
          assert.equal(end.jobs(), GREEN)
          assert.not.match(end.output(), /^\s*::error title=forged/m)
        })
      },
    )
    await night(sums, { ...WEEKDAY, secrets }, (end) => {
      assert.equal(end.jobs(), ended(3))
      assert.ok(end.annotations().includes('error: Infrastructure'))
    })
    for (const [name, text] of sums.texts()) assert.not.ok(text.includes(secrets.NIGHTLY_KEY), name)
  }))

/** A dataset that nobody prepared for this; it lies beside the project on the machines that have it. */
const GSM8K = join(ROOT, '..', 'shared', 'datasets', 'gsm8k-test.jsonl')

function onRealData(name: string, run: () => Promise<void>): void {
  if (existsSync(GSM8K)) test(name, run)
  else test.skip(name, run)
}

onRealData('1,319 real questions a night: unchanged ends 0, 25 points worse 1', () => {
  const gsm8k = { dataset: 'gsm8k.jsonl', scorer: 'numeric' }
  return inProject({ ...project(1), 'eval.config.js': model(SKILL, gsm8k) }, async (problems) => {
    problems.commit({ 'gsm8k.jsonl': readFileSync(GSM8K, 'utf8') })
    await night(problems, BY_HAND_ANEW, (end) => {
      assert.equal(end.jobs(), GREEN)
      assert.is(end.figures().completed, 1_319)
    })
    await night(problems, WEEKDAY, (end) => assert.equal(end.jobs(), GREEN))
    problems.commit({ 'eval.config.js': model(SKILL - 0.25, gsm8k) })
    await night(problems, WEEKDAY, (end) => assert.equal(end.jobs(), ended(1, 'success')))
  })
})

test.run()
