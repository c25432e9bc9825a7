/** What does scoring a run again ask, keep and write? */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { answerTo } from '../helpers/datasets.ts'
import { type Decide, JudgeBooks } from '../helpers/judge-server.ts'
import {
  type Answer,
  type Asked,
  type ChatServer,
  fails,
  hangs,
  questionOf,
  says,
  withServer,
} from '../helpers/server.ts'
import { type Ended, inWorkdir, type RunFolder, type Workdir } from '../helpers/workdir.ts'

/** Every third answer is wrong. */
function modelAnswers(asked: Asked): Answer {
  const answer = answerTo(questionOf(asked))
  return says(Number(/\d+/.exec(answer)?.[0]) % 3 === 0 ? `${answer}, or not` : answer)
}

function rows(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => `r${index},Question ${index}?,Answer ${index}\n`)
  return `id,question,expected\n${lines.join('')}`
}

function assertEnds({ status, signal }: Ended, code: number): void {
  assert.equal({ status, signal }, { status: code, signal: null })
}

function columnOf(run: RunFolder, name: string): (string | undefined)[] {
  return run.results().map((row) => row[name])
}

interface Scored {
  readonly work: Workdir
  readonly models: ChatServer
  readonly judge: ChatServer
  readonly books: JudgeBooks
  /** Names the judge and its address. */
  readonly judges: readonly string[]
  readonly run: RunFolder
}

/** A run of six rows under `results/`, and a judge that was not asked so far. */
async function withRun(
  args: readonly string[],
  use: (scored: Scored) => Promise<void>,
  decide?: Decide,
): Promise<void> {
  const books = new JudgeBooks(decide)
  await inWorkdir({ 'qa.csv': rows(6) }, (work) =>
    withServer(modelAnswers, (models) =>
      withServer(books.script, async (judge) => {
        const first = await work.assay(['eval', '-d', 'qa.csv', '--base-url', models.url, ...args])
        assertEnds(first, 0)
        const judges = ['--judge', 'j', '--judge-base-url', judge.url, '--price', 'j=3/4']
        await use({ work, models, judge, books, judges, run: work.run() })
      }),
    ),
  )
}

test('a run is judged afterwards: only the judge is asked, once, and all scorings are kept', async () => {
  await withRun(['--model', 'm'], async ({ work, models, judge, judges, run }) => {
    const outputs = columnOf(run, 'output')
    const args = ['score', 'latest', '--scorer', 'factuality', ...judges]
    const scored = await work.assay(args)
    assertEnds(scored, 0)
    assert.match(scored.stderr, /scoring \S+: 6 trials there, 6 to be scored, no model is asked/)
    assert.equal([models.asked.length, judge.asked.length], [6, 6])
    assert.equal(columnOf(run, 'score:factuality'), ['0', '1', '1', '0', '1', '1'])
    assert.equal(columnOf(run, 'output'), outputs)
    const again = await work.assay(args)
    assertEnds(again, 0)
    assert.match(again.stderr, /6 trials there, 0 to be scored/)
    assert.equal([models.asked.length, judge.asked.length], [6, 6])
    assertEnds(await work.assay(['score', run.path, '--scorer', 'includes', '--scorer', 'f1']), 0)
    assert.equal([models.asked.length, judge.asked.length], [6, 6])
    assert.equal(columnOf(run, 'score:includes'), Array(6).fill('1'))
    assert.not.ok('score:factuality' in (run.results()[0] ?? {}))
    assert.equal(
      run.manifest().scorings.map(({ pass, scorers, judges: asked }) => [pass, scorers, asked]),
      [
        [1, ['exact'], []],
        [2, ['factuality'], ['j']],
        [3, ['includes', 'f1'], []],
      ],
    )
    assert.equal(
      run.scores().map(({ pass }) => pass),
      [1, 2, 3].flatMap((pass) => Array(6).fill(pass) as number[]),
    )
    // What has made a pass before is recognised.
    assertEnds(await work.assay(['score', run.path, '--scorer', 'factuality']), 0)
    assert.equal([judge.asked.length, run.scores().length, run.manifest().scorings.length], [6, 18, 3])
    assert.equal(columnOf(run, 'score:factuality'), ['0', '1', '1', '0', '1', '1'])
  })
})

test('neither the key, the file nor the settings of the run are needed, and nothing of the answers changes', async () => {
  await inWorkdir({ 'qa.csv': rows(6), 'short.txt': 'In short: {{question}}' }, async (work) => {
    work.write(
      'eval.config.ts',
      "export default { prompt: ['{{question}}', '@short.txt'], epochs: 2, sample: 4, temperature: 0.5, param: { top_p: 0.5 }, id: 'id' }",
    )
    await withServer(
      (asked) => says(answerTo(questionOf(asked).replace('In short: ', ''))),
      async (models) => {
        const env = { MY_KEY: 'sk-very-secret-1234567890' }
        const place = ['--base-url', models.url, '--api-key-env', 'MY_KEY', '--model', 'm', '--model', 'n']
        assertEnds(await work.assay(['eval', '-d', 'qa.csv', ...place], { env }), 0)
        const run = work.run()
        const outputs = columnOf(run, 'output')
        assert.is(outputs.length, 32)
        for (const config of [
          "export default { prompt: ['Other: {{question}}'], epochs: 1, sample: 2, temperature: 1, param: {}, system: 'Be short.' }",
          "export default { baseUrl: 'http://127.0.0.1:9/v1', model: ['other'], seed: 3, maxTokens: 5, stream: false, limit: 1 }",
          "export default { provider: 'openai', where: ['id=r1'], expected: 'question', simulate: false }",
        ]) {
          work.write('eval.config.ts', config)
          work.write('qa.csv', 'other\n1\n')
          work.write('short.txt', 'In other words: {{other}}')
          const scored = await work.assay(['score', 'latest', '--scorer', 'includes'])
          assertEnds(scored, 0)
          assert.equal(columnOf(run, 'output'), outputs)
          assert.equal(columnOf(run, 'score:includes'), Array(32).fill('1'))
        }
        assert.is(models.asked.length, 32)
      },
    )
  })
})

test('a run of the simulator is scored again, whatever the config file names by now', async () => {
  await inWorkdir({ 'qa.csv': rows(6) }, async (work) => {
    assertEnds(await work.assay(['eval', '-d', 'qa.csv', '--simulate']), 0)
    const run = work.run()
    const outputs = columnOf(run, 'output')
    for (const config of [
      '{}',
      "{ baseUrl: 'http://127.0.0.1:9/v1' }",
      "{ provider: 'openrouter' }",
      "{ simulator: { skill: 'mistralai/mistral-small:0.1' } }",
    ]) {
      work.write('eval.config.ts', `export default ${config}`)
      const scored = await work.assay(['score', 'latest', '--scorer', 'includes'], { env: { CI: 'true' } })
      assertEnds(scored, 0)
      assert.equal(columnOf(run, 'output'), outputs)
      assert.ok(run.summary().simulated)
    }
    const judged = await work.assay([
      'score',
      'latest',
      '--scorer',
      'factuality',
      '--judge',
      'j',
      '--judge-provider',
      'simulator',
    ])
    assertEnds(judged, 0)
    assert.ok(columnOf(run, 'score:factuality').every((score) => score !== ''))
    assertEnds(await work.assay(['eval', '--resume', 'latest']), 0)
    assert.equal(columnOf(run, 'output'), outputs)
  })
})

test('of an unfinished run the answers are scored, the rest stays pending, and a resume asks for it', async () => {
  let hanging = true
  const script = (asked: Asked, place: number): Answer => (hanging && place >= 3 ? hangs : modelAnswers(asked))
  const books = new JudgeBooks()
  await inWorkdir({ 'qa.csv': rows(8) }, (work) =>
    withServer(script, (models) =>
      withServer(books.script, async (judge) => {
        const price = ['--model', 'm', '--price', 'm=1/2', '--max-cost', '1']
        const args = ['eval', '-d', 'qa.csv', '--base-url', models.url, '--out', 'run', '--concurrency', '2', ...price]
        const program = work.start(args)
        await models.arrived(5)
        const busy = await work.assay(['score', 'run', '--scorer', 'includes'])
        assertEnds(busy, 2)
        assert.match(busy.stderr, /run: another process is writing this run/)
        program.signal('SIGKILL')
        await program.ended
        hanging = false
        const run = work.runAt('run')
        const judges = ['--judge', 'j', '--judge-base-url', judge.url, '--price', 'j=3/4']
        const scored = await work.assay(['score', 'run', '--scorer', 'factuality', ...judges])
        assertEnds(scored, 0)
        assert.match(scored.stderr, /3 trials there, 3 to be scored, 5 not answered so far/)
        assert.is(columnOf(run, 'status').filter((status) => status === 'pending').length, 5)
        assert.equal([models.asked.length, judge.asked.length], [5, 3])
        const resumed = await work.assay(['eval', '--resume', 'run'])
        assertEnds(resumed, 0)
        assert.equal([models.asked.length, judge.asked.length], [10, 8])
        assert.equal(columnOf(run, 'score:factuality'), ['0', '1', '1', '0', '1', '1', '0', '1'])
        assert.is(run.summary().costUsd, '0.000112')
      }),
    ),
  )
})

test('a run of an older version, without judges, scorings and what was typed, is scored', async () => {
  await withRun(['--model', 'm', '--prompt', 'Say: {{question}}'], async ({ work, judge, judges, run }) => {
    const {
      judges: _judges,
      embeddings: _embeddings,
      scorings: _scorings,
      flags: _flags,
      resumes: _resumes,
      ...older
    } = run.manifest()
    const { judge: _judge, judgePanel: _panel, replayRun: _run, replayColumn: _column, ...settings } = older.settings
    work.write(`${run.path}/manifest.json`, JSON.stringify({ ...older, settings }))
    const scored = await work.assay(['score', 'latest', '--scorer', 'factuality', ...judges])
    assertEnds(scored, 0)
    assert.is(judge.asked.length, 6)
    assert.equal(
      run.manifest().scorings.map(({ pass }) => pass),
      [2],
    )
  })
})

test('failed trials stay what they are, and nothing is asked where there is no answer', async () => {
  await inWorkdir({ 'qa.csv': rows(20) }, (work) =>
    withServer(
      (asked) => (questionOf(asked) === 'Question 3?' ? fails(400, 'not this one') : modelAnswers(asked)),
      async (models) => {
        assertEnds(await work.assay(['eval', '-d', 'qa.csv', '--base-url', models.url, '--out', 'run']), 0)
        assertEnds(await work.assay(['score', 'run', '--scorer', 'includes']), 0)
        const row = work
          .runAt('run')
          .results()
          .find(({ status }) => status === 'failed')
        assert.equal([row?.['sample_id'], row?.['score:includes'], row?.['error_kind']], ['r3', '', 'invalid_request'])
        assert.is(models.asked.length, 20)
        const none = await work.assay(['score', 'nowhere', '--scorer', 'includes'])
        assertEnds(none, 2)
        assert.match(none.stderr, /assay score nowhere: no such folder/)
        assertEnds(await work.assay(['score']), 2)
        const model = await work.assay(['score', 'run', '--model', 'n'])
        assertEnds(model, 2)
        assert.match(model.stderr, /--model/)
      },
    ),
  )
})

test('a budget of a scoring counts what the models have cost, and the judge is asked for the rest with more', async () => {
  const usage = { prompt_tokens: 10, completion_tokens: 2, cost: 0.01 }
  await withRun(
    ['--model', 'm', '--price', 'm=1/2'],
    async ({ work, models, judge, run, judges }) => {
      const unpriced = await work.assay([
        'score',
        'latest',
        '--scorer',
        'factuality',
        ...judges.slice(0, 4),
        '--max-cost',
        '1',
      ])
      assertEnds(unpriced, 2)
      assert.match(unpriced.stderr, /no price is known for j,/)
      assert.is(judge.asked.length, 0)
      const tokens = ['--judge-max-tokens', '16', '--price', 'j=0/700', '--concurrency', '1']
      const args = ['score', 'latest', '--scorer', 'factuality', ...judges.slice(0, 4), ...tokens]
      const few = await work.assay([...args, '--max-cost', '0.03'])
      assertEnds(few, 4)
      assert.match(few.stderr, /assay score \S+ --max-cost <more>/)
      assert.is(judge.asked.length, 2)
      const more = await work.assay(['score', 'latest', '--max-cost', '1'])
      assertEnds(more, 0)
      assert.equal([models.asked.length, judge.asked.length], [6, 6])
      assert.equal([run.summary().costUsd, run.summary().judgeCostUsd], ['0.000084', '0.06'])
      // The price of the model is known as before, and so is the budget kept.
      work.write('qa.csv', rows(7))
      assertEnds(await work.assay(['eval', '--resume', 'latest']), 0)
      assert.equal([models.asked.length, judge.asked.length, run.summary().costUsd], [7, 7, '0.000098'])
    },
    ({ answer, expected }) =>
      says(JSON.stringify({ verdict: answer === expected ? 'equal' : 'contradicts' }), { usage }),
  )
})

test('a scoring that is broken off is gone on with, by the same command or by a resume', async () => {
  let hanging = true
  let taken = 0
  const decide: Decide = () => (hanging && taken++ >= 2 ? hangs : undefined)
  await withRun(
    ['--model', 'm', '--concurrency', '2'],
    async ({ work, models, judge, books, judges, run }) => {
      const args = ['score', 'latest', '--scorer', 'factuality', ...judges]
      const program = work.start(args)
      await judge.arrived(4)
      program.signal('SIGKILL')
      await program.ended
      hanging = false
      assertEnds(await work.assay(args), 0)
      assert.equal([models.asked.length, judge.asked.length, books.answersTooMany], [6, 8, 0])
      assert.is(run.summary().possiblyBilled, 2)
      assert.equal(columnOf(run, 'score:factuality'), ['0', '1', '1', '0', '1', '1'])
      assert.equal(
        run.manifest().scorings.map(({ pass }) => pass),
        [1, 2],
      )
    },
    decide,
  )
})

test('the files of the answers are only added to', async () => {
  await withRun(['--model', 'm'], async ({ work, judges, run }) => {
    const [journal, scores] = [run.text('journal.jsonl'), run.text('scores.jsonl')]
    assertEnds(await work.assay(['score', 'latest', '--scorer', 'factuality', ...judges]), 0)
    assert.ok(run.text('journal.jsonl').startsWith(journal))
    assert.ok(run.text('scores.jsonl').startsWith(scores))
    const samples = readFileSync(join(work.path, run.path, 'samples.jsonl'), 'utf8')
    work.write('qa.csv', rows(2))
    assertEnds(await work.assay(['score', 'latest', '--scorer', 'exact']), 0)
    assert.is(readFileSync(join(work.path, run.path, 'samples.jsonl'), 'utf8'), samples)
    assert.equal(
      readdirSync(join(work.path, run.path)).filter((name) => name.startsWith('.')),
      [],
    )
  })
})

test('prompts of every kind are read from the manifest, a system text with an at sign in front as well', async () => {
  const conversation = [
    { role: 'user', content: 'You see \\{{braces}} and a name.', name: 'ann' },
    { role: 'assistant', content: 'I do.' },
    { role: 'user', content: '{{question}}' },
  ]
  const messages = JSON.stringify([{ role: 'user', content: 'Question 1?' }]).replaceAll('"', '""')
  const files = {
    'qa.csv': rows(3),
    'chat.json': JSON.stringify(conversation),
    'cells.csv': `id,Messages,expected\nr1,"${messages}",Answer 1\n`,
  }
  await inWorkdir(files, (work) =>
    withServer(
      (asked) => says(answerTo(questionOf(asked))),
      async (models) => {
        const base = ['--base-url', models.url, '--system', '@@home: be short.']
        const runs = {
          chat: ['-d', 'qa.csv', '--prompt', '@chat.json', '--prompt', '[{"role": "user"}] {{question}}'],
          cells: ['-d', 'cells.csv'],
        }
        for (const [out, args] of Object.entries(runs)) {
          assertEnds(await work.assay(['eval', ...args, ...base, '--out', out, '--scorer', 'ends-with']), 0)
          const before = work.runAt(out).results()
          work.write('chat.json', '[]')
          for (let time = 0; time < 2; time++) {
            const scored = await work.assay(['score', out, '--scorer', time === 0 ? 'includes' : 'ends-with'])
            assertEnds(scored, 0)
            assert.equal(columnOf(work.runAt(out), 'status'), Array(before.length).fill('completed'))
          }
          assert.equal(work.runAt(out).results(), before)
        }
        assert.is(models.asked.length, 7)
      },
    ),
  )
})

test('weights and thresholds go with the scorers that they were typed for', async () => {
  await withRun(
    ['--scorer', 'exact', '--scorer', 'f1', '--weight', 'f1=2', '--threshold', 'f1=0.9'],
    async ({ work, run }) => {
      const again = await work.assay(['score', 'latest', '--scorer', 'includes'])
      assertEnds(again, 0)
      assert.equal(
        run.manifest().scorings.map(({ scorers, weight }) => [scorers, weight]),
        [
          [['exact', 'f1'], { f1: 2 }],
          [['includes'], {}],
        ],
      )
      // What was typed for the last scoring holds until another one is typed.
      assertEnds(
        await work.assay(['eval', '--resume', 'latest', '--scorer', 'exact', '--scorer', 'f1', '--weight', 'f1=2']),
        0,
      )
    },
  )
})

test.run()
