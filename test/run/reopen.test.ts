/** Are the reports that are made again from a run folder those that the run has written? Over many kinds of runs. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findRun } from '../../src/journal/find-run.ts'
import type { Manifest } from '../../src/journal/types.ts'
import { reporters } from '../../src/report/index.ts'
import { openReportedRun } from '../../src/run/reported.ts'
import { answerTo, questions } from '../helpers/datasets.ts'
import { type Answer, type Asked, fails, questionOf, says, withServer } from '../helpers/server.ts'
import { inWorkdir, ROOT, type Workdir } from '../helpers/workdir.ts'

const AT_ONCE = ['--simulate', '--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms']

/** Makes the reports of a run again and holds them to those that are there. */
async function assertSame(work: Workdir, run: string): Promise<void> {
  const io = { cwd: work.path, interrupt: new AbortController().signal }
  const opened = await openReportedRun(findRun(run, work.path), null, io)
  try {
    assert.is(opened.state, 'reported', run)
    for (const name of ['csv', 'summary', 'json'] as const) {
      const reporter = await reporters[name]()
      const { file } = reporter
      assert.is([...reporter.render(opened)].join(''), work.runAt(run).text(file ?? ''), `${run}/${file}`)
    }
  } finally {
    opened.close()
  }
}

/** The results as they are made again. */
async function resultsOf(work: Workdir, run: string): Promise<string> {
  const io = { cwd: work.path, interrupt: new AbortController().signal }
  const opened = await openReportedRun(findRun(run, work.path), null, io)
  try {
    return [...(await reporters.csv()).render(opened)].join('')
  } finally {
    opened.close()
  }
}

/** Runs to the end, whatever its exit code says of the answers. */
async function evaluated(work: Workdir, args: readonly string[], code = 0): Promise<void> {
  const { status, stderr } = await work.assay(args)
  assert.is(status, code, `${args.join(' ')}\n${stderr}`)
}

/** Rows with kinds and passages, some of which come again. */
const rows = (count: number, edited: readonly number[] = []): string =>
  `id,question,expected,kind,passage\n${Array.from({ length: count }, (_, index) => {
    const question = `Question ${index}${edited.includes(index) ? ' in other words' : ''}?`
    return `r${index},${question},${answerTo(question)},kind ${index % 3},${index % 12}\n`
  }).join('')}`

const EVERYTHING = [
  ['-m', 'a/one', '-m', 'b/two', '--prompt', '{{question}}', '--prompt', 'In one word: {{question}}'],
  ['--epochs', '3', '--reducer', 'pass@2', '--reducer', 'median', '--slice', 'kind', '--cluster', 'passage'],
  ['--keep', 'passage', '--keep', 'kind', '--scorer', 'exact', '--scorer', 'last-line > rouge-l'],
  ['--scorer', 'classification', '--scorer', 'bleu', '--scorer', 'not-includes', '--weight', 'bleu=0'],
].flat()

for (const timings of [true, false]) {
  const flags = timings ? [] : ['--no-timings']

  test(`slices, clusters, epochs, prompts, models, metrics and kept columns come out again, ${timings ? 'with' : 'without'} timings`, async () => {
    await inWorkdir({ 'qa.csv': rows(24) }, async (work) => {
      await evaluated(work, ['eval', '-d', 'qa.csv', ...AT_ONCE, ...EVERYTHING, ...flags, '--out', 'run'])
      assert.ok(work.runAt('run').summary().groups[0]?.metrics['classification'], 'there is a metric over all answers')
      await assertSame(work, 'run')
    })
  })
}

test('judges, and a run that was scored again, come out again', async () => {
  await inWorkdir({ 'qa.csv': rows(12) }, async (work) => {
    const judged = ['--scorer', 'factuality', '--judge', 'j/judge', '--judge-provider', 'simulator']
    await evaluated(work, ['eval', '-d', 'qa.csv', ...AT_ONCE, ...judged, '--out', 'run'])
    assert.ok(work.runAt('run').summary().judgeCalls > 0)
    await assertSame(work, 'run')
    await evaluated(work, ['score', 'run', '--scorer', 'f1', '--scorer', 'includes'])
    assert.match(work.runAt('run').text('summary.json'), /judge calls of other scorings/)
    await assertSame(work, 'run')
    await evaluated(work, ['score', 'run', '--scorer', 'exact'])
    await evaluated(work, ['score', 'run', '--scorer', 'f1', '--scorer', 'includes', '--slice', 'kind'])
    await assertSame(work, 'run')
  })
})

test('failures, retries and a used-up budget come out again', async () => {
  await inWorkdir({ 'qa.csv': rows(30) }, async (work) => {
    const failing = ['--simulator', 'fail-rate=40%', '--retries', '1', '--max-failed', '100%']
    await evaluated(work, ['eval', '-d', 'qa.csv', ...AT_ONCE, ...failing, '--out', 'failing'])
    assert.ok(work.runAt('failing').summary().failed > 0)
    await assertSame(work, 'failing')
    const poor = ['--max-cost', '0.00011', '--max-tokens', '100', '-m', 'mistralai/mistral-small']
    await evaluated(work, ['eval', '-d', 'qa.csv', ...AT_ONCE, ...poor, '--out', 'poor'], 4)
    assert.ok(
      work
        .runAt('poor')
        .results()
        .some(({ status }) => status === 'skipped_budget'),
    )
    await assertSame(work, 'poor')
    await evaluated(work, ['eval', '--resume', 'poor', '--max-cost', 'none'])
    await assertSame(work, 'poor')
  })
})

test('cached, replayed, labelled and promptfoo answers come out again', async () => {
  const own = `question,__expected1,__expected2,__threshold\nQuestion 1?,Answer 1,icontains:answer,0.5\nQuestion 2?,equals: Answer 2,,\n`
  const files = {
    'qa.csv': rows(10),
    'own.csv': own,
    'recorded.csv': readFileSync(join(ROOT, 'datasets/recorded-answers.csv')),
  }
  await inWorkdir(files, async (work) => {
    for (const out of ['first', 'second']) {
      await evaluated(work, ['eval', '-d', 'qa.csv', ...AT_ONCE, '--cache', '--out', out])
    }
    assert.is(work.runAt('second').summary().cachedAnswers, 10)
    await assertSame(work, 'second')
    await evaluated(work, ['eval', '-d', 'own.csv', ...AT_ONCE, '--out', 'own'])
    await assertSame(work, 'own')
    const replay = ['--provider', 'replay', '--replay-column', 'output', '--scorer', 'includes', '--human', 'human']
    await evaluated(work, ['eval', '-d', 'recorded.csv', ...replay, '--out', 'recorded'])
    assert.ok(work.runAt('recorded').summary().groups[0]?.calibration)
    await assertSame(work, 'recorded')
    const again = ['--provider', 'replay', '--replay-run', 'first']
    await evaluated(work, ['eval', '-d', 'qa.csv', ...again, '--out', 'replayed'])
    await assertSame(work, 'replayed')
  })
})

test('rows that were edited, edited back and reworded between sessions show the answers to what they are now', async () => {
  const rightly = (asked: Asked): Answer => says(answerTo(questionOf(asked)))
  await inWorkdir({ 'qa.csv': rows(12) }, async (work) => {
    await withServer(rightly, async (server) => {
      const args = ['eval', '-d', 'qa.csv', '--base-url', server.url, '-m', 'm', '--price', 'm=1/2', '--out', 'run']
      await evaluated(work, args)
      work.write('qa.csv', rows(12, [2, 7]))
      await evaluated(work, ['eval', '--resume', 'run'])
      await assertSame(work, 'run')
      assert.is(work.runAt('run').results()[7]?.['output'], 'Answer 7 in other words')
      const { retryCostUsd, notes } = work.runAt('run').summary()
      assert.ok(Number(retryCostUsd) > 0 && notes.some((note) => note.includes('earlier wordings')))

      work.write('qa.csv', rows(12, [7]))
      await evaluated(work, ['eval', '--resume', 'run'])
      assert.is(work.runAt('run').results()[2]?.['output'], 'Answer 2')
      await assertSame(work, 'run')

      // A manifest that does not tell how the trials were asked: the scores tell which answers are meant.
      const manifest = work.runAt('run').manifest()
      const { maxTokens: _limit, ...settings } = manifest.settings
      work.write('run/manifest.json', JSON.stringify({ ...manifest, settings }))
      assert.is(await resultsOf(work, 'run'), work.runAt('run').text('results.csv'))
      work.write('run/manifest.json', JSON.stringify(manifest))

      // One prompt in other words, and back: sample, prompt, model and epoch have several answers then, of one pair key.
      await evaluated(work, ['eval', '--resume', 'run', '--prompt', '{{question}} Shortly.'])
      await assertSame(work, 'run')
      const shortly = work.runAt('run').text('results.csv')
      await evaluated(work, ['eval', '--resume', 'run', '--prompt', '{{question}}'])
      await assertSame(work, 'run')
      assert.is.not(work.runAt('run').text('results.csv'), shortly)

      // The same with a setting that decides the answers.
      await evaluated(work, ['eval', '--resume', 'run', '--max-tokens', '77', '--allow-change'])
      const changed = work.runAt('run').text('results.csv')
      await assertSame(work, 'run')
      await evaluated(work, ['eval', '--resume', 'run', '--max-tokens', '1024', '--allow-change'])
      await assertSame(work, 'run')
      assert.is.not(work.runAt('run').text('results.csv'), changed)
    })
  })
})

test('failures that were asked again show the later answer, and a failure that stayed is one', async () => {
  let failing = true
  const script = (asked: Asked): Answer =>
    /Question [13]\?/.test(questionOf(asked)) && (failing || questionOf(asked).includes('3'))
      ? fails(400, 'no such thing')
      : says(answerTo(questionOf(asked)))
  await inWorkdir({ 'qa.csv': questions(8) }, async (work) => {
    await withServer(script, async (server) => {
      const args = ['eval', '-d', 'qa.csv', '--base-url', server.url, '-m', 'm', '--max-failed', '100%', '--out', 'run']
      await evaluated(work, args)
      assert.is(work.runAt('run').summary().failed, 2)
      await assertSame(work, 'run')
      failing = false
      await evaluated(work, ['eval', '--resume', 'run', '--retry-failed'])
      assert.is(work.runAt('run').summary().failed, 1)
      await assertSame(work, 'run')
    })
  })
})

test('runs of an older version, whose scorings have no key, show the scores of their last pass', async () => {
  await inWorkdir({ 'qa.csv': questions(6) }, async (work) => {
    await evaluated(work, ['eval', '-d', 'qa.csv', ...AT_ONCE, '--out', 'run'])
    await evaluated(work, ['score', 'run', '--scorer', 'not-includes'])
    const written = work.runAt('run').text('results.csv')
    const manifest = work.runAt('run').manifest()
    const older = (change: Partial<Record<keyof Manifest, unknown>>): void =>
      work.write('run/manifest.json', JSON.stringify({ ...manifest, ...change }))
    const { scorings } = manifest
    older({ scorings: scorings.map(({ key: _key, ...scoring }) => scoring) })
    assert.is(await resultsOf(work, 'run'), written)
    older({ scorings: undefined })
    assert.is(await resultsOf(work, 'run'), written)
  })
})

test.run()
