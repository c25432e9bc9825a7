/** Does `assay eval` do the whole job? The simulator answers, or a server that is scripted to. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { answerTo, questions } from '../helpers/datasets.ts'
import { questionOf, says, withServer } from '../helpers/server.ts'
import { type Ended, inWorkdir } from '../helpers/workdir.ts'

/** The simulator without its delays. */
const AT_ONCE = ['--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms']

/** Every prompt is asked right at a skill of 1. */
const ALWAYS_RIGHT = ['--simulator', 'skill=mistralai/mistral-small:1']

function assertDone({ status, signal }: Ended): void {
  assert.equal({ status, signal }, { status: 0, signal: null })
}

test('a run on the simulator leaves every file, one result per row in dataset order', async () => {
  await inWorkdir({ 'datasets/qa.csv': questions(40) }, async (work) => {
    const ended = await work.assay(['eval', '--dataset', 'qa.csv', ...AT_ONCE])
    assertDone(ended)
    assert.match(ended.stderr, /^SIMULATED: no model is asked/)
    const run = work.run()
    assert.match(run.path, /^results\/\d{8}T\d{6}Z-qa-[0-9a-f]{6}$/)
    assert.ok(ended.files.includes('results/history.csv'))
    const inRun = ended.files.filter((file) => file.startsWith(run.path)).map((file) => file.split('/').at(-1))
    assert.equal(inRun, [
      'journal.jsonl',
      'manifest.json',
      'results.csv',
      'samples.jsonl',
      'scores.jsonl',
      'summary.csv',
      'summary.json',
    ])

    const results = run.results()
    const expected = Array.from({ length: 40 }, (_, index) => `Answer ${index + 1}`)
    assert.equal(
      results.map((row) => row['expected']),
      expected,
    )
    for (const row of results) {
      assert.is(row['status'], 'completed')
      assert.is(row['pass'], String(row['output'] === row['expected']))
      assert.is(row['score'], row['pass'] === 'true' ? '1' : '0')
      assert.is(row['provider'], 'Simulator')
      assert.match(row['cost_usd'] ?? '', /^0\.\d+$/)
      assert.match(row['ttft_ms'] ?? '', /^\d+(\.\d+)?$/)
    }
    const passed = results.filter((row) => row['pass'] === 'true').length

    const summary = run.summary()
    const [group] = summary.groups
    assert.is(summary.simulated, true)
    assert.is(summary.runId, run.path.split('/').at(-1))
    assert.equal([summary.planned, summary.completed, summary.failed, summary.skipped], [40, 40, 0, 0])
    assert.equal([group?.model, group?.passed, group?.scored], ['mistralai/mistral-small', passed, 40])
    assert.is(group?.passRate.value, passed / 40)
    assert.ok(ended.stdout.includes('40 of 40'))
    for (const file of ['results.csv', 'summary.csv', 'summary.json']) {
      assert.ok(ended.stdout.includes(join(run.path, file)), `${file} is named at the end`)
    }

    const rate = run.summaryLines().find((line) => line['metric'] === 'pass_rate')
    assert.equal([rate?.['value'], rate?.['n'], rate?.['method']], [String(passed / 40), '40', 'wilson'])
    assert.ok(Number(rate?.['low']) < passed / 40 && passed / 40 < Number(rate?.['high']))

    const manifest = run.manifest()
    assert.equal([manifest.trials, manifest.dataset.samples, manifest.simulated], [40, 40, true])
    assert.match(manifest.dataset.sha256 ?? '', /^[0-9a-f]{64}$/)
    const journal = run.journal()
    assert.is(journal.filter((line) => line.type === 'started').length, 40)
    assert.is(journal.filter((line) => line.type === 'settled').length, 40)
    assert.equal(run.scores().filter(({ passed: pass }) => pass === true).length, passed)
  })
})

test('the manifest is on disk before the first request comes', async () => {
  await inWorkdir({ 'qa.csv': questions(5) }, async (work) => {
    const found: boolean[] = []
    const lookAndAnswer = (): ReturnType<typeof says> => {
      const results = join(work.path, 'results')
      const [folder = ''] = existsSync(results) ? readdirSync(results) : []
      found.push(existsSync(join(results, folder, 'manifest.json')))
      return (response, asked) => says(answerTo(questionOf(asked)))(response, asked)
    }
    await withServer(lookAndAnswer, async (server) => {
      assertDone(await work.assay(['eval', '--dataset', 'qa.csv', '--base-url', server.url]))
      assert.equal(found, [true, true, true, true, true])
      assert.is(work.run().summary().simulated, false)
      assert.is(work.run().summary().groups[0]?.passRate.value, 1)
    })
  })
})

test('never more requests are in flight than --concurrency says', async () => {
  await inWorkdir({ 'qa.csv': questions(30) }, async (work) => {
    const slowly = (): ReturnType<typeof says> => (response, asked) => {
      setTimeout(() => says('x')(response, asked), 20)
    }
    await withServer(slowly, async (server) => {
      assertDone(await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--concurrency', '3']))
      assert.is(server.asked.length, 30)
      assert.is(server.peakInFlight, 3)
    })
  })
})

test('--json leaves nothing but the summary on standard output', async () => {
  await inWorkdir({ 'qa.csv': questions(6) }, async (work) => {
    const ended = await work.assay(['eval', '--dataset', 'qa.csv', '--json', ...AT_ONCE])
    assertDone(ended)
    assert.is(ended.stdout, work.run().text('summary.json'))
    assert.match(ended.stderr, /pass rate/)
  })
})

test('--quiet says nothing before the end', async () => {
  await inWorkdir({ 'qa.csv': questions(6) }, async (work) => {
    const ended = await work.assay(['eval', '--dataset', 'qa.csv', '--quiet', ...AT_ONCE])
    assertDone(ended)
    assert.is(ended.stderr, '')
    assert.match(ended.stdout, /pass rate/)
  })
})

test('--keep carries columns over, --slice reports each value, --excel writes a second file with harmless formulas', async () => {
  const rows = ['=1+1,maths', 'b,maths', 'c,art', 'd,'].map((row, index) => `Q${index}?,${row}`)
  await inWorkdir({ 'qa.csv': `question,expected,Topic\n${rows.join('\n')}\n` }, async (work) => {
    const reports = ['--keep', 'topic', '--keep', 'question', '--slice', 'topic', '--excel']
    const ended = await work.assay(['eval', '--dataset', 'qa.csv', ...reports, ...AT_ONCE, ...ALWAYS_RIGHT])
    assertDone(ended)
    const run = work.run()
    assert.equal(
      run.results().map((row) => [row['var:question'], row['var:topic'], row['output']]),
      [
        ['Q0?', 'maths', '=1+1'],
        ['Q1?', 'maths', 'b'],
        ['Q2?', 'art', 'c'],
        ['Q3?', '', 'd'],
      ],
    )
    assert.equal(
      run.results('results.excel.csv').map((row) => row['output']),
      ["'=1+1", 'b', 'c', 'd'],
    )
    assert.ok(ended.stdout.includes('results.excel.csv'))
    assert.equal(
      run.summary().slices.map(({ slice, scored, passed }) => [slice, scored, passed]),
      [
        ['topic=maths', 2, 2],
        ['topic=art', 1, 1],
        ['topic=', 1, 1],
      ],
    )
  })
})

test('two prompts × two models × two epochs ask each question eight times and report four groups', async () => {
  await inWorkdir({ 'qa.csv': questions(3), 'short.txt': 'Shortly: {{question}}' }, async (work) => {
    await withServer(
      () => says('Answer 1'),
      async (server) => {
        const args = ['eval', '--dataset', 'qa.csv', '--base-url', server.url, '--epochs', '2', '--seed', '7']
        const prompts = ['--prompt', '{{question}}', '--prompt', '@short.txt', '--system', 'Be brief.']
        const ended = await work.assay([...args, ...prompts, '--model', 'a/one', '--model', 'b/two'])
        assertDone(ended)
        assert.is(server.asked.length, 24)
        const bodies = new Set(server.asked.map(({ body }) => body))
        assert.is(bodies.size, 24, 'the seed tells epochs apart')
        for (const body of bodies) {
          assert.match(body, /"messages":\[\{"role":"system","content":"Be brief."\},\{"role":"user"/)
          assert.match(body, /"seed":(8|9),/)
        }
        assert.equal(
          work
            .run()
            .results()
            .slice(0, 8)
            .map(({ expected, prompt, model, epoch }) => [expected, prompt, model, epoch]),
          [
            ['Answer 1', 'prompt-1', 'a/one', '1'],
            ['Answer 1', 'prompt-1', 'a/one', '2'],
            ['Answer 1', 'prompt-1', 'b/two', '1'],
            ['Answer 1', 'prompt-1', 'b/two', '2'],
            ['Answer 1', 'short', 'a/one', '1'],
            ['Answer 1', 'short', 'a/one', '2'],
            ['Answer 1', 'short', 'b/two', '1'],
            ['Answer 1', 'short', 'b/two', '2'],
          ],
        )
        assert.equal(
          work
            .run()
            .summary()
            .groups.map(({ model, prompt, scored, passed }) => [model, prompt, scored, passed]),
          [
            ['a/one', 'prompt-1', 6, 2],
            ['b/two', 'prompt-1', 6, 2],
            ['a/one', 'short', 6, 2],
            ['b/two', 'short', 6, 2],
          ],
        )
      },
    )
  })
})

/** Which answers are expected in the results of a selection. */
async function selected(...flags: readonly string[]): Promise<string[]> {
  const rows = Array.from({ length: 20 }, (_, index) => `Q${index}?,${index},${index % 2 === 0 ? 'even' : 'odd'}`)
  let found: string[] = []
  await inWorkdir({ 'qa.csv': `question,expected,kind\n${rows.join('\n')}\n` }, async (work) => {
    assertDone(await work.assay(['eval', '--dataset', 'qa.csv', '--quiet', ...flags, ...AT_ONCE]))
    found = work
      .run()
      .results()
      .map((row) => row['expected'] ?? '')
  })
  return found
}

test('--where, --offset and --limit select in this order', async () => {
  assert.equal(await selected('--where', 'kind=odd', '--offset', '2', '--limit', '3'), ['5', '7', '9'])
})

test('--sample draws by seed, and shards of the draw are disjoint and complete', async () => {
  const drawn = await selected('--sample', '7', '--seed', '3')
  assert.is(new Set(drawn).size, 7)
  assert.equal(
    drawn,
    drawn.toSorted((a, b) => Number(a) - Number(b)),
    'results stand in dataset order',
  )
  const shards = await Promise.all(
    ['1/3', '2/3', '3/3'].map((shard) => selected('--sample', '7', '--seed', '3', '--shard', shard)),
  )
  assert.equal(
    shards.map(({ length }) => length),
    [3, 2, 2],
  )
  assert.equal(
    shards.flat().sort((a, b) => Number(a) - Number(b)),
    drawn,
  )
  assert.not.equal(await selected('--sample', '7', '--seed', '4'), drawn)
})

test('a dataset comes over standard input, whatever its format', async () => {
  const inputs = [questions(4), '{"question":"Question 1?","expected":"Answer 1"}\n', '[{"question":"q","expected":1}]']
  const rows = await Promise.all(
    inputs.map(async (stdin) => {
      let count = 0
      await inWorkdir({}, async (work) => {
        assertDone(await work.assay(['--dataset', '-', ...AT_ONCE], { stdin }))
        assert.match(work.run().path, /Z-stdin-/)
        count = work.run().results().length
      })
      return count
    }),
  )
  assert.equal(rows, [4, 1, 1])
})

test('--out is the run folder itself, whether absent or empty', async () => {
  await inWorkdir({ 'qa.csv': questions(2) }, async (work) => {
    const absent = await work.assay(['eval', '--dataset', 'qa.csv', '--out', 'runs/tonight', ...AT_ONCE])
    assertDone(absent)
    assert.ok(absent.files.includes('runs/tonight/results.csv'))
    assert.not.ok(absent.files.some((file) => file.startsWith('results')))
    const again = await work.assay(['eval', '--dataset', 'qa.csv', '--out', 'runs/tonight'])
    assert.is(again.status, 2)
    assert.match(again.stderr, /--out runs\/tonight: the folder is not empty/)
    const file = await work.assay(['eval', '--dataset', 'qa.csv', '--out', 'qa.csv'])
    assert.is(file.status, 2)
    assert.match(file.stderr, /--out qa\.csv: there is a file of that name/)
  })
})

test('an empty folder for --out survives a dataset that cannot be read', async () => {
  await inWorkdir({ 'qa.csv': questions(2), 'mine/empty/.x': '' }, async (work) => {
    const mine = join(work.path, 'mine', 'empty')
    work.remove('mine/empty/.x')
    assert.is((await work.assay(['eval', '--dataset', 'nope.csv', '--out', 'mine/empty'])).status, 2)
    assert.equal(readdirSync(mine), [])
    assertDone(await work.assay(['eval', '--dataset', 'qa.csv', '--out', 'mine/empty', ...AT_ONCE]))
    assert.ok(readdirSync(mine).includes('results.csv'))
  })
})

test('two runs in the same second get folders of their own', async () => {
  await inWorkdir({ 'qa.csv': questions(2) }, async (work) => {
    const args = ['eval', '--dataset', 'qa.csv', ...AT_ONCE]
    const both = await Promise.all([work.assay(args), work.assay(args), work.assay(args)])
    both.forEach(assertDone)
    assert.is(readdirSync(join(work.path, 'results')).filter((name) => name !== 'history.csv').length, 3)
  })
})

test('a control sequence in an answer does not reach the terminal, and reaches results.csv as it was', async () => {
  const evil = '\u001b[2J\u001b]0;pwned\u0007 "quoted", new\nline'
  await inWorkdir({ 'qa.csv': 'question,expected,topic\nQ?,A,\u001b[31mred\n' }, async (work) => {
    await withServer(
      () => says(evil),
      async (server) => {
        const ended = await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--slice', 'topic'])
        assertDone(ended)
        assert.not.ok(`${ended.stdout}${ended.stderr}`.includes('\u001b'))
        assert.is(work.run().results()[0]?.['output'], evil)
      },
    )
  })
})

test('unknown numbers are empty cells, not zeros', async () => {
  await inWorkdir({ 'qa.csv': questions(1) }, async (work) => {
    await withServer(
      () => says('Answer 1', { usage: null }),
      async (server) => {
        assertDone(
          await work.assay(['eval', '-d', 'qa.csv', '--base-url', server.url, '--model', 'my/own', '--no-stream']),
        )
        const [row] = work.run().results()
        assert.equal(
          [
            row?.['cost_usd'],
            row?.['cost_source'],
            row?.['ttft_ms'],
            row?.['reasoning_tokens'],
            row?.['tokens_source'],
          ],
          ['', '', '', '', 'estimated'],
        )
        assert.match(work.run().summary().notes.join(' '), /unknown cost of 1 answer /)
      },
    )
  })
})

test('a model with the name of something that every object has is a model like any other', async () => {
  await inWorkdir({ 'qa.csv': questions(3) }, async (work) => {
    const ended = await work.assay([
      'eval',
      '-d',
      'qa.csv',
      '--model',
      'constructor',
      '--simulator',
      'skill=a:0.5',
      ...AT_ONCE,
    ])
    assertDone(ended)
    assert.match(ended.stderr, /true skill: constructor \d+\.\d %/)
  })
})

test.run()
