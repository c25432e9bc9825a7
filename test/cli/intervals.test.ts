/** What do the reports say of how sure the numbers are? Recorded outputs, so that every number is known beforehand. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { EXIT } from '../../src/lib/errors.ts'
import { ClusteredRate, clusteredRateInterval, wilsonInterval } from '../../src/stats/interval.ts'
import { type Ended, inWorkdir, type Workdir } from '../helpers/workdir.ts'

const REPLAY = ['eval', '-d', 'recorded.csv', '--provider', 'replay', '--replay-column', 'output']

/** Rows of passages that are right or wrong as a whole, dealt out in turn; of topic `b` most are wrong. */
function recorded({ passages, rows }: { readonly passages: number; readonly rows: number }): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const passage = row % passages
    const isWrong = passage % 4 === 3
    return `q${row},${passage % 4 > 1 ? 'b' : 'a'},passage ${passage},A,${isWrong ? 'B' : 'A'}`
  })
  return `${['question,topic,passage,expected,output', ...lines].join('\n')}\n`
}

function assertDone({ status, stderr }: Ended): void {
  assert.is(status, EXIT.done, stderr)
}

/** Lines of summary.csv by metric, of the whole run. */
function figures(work: Workdir, slice = ''): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const lines = work.run().summaryLines()
  return new Map(lines.filter((line) => line['slice'] === slice).map((line) => [line['metric'] ?? '', line]))
}

test('rows that share a value of the --cluster column are one unit: fewer independent rows, and a wider interval', async () => {
  await inWorkdir({ 'recorded.csv': recorded({ passages: 12, rows: 60 }) }, async (work) => {
    assertDone(await work.assay([...REPLAY, '--out', 'alone']))
    assertDone(await work.assay([...REPLAY, '--cluster', 'passage', '--out', 'clustered']))
    const rateOf = (dir: string): unknown => {
      const { value, low, high, n, units, method } = work.runAt(dir).summary().groups[0]?.passRate ?? {}
      return { value, low, high, n, units, method }
    }
    const totals = new ClusteredRate()
    for (let passage = 0; passage < 12; passage++) totals.add(passage % 4 === 3 ? 0 : 5, 5)
    const [alone, clustered] = [wilsonInterval(45, 60), clusteredRateInterval(totals)]
    const common = { value: 0.75, n: 60 }
    assert.equal(rateOf('alone'), {
      ...common,
      low: alone.low,
      high: alone.high,
      units: undefined,
      method: 'wilson',
    })
    assert.equal(rateOf('clustered'), {
      ...common,
      low: clustered.low,
      high: clustered.high,
      units: 12,
      method: 'clustered-wilson',
    })
    assert.ok(clustered.high - clustered.low > 1.5 * (alone.high - alone.low))
    assert.is(work.runAt('clustered').manifest().settings['cluster'], 'passage')
  })
})

test('a --cluster column that is not there is refused with what was meant', async () => {
  await inWorkdir({ 'recorded.csv': recorded({ passages: 12, rows: 60 }) }, async (work) => {
    const { status, stderr } = await work.assay([...REPLAY, '--cluster', 'pasage'])
    assert.is(status, EXIT.usage)
    assert.match(stderr, '--cluster "pasage": recorded.csv has no such column. Did you mean "passage"?')
  })
})

test('fewer than ten clusters are told: their intervals hold less often than they say', async () => {
  await inWorkdir({ 'recorded.csv': recorded({ passages: 4, rows: 40 }) }, async (work) => {
    const ended = await work.assay([...REPLAY, '--cluster', 'passage'])
    assertDone(ended)
    const note =
      '--cluster passage: the rows come in 4 clusters, and intervals over fewer than 10 hold less often than they say'
    assert.match(ended.stdout, note)
    assert.ok(work.run().summary().notes.includes(note))
    work.write('recorded.csv', recorded({ passages: 10, rows: 40 }))
    const enough = await work.assay([...REPLAY, '--cluster', 'passage', '--out', 'enough'])
    assert.not.match(enough.stdout, 'hold less often')
  })
})

test('a slice that stands out is named with its p-value, in the table, as a note and in summary.csv', async () => {
  await inWorkdir({ 'recorded.csv': recorded({ passages: 60, rows: 60 }) }, async (work) => {
    const ended = await work.assay([...REPLAY, '--slice', 'topic'])
    assertDone(ended)
    assert.match(
      ended.stdout,
      'recorded: topic=b: 50.0 % against 100.0 % elsewhere, p < 0.001 after Holm over 2 slices',
    )
    assert.match(ended.stdout, '−50.0, p < 0.001')
    const slice = figures(work, 'topic=b')
    const difference = slice.get('pass_rate_minus_rest')
    assert.equal([difference?.['value'], difference?.['method'], difference?.['n']], ['-0.5', 'newcombe', '30'])
    assert.ok(Number(difference?.['low']) < -0.5 && Number(difference?.['high']) > -0.5)
    assert.is(slice.get('p_differs_from_rest')?.['method'], 'fisher mid-p, holm over 2')
    assert.ok(Number(slice.get('p_differs_from_rest')?.['value']) > 0)
    assert.is(figures(work).has('pass_rate_minus_rest'), false)
    assert.is(work.run().summary().groups[0]?.differsFromRest, null)
  })
})

test('with clusters, passages count and not rows: the same slice does not stand out', async () => {
  await inWorkdir({ 'recorded.csv': recorded({ passages: 12, rows: 60 }) }, async (work) => {
    const args = [...REPLAY, '--slice', 'topic']
    assert.match((await work.assay([...args, '--out', 'alone'])).stdout, 'topic=b: 50.0 % against 100.0 % elsewhere')
    const clustered = await work.assay([...args, '--cluster', 'passage', '--out', 'clustered'])
    assertDone(clustered)
    assert.not.match(clustered.stdout, 'elsewhere')
    const { slices } = work.runAt('clustered').summary()
    assert.equal(
      slices.map(({ differsFromRest }) => differsFromRest?.test),
      ['clustered-t', 'clustered-t'],
    )
    assert.ok(slices.every(({ differsFromRest }) => (differsFromRest?.pAdjusted ?? 0) > 0.05))
  })
})

test('shares of failures, cut-off and empty answers, tokens and costs per answer have n, interval and method', async () => {
  const questions = Array.from(
    { length: 40 },
    (_, row) => `What is ${row} + ${row}?${' Think.'.repeat(row % 5)},${2 * row}`,
  )
  await inWorkdir({ 'qa.csv': `question,expected\n${questions.join('\n')}\n` }, async (work) => {
    assertDone(await work.assay(['eval', '-d', 'qa.csv', '--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms']))
    const lines = figures(work)
    const methods = {
      pass_rate: 'wilson',
      failed_share: 'wilson',
      truncated_share: 'wilson',
      empty_share: 'wilson',
      cost_per_answer: 't',
      cost_per_1000: 't',
      cost_per_correct: 'fieller',
      prompt_tokens_per_answer: 't',
      latency_p50: 'order statistics',
    }
    for (const [metric, method] of Object.entries(methods)) {
      const line = lines.get(metric)
      assert.equal([line?.['method'], line?.['n'], line?.['confidence']], [method, '40', '0.95'], metric)
      const [low, value, high] = ['low', 'value', 'high'].map((name) => Number(line?.[name]))
      assert.ok((low ?? 9) <= (value ?? 0) && (value ?? 9) <= (high ?? 0) && low !== high, metric)
    }
  })
})

test('without timings two runs with equal answers have equal summaries, clusters and slices included', async () => {
  await inWorkdir({ 'recorded.csv': recorded({ passages: 12, rows: 60 }) }, async (work) => {
    const args = [...REPLAY, '--slice', 'topic', '--cluster', 'passage', '--scorer', 'f1', '--scorer', 'classification']
    for (const out of ['one', 'two']) assertDone(await work.assay([...args, '--no-timings', '--out', out]))
    for (const file of ['summary.csv', 'summary.json', 'results.csv']) {
      assert.is(work.runAt('one').text(file), work.runAt('two').text(file))
    }
  })
})

test.run()
