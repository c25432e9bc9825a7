/** What does `assay report` make of a run: finished, still going on, killed, damaged? */
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Summary } from '../../src/stats/types.ts'
import { answerTo, questions } from '../helpers/datasets.ts'
import { type Answer, type Asked, hangs, questionOf, says, withServer } from '../helpers/server.ts'
import { inWorkdir, type Workdir } from '../helpers/workdir.ts'

const AT_ONCE = ['--simulate', '--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms', '--concurrency', '64']
const REPORTS = ['results.csv', 'summary.csv', 'summary.json']
const ALL = ['--reporter', 'csv', '--reporter', 'summary', '--reporter', 'json']

/** Runs to the end, whatever its exit code says of the answers. */
async function evaluated(work: Workdir, args: readonly string[], code = 0): Promise<void> {
  const { status, stderr } = await work.assay(args)
  assert.is(status, code, `${args.join(' ')}\n${stderr}`)
}

function summaryOf(work: Workdir, path: string): Summary {
  return JSON.parse(work.read(path)) as Summary
}

for (const timings of [true, false]) {
  test(`the reports of a run come out again byte for byte, in place and elsewhere, ${timings ? 'with' : 'without'} timings`, async () => {
    await inWorkdir({ 'qa.csv': questions(12) }, async (work) => {
      const flags = timings ? [] : ['--no-timings']
      await evaluated(work, ['eval', '-d', 'qa.csv', ...AT_ONCE, '--keep', 'question', ...flags, '--out', 'run'])
      const written = REPORTS.map((file) => work.runAt('run').text(file))
      await evaluated(work, ['report', 'run', ...ALL, '--out', 'again'])
      assert.equal(
        REPORTS.map((file) => work.read(`again/${file}`)),
        written,
      )
      for (const file of REPORTS) if (file !== 'summary.json') work.remove(`run/${file}`)
      await evaluated(work, ['report', 'run', ...ALL])
      assert.equal(
        REPORTS.map((file) => work.runAt('run').text(file)),
        written,
      )
    })
  })
}

test('a run that is still going on, and one that was killed, show what is there so far and say so', async () => {
  await inWorkdir({ 'qa.csv': questions(20) }, async (work) => {
    const script = (asked: Asked, place: number): Answer => (place >= 8 ? hangs : says(answerTo(questionOf(asked))))
    await withServer(script, async (server) => {
      const program = work.start([
        'eval',
        '-d',
        'qa.csv',
        '--base-url',
        server.url,
        '-m',
        'm',
        '--price',
        'm=1/2',
        '--concurrency',
        '4',
        '--out',
        'run',
      ])
      await server.arrived(12)
      const settled = (): number =>
        readFileSync(join(work.path, 'run/journal.jsonl'), 'utf8').split('"type":"settled"').length - 1
      while (settled() < 8) await new Promise((resolve) => setTimeout(resolve, 10))
      const live = await work.assay(['report', 'run', ...ALL, '--out', 'live'])
      assert.is(live.status, 0, live.stderr)
      assert.match(
        live.stderr,
        /! the run is still going on: these are the figures of the 8 of 20 trials that have settled so far/,
      )
      assert.is(summaryOf(work, 'live/summary.json').completed, 8)
      program.signal('SIGKILL')
      await program.ended
      const killed = await work.assay(['report', 'run', ...ALL, '--out', 'killed'])
      assert.match(killed.stderr, /! the run ended before its reports: these are the figures of the 8 of 20 trials/)
      const { completed, skipped, possiblyBilled, retryCostUsd, notes, wallMs } = summaryOf(work, 'killed/summary.json')
      assert.equal([completed, skipped, possiblyBilled], [8, 12, 4])
      assert.ok(Number(retryCostUsd) > 0, 'what was in flight at the kill may have cost money')
      assert.ok(wallMs >= 0 && notes.some((note) => note.startsWith('the run ended before its reports')))
      const statuses = work
        .runAt('killed')
        .results()
        .map(({ status }) => status)
      assert.equal(statuses.filter((status) => status === 'pending').length, 12)
    })
  })
})

test('a journal that ends in half a line is read up to it; other damage is told with its line', async () => {
  await inWorkdir({ 'qa.csv': questions(6) }, async (work) => {
    await evaluated(work, ['eval', '-d', 'qa.csv', ...AT_ONCE, '--out', 'run'])
    cpSync(join(work.path, 'run'), join(work.path, 'torn'), { recursive: true })
    const journal = join(work.path, 'torn/journal.jsonl')
    truncateSync(journal, readFileSync(journal).length - 40)
    const torn = await work.assay(['report', 'torn', '--reporter', 'csv', '--out', 'again'])
    assert.is(torn.status, 0, torn.stderr)
    assert.equal(
      work
        .runAt('again')
        .results()
        .filter(({ status }) => status === 'pending').length,
      1,
    )

    const lines = readFileSync(journal, 'utf8').split('\n')
    writeFileSync(journal, [lines[0], `${lines[1]?.slice(0, 20)}x${lines[1]?.slice(21)}`, ...lines.slice(2)].join('\n'))
    const damaged = await work.assay(['report', 'torn', '--reporter', 'csv'])
    assert.is(damaged.status, 2)
    assert.match(damaged.stderr, /journal\.jsonl:2 \(byte \d+\): damaged line/)
  })
})

test('a run whose journal is gone has no report: one would say that nothing was answered', async () => {
  await inWorkdir({ 'qa.csv': questions(3) }, async (work) => {
    await evaluated(work, ['eval', '-d', 'qa.csv', ...AT_ONCE, '--out', 'run'])
    rmSync(join(work.path, 'run/journal.jsonl'))
    const { status, stderr, files } = await work.assay(['report', 'run'])
    assert.is(status, 2)
    assert.match(stderr, /journal\.jsonl is gone, which holds the answers/)
    assert.not.ok(files.includes('run/report.html'))
  })
})

test('the verdict of a run without timings is judged again, and is left out when its baseline is gone', async () => {
  await inWorkdir({ 'qa.csv': questions(40) }, async (work) => {
    await evaluated(work, ['eval', '-d', 'qa.csv', ...AT_ONCE, '--out', 'before'])
    const gated = ['--baseline', 'before', '--max-drop', '0.3', '--inconclusive', 'pass']
    await evaluated(work, ['eval', '-d', 'qa.csv', ...AT_ONCE, ...gated, '--no-timings', '--out', 'after'])
    assert.is(work.runAt('after').summary().gate, null)
    const html = async (): Promise<string> => {
      await evaluated(work, ['report', 'after', '--reporter', 'html', '--out', 'page'])
      return work.read('page/report.html')
    }
    assert.match(await html(), /PASS/)
    rmSync(join(work.path, 'before'), { recursive: true })
    assert.not.match(await html(), /"verdict":"PASS"/)
  })
})

test.run()
