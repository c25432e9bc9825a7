/** Do equal runs give equal bytes, and does the harness measure the skill that the simulator is known to have? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { skillOf } from '../../src/simulator/oracle.ts'
import { questions } from '../helpers/datasets.ts'
import { inWorkdir } from '../helpers/workdir.ts'

const AT_ONCE = ['--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms']

test('two runs give byte-identical reports with --no-timings', async () => {
  await inWorkdir({ 'qa.csv': questions(60) }, async (work) => {
    const args = [
      'eval',
      '--dataset',
      'qa.csv',
      '--model',
      'a/one',
      '--model',
      'b/two',
      '--epochs',
      '2',
      '--no-timings',
    ]
    // With delays, so that answers come in another order each time.
    const delays = ['--simulator', 'ttft=5ms', '--simulator', 'sigma=1']
    const runs = await Promise.all(['first', 'second'].map((out) => work.assay([...args, ...delays, '--out', out])))
    for (const { status } of runs) assert.is(status, 0)
    for (const file of ['results.csv', 'summary.csv', 'summary.json']) {
      assert.is(work.runAt('first').text(file), work.runAt('second').text(file), file)
    }
    const [row] = work.runAt('first').results()
    const emptied = ['queue_ms', 'ttft_ms', 'latency_ms', 'retry_ms', 'total_ms', 'output_tps', 'attempts']
    for (const column of [...emptied, 'retry_cost_usd', 'generation_id', 'provider'])
      assert.is(row?.[column], '', column)
    assert.is.not(row?.['cost_usd'], '')
  })
})

test('failures, retries and another concurrency change no byte', async () => {
  await inWorkdir({ 'qa.csv': questions(40) }, async (work) => {
    const args = ['eval', '--dataset', 'qa.csv', '--no-timings', ...AT_ONCE]
    const runs = await Promise.all([
      work.assay([...args, '--concurrency', '1', '--out', 'calm']),
      work.assay([...args, '--concurrency', '4', '--out', 'rough', '--simulator', 'fail-rate=20%']),
      work.assay([...args, '--concurrency', '64', '--out', 'rougher', '--simulator', 'fail-rate=20%']),
    ])
    for (const { status } of runs) assert.is(status, 0)
    const calm = work.runAt('calm').text('results.csv')
    for (const out of ['rough', 'rougher']) {
      assert.ok(
        work
          .runAt(out)
          .journal()
          .some(({ type }) => type === 'retrying'),
        `${out}: something was retried`,
      )
      assert.is(work.runAt(out).text('results.csv'), calm, out)
    }
  })
})

test('rows that are added change no line of the rows that were there', async () => {
  await inWorkdir({ 'old.csv': questions(50), 'new.csv': questions(90) }, async (work) => {
    const args = ['eval', '--no-timings', ...AT_ONCE]
    await Promise.all([
      work.assay([...args, '--dataset', 'old.csv', '--out', 'old']),
      work.assay([...args, '--dataset', 'new.csv', '--out', 'new']),
    ])
    const [old, now] = ['old', 'new'].map((out) => work.runAt(out).results())
    assert.is(old?.length, 50)
    assert.is(now?.length, 90)
    assert.equal(now?.slice(0, 50), old)
    assert.ok(
      old?.some((row) => row['pass'] === 'false'),
      'wrong answers are among them',
    )
  })
})

test('rows in another order get the same answers under the same ids', async () => {
  const rows = questions(30).trimEnd().split('\n')
  const [header, ...others] = rows
  await inWorkdir({ 'a.csv': questions(30), 'b.csv': [header, ...others.toReversed()].join('\n') }, async (work) => {
    await Promise.all(
      ['a', 'b'].map((name) =>
        work.assay([
          'eval',
          '--dataset',
          `${name}.csv`,
          '--out',
          name,
          '--simulator',
          'skill=mistralai/mistral-small:1',
          ...AT_ONCE,
        ]),
      ),
    )
    const answers = (name: string): string[] =>
      work
        .runAt(name)
        .results()
        .map((row) => `${row['sample_id']} ${row['request_key']} ${row['output']}`)
    assert.equal(answers('b').toReversed(), answers('a'))
  })
})

test('the known skill lies inside the reported interval', async () => {
  const models = ['mistralai/mistral-small', 'openai/gpt-4o-mini', 'qwen/qwen3-235b-a22b-2507', 'my/own']
  const skills: Record<string, number> = {
    ...Object.fromEntries(models.map((model) => [model, skillOf(model)])),
    'my/own': 0.97,
  }
  await inWorkdir({ 'qa.csv': questions(400) }, async (work) => {
    const args = ['eval', '--dataset', 'qa.csv', '--concurrency', '32', '--simulator', 'skill=my/own:97%', ...AT_ONCE]
    const seeds = ['0', '1', '2']
    const runs = await Promise.all(
      seeds.map((seed) =>
        work.assay([...args, '--seed', seed, '--out', seed, ...models.flatMap((model) => ['--model', model])]),
      ),
    )
    for (const { status, stderr } of runs) {
      assert.is(status, 0)
      assert.match(stderr, /true skill: mistralai\/mistral-small 89\.4 %, .*my\/own 97\.0 %/)
    }
    const missed = (seed: string): string[] =>
      work
        .runAt(seed)
        .summary()
        .groups.flatMap(({ model, passRate }) => {
          const [skill = Number.NaN, low, high] = [skills[model], passRate.low ?? 1, passRate.high ?? 0]
          assert.ok(high - low < 0.11, `${model}: the interval says something`)
          return low <= skill && skill <= high ? [] : [`seed ${seed}: ${model} has ${skill}, reported ${low}..${high}`]
        })
    assert.equal(missed('0'), [], 'with the settings that a first run has')
    // Of 95 % intervals one in twenty misses, and here are twelve; which ones is decided by the seeds, not by the day.
    assert.ok(seeds.flatMap(missed).length <= 1, seeds.flatMap(missed).join('\n'))
  })
})

test.run()
