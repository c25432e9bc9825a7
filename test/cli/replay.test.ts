/** Are outputs that exist already scored as they stand, at no cost and without a network? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { answerTo } from '../helpers/datasets.ts'
import { JudgeBooks } from '../helpers/judge-server.ts'
import { type Answer, type Asked, fails, questionOf, says, withServer } from '../helpers/server.ts'
import { type Ended, inWorkdir, type RunFolder, type Workdir } from '../helpers/workdir.ts'

const REPLAY = ['eval', '-d', 'rec.csv', '--provider', 'replay', '--replay-column', 'output', '--out', 'run']

function assertEnds({ status, signal }: Ended, code: number): void {
  assert.equal({ status, signal }, { status: code, signal: null })
}

function columnOf(run: RunFolder, name: string): (string | undefined)[] {
  return run.results().map((row) => row[name])
}

/** Every row asks in its own words; `outputs` are what was recorded. */
function recorded(outputs: readonly string[]): string {
  const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`
  const lines = outputs.map((output, row) => `Question ${row}?,Answer ${row},${cell(output)}\n`)
  return `question,expected,output\n${lines.join('')}`
}

const rightly = (asked: Asked): Answer => says(answerTo(questionOf(asked)))

test('outputs of a column are scored byte for byte, an empty one as well, and what nobody recorded is empty', async () => {
  const outputs = [
    'Answer 0',
    '',
    'Antwort „1“ 你好 🙂',
    '"quoted", and\nof two lines',
    'e\u0301\u00a0\u200b',
    '=1+1',
    '  ',
  ]
  await inWorkdir({ 'rec.csv': recorded(outputs) }, async (work) => {
    const ended = await work.assay(REPLAY)
    assertEnds(ended, 0)
    assert.match(ended.stderr, /scoring recorded outputs of recorded from the column output: no model is asked/)
    assert.not.match(ended.stdout + ended.stderr, /SIMULATED/)
    const run = work.runAt('run')
    assert.equal(columnOf(run, 'output'), outputs)
    assert.equal(columnOf(run, 'pass'), ['true', ...Array(6).fill('false')])
    assert.equal(columnOf(run, 'cost_usd'), Array(7).fill('0'))
    assert.equal(columnOf(run, 'cost_source'), Array(7).fill('replay'))
    for (const column of [
      'latency_ms',
      'ttft_ms',
      'finish_reason',
      'prompt_tokens',
      'completion_tokens',
      'output_tps',
    ]) {
      assert.equal(columnOf(run, column), Array(7).fill(''), column)
    }
    assert.equal(columnOf(run, 'model'), Array(7).fill('recorded'))
    const { costUsd, possiblyBilled, completed, simulated } = run.summary()
    assert.equal([costUsd, possiblyBilled, completed, simulated], ['0', 0, 7, false])
    assert.equal(run.manifest().provider, { name: 'replay', baseUrl: '' })
    assert.not.ok(run.journal().some(({ type }) => type === 'started'))
  })
})

test('a label names the outputs, and neither prices, keys nor CI are asked about', async () => {
  await inWorkdir({ 'rec.csv': recorded(['Answer 0']) }, async (work) => {
    const env = { CI: 'true', HTTPS_PROXY: 'http://127.0.0.1:9', OPENROUTER_API_KEY: 'sk-or-none' }
    assertEnds(await work.assay([...REPLAY, '--model', 'acme/last-month', '--max-cost', '0.01'], { env }), 0)
    assert.equal(columnOf(work.runAt('run'), 'model'), ['acme/last-month'])
    assert.equal(work.runAt('run').summary().costUsd, '0')
  })
})

test('a column that is not there, and rows without it, are told before anything is written', async () => {
  const rows =
    '{"question":"a","expected":"1","output":"1"}\n{"question":"b","expected":"2"}\n{"question":"c","expected":"3","output":""}\n'
  const ofJsonl = REPLAY.with(REPLAY.indexOf('rec.csv'), 'rec.jsonl')
  await inWorkdir({ 'rec.csv': recorded(['x']), 'rec.jsonl': rows }, async (work) => {
    const missing = await work.assay(REPLAY.with(REPLAY.indexOf('output'), 'outptu'))
    assertEnds(missing, 2)
    assert.match(missing.stderr, /--replay-column "outptu": rec\.csv has no such column\. Did you mean "output"\?/)
    const lacking = await work.assay(ofJsonl)
    assertEnds(lacking, 2)
    assert.match(
      lacking.stderr,
      /rec\.jsonl:2: the row has no "output" \(--replay-column\)\. Leave the row out, or add it\./,
    )
    assert.not.match(lacking.stderr, /rec\.jsonl:3/)
    assert.not.ok(work.files().some((file) => file.startsWith('run/') || file.startsWith('results/')))
    assertEnds(await work.assay([...ofJsonl, '--where', 'question=c']), 0)
  })
})

test('what does not fit together is told with the fix, and nothing is written', async () => {
  await inWorkdir({ 'rec.csv': recorded(['x']) }, async (work) => {
    const refusals: readonly [readonly string[], string][] = [
      [
        ['--provider', 'replay'],
        '--provider replay scores outputs that exist already. Say where they are: --replay-column output (a column of the dataset), or --replay-run results/<run>.',
      ],
      [
        ['--replay-column', 'output'],
        '--replay-column says where recorded outputs are; nobody is asked for them then. Add --provider replay.',
      ],
      [['--replay-run', 'latest'], '--replay-run latest: there is no run under results/. Begin one with assay eval.'],
      [
        ['--provider', 'replay', '--replay-column', 'output', '--replay-run', 'latest'],
        '--replay-run latest: there is no run under results/. Begin one with assay eval.',
      ],
      [
        ['--human', 'expected', '--simulate'],
        '--human names verdicts on outputs that stand in the dataset, and these are asked for anew. Take it with --provider replay --replay-column; ' +
          'for answers of a run, label its results.csv and use assay calibrate.',
      ],
    ]
    for (const [flags, message] of refusals) {
      const refused = await work.assay(['eval', '-d', 'rec.csv', ...flags])
      assertEnds(refused, 2)
      assert.is(refused.stderr, `assay: ${message}\n`)
    }
    assertEnds(await work.assay([...REPLAY]), 0)
    const both = await work.assay([
      'eval',
      '-d',
      'rec.csv',
      '--provider',
      'replay',
      '--replay-column',
      'output',
      '--replay-run',
      'run',
    ])
    assertEnds(both, 2)
    assert.is(both.stderr, 'assay: --replay-column and --replay-run both say where the outputs are. Leave one out.\n')
    assert.not.ok(work.files().some((file) => file.startsWith('results/')))
  })
})

test('outputs without any question are scored, and a row is the same row when its output is another', async () => {
  const rows = (outputs: readonly string[]): string =>
    `topic,expected,output,human\n${outputs.map((output, row) => `t${row % 2},e${row},${output},${row === 0 ? 'pass' : ''}\n`).join('')}`
  await inWorkdir({ 'rec.csv': rows(['e0', 'e1', 'x', 'e3']) }, async (work) => {
    const run = work.runAt('run')
    assertEnds(await work.assay([...REPLAY, '--human', 'human']), 0)
    const ids = columnOf(run, 'sample_id')
    assert.is(new Set(ids).size, 4)
    assert.equal(columnOf(run, 'pass'), ['true', 'true', 'false', 'true'])
    assert.equal(columnOf(run, 'prompt'), Array(4).fill('none'))
    const before = run.scores().length
    work.write('rec.csv', rows(['e0', 'e1', 'e2', 'e3']))
    const resumed = await work.assay(['eval', '--resume', 'run'])
    assertEnds(resumed, 0)
    assert.match(resumed.stderr, /3 reused, 1 re-run since what they ask has changed/)
    assert.equal(columnOf(run, 'sample_id'), ids)
    assert.equal(columnOf(run, 'pass'), Array(4).fill('true'))
    assert.equal(columnOf(run, 'output'), ['e0', 'e1', 'e2', 'e3'])
    // One line that the old score holds no longer, and the new one.
    assert.is(run.scores().length, before + 2)
  })
})

test('a judge over recorded outputs is asked and paid, under the budget, and once', async () => {
  const books = new JudgeBooks()
  await inWorkdir({ 'rec.csv': recorded(['Answer 0', 'no', 'Answer 2']) }, (work) =>
    withServer(books.script, async (judge) => {
      const noPlace = await work.assay([...REPLAY, '--scorer', 'factuality', '--judge', 'j'], { env: { CI: 'true' } })
      assertEnds(noPlace, 2)
      assert.match(noPlace.stderr, /--judge-provider/)
      const args = [
        ...REPLAY,
        '--scorer',
        'factuality',
        '--judge',
        'j',
        '--judge-base-url',
        judge.url,
        '--price',
        'j=3/4',
      ]
      assertEnds(await work.assay([...args, '--max-cost', '1']), 0)
      const run = work.runAt('run')
      assert.equal(columnOf(run, 'score:factuality'), ['1', '0', '1'])
      assert.equal([run.summary().costUsd, run.summary().judgeCostUsd, judge.asked.length], ['0', '0.000114', 3])
      work.write('rec.csv', recorded(['Answer 0', 'Answer 1', 'Answer 2']))
      assertEnds(await work.assay(['eval', '--resume', 'run']), 0)
      assert.is(judge.asked.length, 4, 'the edited output alone is judged')
      assert.equal(columnOf(run, 'score:factuality'), ['1', '1', '1'])
      assertEnds(await work.assay(['score', 'run', '--scorer', 'exact']), 0)
      assert.is(judge.asked.length, 4)
    }),
  )
})

test('verdicts of people correct the pass rate, and a word that is none is told with its line', async () => {
  const rows = Array.from({ length: 200 }, (_, row) => {
    const passes = row % 2 === 0
    // People disagree with every tenth verdict, and have not looked at the second half.
    const human = row >= 120 ? '' : passes !== (row % 10 === 0) ? 'pass' : 'fail'
    return `q${row},yes,${passes ? 'yes' : 'no'},${human}\n`
  })
  await inWorkdir({ 'rec.csv': `question,expected,output,human\n${rows.join('')}` }, async (work) => {
    const ended = await work.assay([...REPLAY, '--human', 'human'])
    assertEnds(ended, 0)
    const [group] = work.runAt('run').summary().groups
    assert.is(group?.passRate.value, 0.5)
    assert.match(JSON.stringify(group), /"labelled":120/)
    work.write('rec.csv', 'question,expected,output,human\na,1,1,maybe\n')
    const refused = await work.assay([...REPLAY.with(REPLAY.indexOf('run'), 'other'), '--human', 'human'])
    assertEnds(refused, 2)
    assert.match(refused.stderr, /rec\.csv:2: column "human" \(--human\): "maybe" is no verdict\. Expected /)
  })
})

/** A run of two models, two prompts and two epochs in `first`; every model fails on one question. */
async function withFirstRun(use: (work: Workdir) => Promise<void>): Promise<void> {
  const lines = Array.from({ length: 10 }, (_, row) => `r${row},Question ${row}?,Answer ${row}\n`)
  let count = 0
  const script = (asked: Asked): Answer =>
    questionOf(asked).includes('Question 3?')
      ? fails(400, 'not this one')
      : says(`${answerTo(questionOf(asked).replace('Short: ', ''))} (${count++})`)
  await inWorkdir({ 'qa.csv': `id,question,expected\n${lines.join('')}` }, async (work) => {
    await withServer(script, async ({ url }) => {
      const flags = [
        '--model',
        'm',
        '--model',
        'n',
        '--epochs',
        '2',
        '--prompt',
        '{{question}}',
        '--prompt',
        'Short: {{question}}',
      ]
      const args = ['eval', '-d', 'qa.csv', '--base-url', url, '--max-failed', '20%', '--scorer', 'includes', ...flags]
      assertEnds(await work.assay([...args, '--price', 'm=1/2', '--price', 'n=1/2']), 0)
    })
    await use(work)
  })
}

test('answers of an earlier run come by row, prompt, model and epoch; where it has none the trial has failed', async () => {
  await withFirstRun(async (work) => {
    const first = work.run()
    const prompts = ['--prompt', '{{question}}', '--prompt', 'Short: {{question}}', '--epochs', '2']
    const args = [
      'eval',
      '-d',
      'qa.csv',
      '--provider',
      'replay',
      '--replay-run',
      'latest',
      '--max-failed',
      '20%',
      ...prompts,
    ]
    const ended = await work.assay([...args, '--scorer', 'starts-with', '--out', 'again'])
    assertEnds(ended, 0)
    const again = work.runAt('again')
    const placeAndOutput = (run: RunFolder): unknown =>
      run
        .results()
        .map((row) => [row['sample_id'], row['prompt'], row['model'], row['epoch'], row['status'], row['output']])
    assert.equal(placeAndOutput(again), placeAndOutput(first))
    assert.equal(columnOf(again, 'completion_tokens'), columnOf(first, 'completion_tokens'))
    const failed = again.results().filter(({ status }) => status === 'failed')
    assert.is(failed.length, 8)
    for (const row of failed) {
      assert.equal([row['sample_id'], row['error_kind'], row['score:starts-with']], ['r3', 'empty', ''])
      assert.is(row['error'], 'the replayed run has no answer for this row as it is now, prompt, model and epoch')
    }
    assert.equal([again.summary().costUsd, again.summary().planned], ['0', 80])
    // The cost of a right answer is what it was paid.
    assert.ok(Number(again.summary().groups[0]?.costPerCorrectUsd) > 0)

    const oneModel = await work.assay([...args, '--model', 'n', '--out', 'one'])
    assertEnds(oneModel, 0)
    assert.equal(new Set(columnOf(work.runAt('one'), 'model')), new Set(['n']))
    const third = await work.assay([
      ...args.with(args.indexOf('2'), '3').with(args.indexOf('20%'), '5%'),
      '--out',
      'third',
    ])
    assertEnds(third, 3)
    assert.match(third.stderr, /48 of 120 trials failed, more than --max-failed 5%/)
    const unknown = await work.assay([...args, '--model', 'o', '--out', 'unknown'])
    assertEnds(unknown, 3)
  })
})

test('a replay of the latest run stays one of that run, whichever is the latest by then', async () => {
  await withFirstRun(async (work) => {
    const first = work.run()
    const flags = [
      '--prompt',
      '{{question}}',
      '--prompt',
      'Short: {{question}}',
      '--epochs',
      '2',
      '--max-failed',
      '20%',
    ]
    const args = ['eval', '-d', 'qa.csv', '--provider', 'replay', '--replay-run', 'latest', ...flags]
    assertEnds(await work.assay([...args, '--scorer', 'includes']), 0)
    const replayed = work.files().find((file) => file.endsWith('results.csv') && !file.startsWith(first.path)) ?? ''
    const again = work.runAt(replayed.slice(0, -'/results.csv'.length))
    assert.is(again.manifest().settings['replayRun'], first.path)
    work.write('rec.csv', recorded(['x']))
    assertEnds(await work.assay(['eval', '-d', 'rec.csv', '--provider', 'replay', '--replay-column', 'output']), 0)
    const outputs = columnOf(again, 'output')
    const scored = await work.assay(['score', again.path, '--scorer', 'starts-with'])
    assertEnds(scored, 0)
    assert.match(scored.stderr, /80 trials there, 72 to be scored/)
    const resumed = await work.assay(['eval', '--resume', again.path, '--scorer', 'includes'])
    assertEnds(resumed, 0)
    assert.match(resumed.stderr, /80 reused, nothing left to ask/)
    assert.equal(columnOf(again, 'output'), outputs)
  })
})

test('where the earlier run had one prompt, a reworded one is answered by it', async () => {
  await inWorkdir({ 'qa.csv': 'id,question,expected\nr1,Question 1?,Answer 1\n' }, async (work) => {
    await withServer(rightly, async ({ url }) => {
      assertEnds(await work.assay(['eval', '-d', 'qa.csv', '--base-url', url, '--out', 'first']), 0)
    })
    const args = ['eval', '-d', 'qa.csv', '--provider', 'replay', '--replay-run', 'first', '--out', 'again']
    assertEnds(await work.assay([...args, '--prompt', 'In other words: {{question}}']), 0)
    assert.equal(columnOf(work.runAt('again'), 'output'), ['Answer 1'])
  })
})

test('a row that was edited since has no answer in the earlier run', async () => {
  await inWorkdir(
    { 'qa.csv': 'id,question,expected\nr1,Question 1?,Answer 1\nr2,Question 2?,Answer 2\n' },
    async (work) => {
      await withServer(rightly, async ({ url }) => {
        assertEnds(await work.assay(['eval', '-d', 'qa.csv', '--base-url', url, '--out', 'first']), 0)
      })
      work.write('qa.csv', 'id,question,expected\nr1,Question 1?,Answer 1\nr2,Another one?,Answer 2\n')
      const args = ['eval', '-d', 'qa.csv', '--provider', 'replay', '--replay-run', 'first', '--out', 'again']
      assertEnds(await work.assay([...args, '--max-failed', '1']), 0)
      assert.equal(columnOf(work.runAt('again'), 'status'), ['completed', 'failed'])
    },
  )
})

test.run()
