import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ChoiceReport } from '../../src/gate/choose/types.ts'
import { questions } from '../helpers/datasets.ts'
import { unwrapped } from '../helpers/unwrapped.ts'
import { type Ended, inWorkdir, type Workdir } from '../helpers/workdir.ts'

const PLENTY = { 'qa.csv': questions(600) }
const MODELS = ['maker/large', 'other/small', 'other/tiny']
const SKILLS = { 'maker/large': 0.95, 'other/small': 0.95, 'other/tiny': 0.5 }
const PRICES = { 'maker/large': '10/10', 'other/small': '1/1', 'other/tiny': '0.5/0.5' }

/** Three simulated models: a good dear one, a good cheap one, and one that is cheap and bad. */
const SIMULATED = [
  '--simulate',
  ...MODELS.flatMap((model) => ['-m', model]),
  ...Object.entries(SKILLS).flatMap(([model, skill]) => ['--simulator', `skill=${model}:${skill}`]),
  ...Object.entries(PRICES).flatMap(([model, price]) => ['--price', `${model}=${price}`]),
  '--simulator',
  'ttft=1ms',
  '--simulator',
  'token-gap=0ms',
]

const CHOOSE = ['choose', '-d', 'qa.csv', '--max-drop', '0.1', ...SIMULATED]

function choiceOf(work: Workdir): ChoiceReport & { readonly sentence: string } {
  return JSON.parse(work.run().text('choice.json')) as ChoiceReport & { readonly sentence: string }
}

function asked(ended: Ended): string {
  return /Asked ([\d,]+) of/.exec(ended.stdout)?.[1] ?? ''
}

test('choose names the cheapest good model in one sentence, asks a part of the trials, and leaves a run behind', async () => {
  await inWorkdir(PLENTY, async (work) => {
    const ended = await work.assay(CHOOSE)
    assert.is(ended.status, 0)
    assert.match(unwrapped(ended.stdout), /^SIMULATED · Take other\/small: not worse than the best/)
    assert.match(unwrapped(ended.stdout), /asking all would have cost about \$/)
    const choice = choiceOf(work)
    assert.is(choice.chosen?.model, 'other/small')
    assert.is(choice.simulated, true)
    assert.ok(unwrapped(ended.stdout).includes(choice.sentence))
    const rows = work.run().results()
    assert.is(rows.length, 1_800)
    const sent = rows.filter(({ status }) => status === 'completed')
    assert.is(sent.length, choice.trialsAsked)
    assert.ok(sent.length < 1_200, `${sent.length} trials`)
    assert.ok(rows.some(({ status, model }) => status === 'skipped_stopped' && model === 'other/tiny'))
  })
})

test('choose --json writes what choice.json holds, and everything for people elsewhere', async () => {
  await inWorkdir(PLENTY, async (work) => {
    const ended = await work.assay([...CHOOSE, '--json'])
    assert.equal(JSON.parse(ended.stdout), choiceOf(work))
    assert.match(ended.stderr, /Take other\/small/)
  })
})

test('a choice that was killed chooses the same when it is gone on with', async () => {
  await inWorkdir(PLENTY, async (work) => {
    await work.assay([...CHOOSE, '--out', 'whole'])
    const program = work.start([...CHOOSE, '--out', 'killed', '--simulator', 'ttft=15ms'])
    await program.says('stderr', /asking maker/)
    while (
      !work.files('killed').includes('killed/scores.jsonl') ||
      work.runAt('killed').text('scores.jsonl').length < 40_000
    ) {
      await new Promise((wait) => setTimeout(wait, 20))
    }
    await program.kill()
    assert.not.ok(work.files('killed').includes('killed/choice.json'), 'it was over before it was killed')
    const ended = await work.assay(['choose', '--resume', 'killed'])
    assert.is(ended.status, 0)
    const [whole, killed] = ['whole', 'killed'].map(
      (name) => JSON.parse(work.runAt(name).text('choice.json')) as ChoiceReport,
    )
    assert.is(killed?.rowsUsed, whole?.rowsUsed)
    assert.equal(killed?.chosen, whole?.chosen)
    const again = await work.assay(['choose', '--resume', 'killed'])
    assert.is(again.status, 0)
    assert.is(asked(again), asked(ended))
  })
})

test('too few rows end as INCONCLUSIVE, with an exit code of its own that can be mapped', async () => {
  await inWorkdir({ 'qa.csv': questions(30) }, async (work) => {
    const ended = await work.assay([...CHOOSE, '--out', 'a'])
    assert.is(ended.status, 5)
    assert.match(
      unwrapped(ended.stdout),
      /INCONCLUSIVE after all 30 rows: it is open whether .*; about [\d,]+ more rows would settle it\./,
    )
    assert.match(ended.stderr, /exit 5: INCONCLUSIVE: undecided are /)
    assert.is((await work.assay([...CHOOSE, '--inconclusive', 'pass', '--out', 'b'])).status, 0)
    assert.is((await work.assay([...CHOOSE, '--inconclusive', 'fail', '--out', 'c'])).status, 1)
  })
})

test('a budget that ends first is exit code 4, and the way on is named', async () => {
  await inWorkdir(PLENTY, async (work) => {
    const ended = await work.assay([...CHOOSE, '--max-tokens', '16', '--max-cost', '0.002'])
    assert.is(ended.status, 4)
    assert.is(choiceOf(work).verdict, 'INCONCLUSIVE')
    assert.match(ended.stderr, /to go on: assay choose --resume results\//)
  })
})

test('a named reference is what the others are held against', async () => {
  await inWorkdir(PLENTY, async (work) => {
    const ended = await work.assay([...CHOOSE, '--reference', 'other/tiny'])
    assert.is(ended.status, 0)
    assert.match(unwrapped(ended.stdout), /Take other\/tiny: it is the reference/)
  })
})

const REFUSED: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'one model',
    ['--simulate', '-m', 'a/b', '--max-drop', '0.1'],
    /--model a\/b: one model alone leaves nothing to choose/,
  ],
  ['no margin', SIMULATED, /--max-drop is missing/],
  ['a margin of nothing', [...SIMULATED, '--max-drop', '0'], /margin/],
  [
    'a reference that is not asked',
    [...SIMULATED, '--max-drop', '0.1', '--reference', 'maker/larg'],
    /--reference maker\/larg: it is none of the models that are asked, .* Did you mean "maker\/large"\?/,
  ],
  [
    'a metric that is no quality',
    [...SIMULATED, '--max-drop', '0.1', '--metric', 'cost'],
    /--metric cost: models are chosen by one measure of quality/,
  ],
  ['a score that nobody makes', [...SIMULATED, '--max-drop', '0.1', '--metric', 'score:nothing'], /score:nothing/],
  [
    'a model without a price',
    [
      '--base-url',
      'http://127.0.0.1:9/v1',
      '-m',
      'a',
      '-m',
      'b',
      '--price',
      'a=1/1',
      '--max-drop',
      '0.1',
      '--max-cost',
      'none',
    ],
    /no price is known for b, so nobody could say which is the cheapest.*--price b=/,
  ],
  ['rows that hang together', [...SIMULATED, '--max-drop', '0.1', '--cluster', 'question'], /cluster/],
]

for (const [name, args, message] of REFUSED) {
  test(`choose refuses ${name} before anything is sent, and leaves nothing behind`, async () => {
    await inWorkdir({ 'qa.csv': questions(40) }, async (work) => {
      const ended = await work.assay(['choose', '-d', 'qa.csv', ...args])
      assert.is(ended.status, 2)
      assert.match(ended.stderr, message)
      assert.equal(
        ended.files.filter((file) => file.startsWith('results/') && !file.endsWith('/')),
        [],
      )
    })
  })
}

test('a reference means nothing to eval, which says so', async () => {
  await inWorkdir(PLENTY, async (work) => {
    const ended = await work.assay(['eval', '-d', 'qa.csv', '--simulate', '--reference', 'maker/large'])
    assert.is(ended.status, 2)
    assert.match(ended.stderr, /--reference says what assay choose holds models against/)
  })
})

test('choose refuses answers that nothing scores', async () => {
  await inWorkdir({ 'qa.csv': 'question\nWhat?\nWho?\n' }, async (work) => {
    const ended = await work.assay(['choose', '-d', 'qa.csv', ...SIMULATED, '--max-drop', '0.1'])
    assert.is(ended.status, 2)
    assert.match(ended.stderr, /nothing scores these answers/)
  })
})

test.run()
