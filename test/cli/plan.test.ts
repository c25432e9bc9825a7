/** Does `assay plan` tell what a run would cost, without sending anything or leaving a trace? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { PowerPlan } from '../../src/gate/power/types.ts'
import { parseUsd } from '../../src/lib/usd.ts'
import { questions } from '../helpers/datasets.ts'
import { says, withServer } from '../helpers/server.ts'
import { unwrapped } from '../helpers/unwrapped.ts'
import { inWorkdir } from '../helpers/workdir.ts'

/** What --json prints for each model. */
interface PlannedModel {
  readonly model: string
  readonly trials: number
  readonly promptTokens: number
  readonly completionTokensAtMost: number
  readonly promptsUsd: string | null
  readonly atMostUsd: string | null
  readonly price: string
}

test('rows, tokens, a range of dollars and where each price comes from, and nothing is sent or written', async () => {
  await inWorkdir({ 'qa.csv': questions(20) }, async (work) => {
    await withServer(
      () => says('never asked for'),
      async (server) => {
        const models = ['--model', 'mistralai/mistral-small', '--model', 'my/own', '--model', 'her/own']
        const args = ['plan', '--dataset', 'qa.csv', '--base-url', server.url, '--epochs', '3']
        const ended = await work.assay([...args, ...models, '--price', 'my/own=1/2'])
        assert.is(ended.status, 0)
        assert.is(ended.stderr, '')
        assert.match(ended.stdout, /qa\.csv: 20 samples × 1 prompt × 3 models × 3 epochs\. Nothing is sent\./)
        assert.match(
          ended.stdout,
          /mistralai\/mistral-small: \$0\.2 in \/ \$0\.6 out per million, OpenRouter's page of the model/,
        )
        assert.match(ended.stdout, /my\/own: \$1 in \/ \$2 out per million, given by hand/)
        assert.match(ended.stdout, /her\/own: unknown: give one with --price/)
        assert.match(ended.stdout, /│ unknown +│/)
        assert.is(server.asked.length, 0)
        assert.equal(ended.files, ['qa.csv'])
      },
    )
  })
})

test('--json gives the numbers, and the run that follows stays within them', async () => {
  await inWorkdir({ 'qa.csv': questions(30) }, async (work) => {
    const args = ['--dataset', 'qa.csv', '--simulate', '--max-tokens', '100']
    const planned = await work.assay(['plan', ...args, '--json'])
    assert.is(planned.status, 0)
    const [model] = JSON.parse(planned.stdout) as PlannedModel[]
    assert.equal([model?.model, model?.trials, model?.completionTokensAtMost], ['mistralai/mistral-small', 30, 3_000])
    const usd = (decimal: string | null | undefined): bigint => parseUsd(decimal ?? '') ?? 0n
    assert.is(model?.promptsUsd, exactly(model?.promptTokens ?? 0))
    assert.ok(usd(model?.promptsUsd) < usd(model?.atMostUsd))
    assert.is((await work.assay(['eval', ...args])).status, 0)
    const { costUsd } = work.run().summary()
    assert.ok(usd(costUsd) > 0n && usd(costUsd) <= usd(model?.atMostUsd), `${costUsd} of at most ${model?.atMostUsd}`)
  })
})

/** USD for so many prompt tokens at 0.2 per million. */
function exactly(promptTokens: number): string {
  return (promptTokens * 2e-7).toFixed(12).replace(/0+$/, '')
}

test('a prompt that is too long is refused as by eval', async () => {
  await inWorkdir({ 'qa.csv': questions(1) }, async (work) => {
    const ended = await work.assay(['plan', '--dataset', 'qa.csv', '--max-tokens', '31999'])
    assert.is(ended.status, 2)
    assert.match(ended.stderr, /qa\.csv:2: the prompt has about \d+ tokens, .* more than the 32,000/)
  })
})

test('a folder that nothing can be written to is no hindrance', async () => {
  // A file in the way of the folder results stands in for one that is read-only, which root may write to.
  await inWorkdir({ 'qa.csv': questions(3), results: 'in the way' }, async (work) => {
    const ended = await work.assay(['plan', '--dataset', 'qa.csv'])
    assert.equal([ended.status, ended.stderr], [0, ''])
  })
})

test('nothing is left among the temporary files either', async () => {
  await inWorkdir({ 'qa.csv': questions(3), 'tmp/keep': '' }, async (work) => {
    const ended = await work.assay(['plan', '--dataset', 'qa.csv'], { env: { TMPDIR: `${work.path}/tmp` } })
    assert.is(ended.status, 0)
    assert.equal(ended.files, ['qa.csv', 'tmp/keep'])
  })
})

test('a column of too many different values cannot be sliced by', async () => {
  const rows = (kinds: number): string =>
    `question,expected,kind\n${Array.from({ length: 300 }, (_, index) => `Q${index}?,A,${index % kinds}\n`).join('')}`
  await inWorkdir({ 'few.csv': rows(200), 'many.csv': rows(201) }, async (work) => {
    const few = await work.assay(['plan', '-d', 'few.csv', '--slice', 'Kind'])
    assert.equal([few.status, few.stderr], [0, ''])
    for (const command of ['plan', 'eval']) {
      const many = await work.assay([command, '-d', 'many.csv', '--slice', 'Kind'])
      assert.is(many.status, 2)
      assert.match(many.stderr, /^assay: many\.csv:202: --slice Kind: the column has more than 200 different values/)
      assert.equal(many.files, ['few.csv', 'many.csv'])
    }
  })
})

test('power: the smallest drop for the rows there are, and the rows for a margin; the noise is assumed or measured', async () => {
  await inWorkdir({ 'qa.csv': questions(100) }, async (work) => {
    const plan = ['plan', '--dataset', 'qa.csv', '--simulate']
    const alone = await work.assay(plan)
    assert.equal([alone.status, alone.stderr], [0, ''])
    assert.match(unwrapped(alone.stdout), /Power: pass_rate; assumed, .* differ in 20\.0 % of samples\./)
    // (1.645 + 0.842)·√0.2/√100
    assert.match(unwrapped(alone.stdout), /100 rows \(alpha 5\.0 %\) prove a drop of 11\.1 points in 80 % of runs\.\n$/)

    const margin = await work.assay([...plan, '--max-drop', '0.05'])
    assert.match(unwrapped(margin.stdout), /about 495 rows in 80 % of runs, and 866 in 95 %; 100 rows are too few\./)
    assert.match(
      unwrapped(margin.stdout),
      /With --sequential: .* about 480 rows in the mean, and 960 for seven of eight runs\./,
    )

    for (const seed of ['1', '2']) {
      const args = ['eval', '-d', 'qa.csv', '--simulate', '--quiet', '--seed', seed, '--out', `night-${seed}`]
      assert.is((await work.assay(args)).status, 0)
    }
    const baselines = ['--baseline', 'night-1', '--baseline', 'night-2']
    const { stdout } = await work.assay([...plan, '--max-drop', '0.05', ...baselines, '--json'])
    const [planned] = JSON.parse(stdout) as { model: string; power: PowerPlan[] }[]
    const [power] = planned?.power ?? []
    const failed = [1, 2].map((night) =>
      work
        .runAt(`night-${night}`)
        .results()
        .map(({ pass }) => pass),
    )
    const differing = failed[0]?.filter((pass, index) => pass !== failed[1]?.[index]).length ?? 0
    assert.equal([power?.noise.source, power?.noise.samples, power?.baselineAnswers], ['measured', 100, 2])
    assert.is(power?.noise.discordance.toFixed(9), (differing / 100).toFixed(9))

    const one = await work.assay([...plan, '--max-drop', '0.05', '--baseline', 'night-1'])
    assert.match(unwrapped(one.stdout), /Power: pass_rate; assumed, /)
  })
})

test('a baseline that is not there is told before anything is planned', async () => {
  await inWorkdir({ 'qa.csv': questions(5) }, async (work) => {
    const ended = await work.assay(['plan', '-d', 'qa.csv', '--max-drop', '0.05', '--baseline', 'nowhere'])
    assert.equal([ended.status, ended.stdout], [2, ''])
    assert.match(ended.stderr, /--baseline nowhere: /)
  })
})

test.run()
