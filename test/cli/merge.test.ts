/** Do shards that were asked by several processes make the very run that one process makes, and can it be used as any other? */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { answerTo } from '../helpers/datasets.ts'
import { inWorkdir, type Workdir } from '../helpers/workdir.ts'

const AT_ONCE = ['--simulate', '--simulator', 'ttft=0ms', '--simulator', 'token-gap=0ms', '--concurrency', '64']

/** Recorded answers, all of them right: no server has to be started. */
const REPLAY = ['--provider', 'replay', '--replay-column', 'expected']

/** Of three kinds. */
function rows(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const question = `Question ${index}?`
    return `r${index},${question},${answerTo(question)},kind ${index % 3}\n`
  })
  return `id,question,expected,kind\n${lines.join('')}`
}

async function evaluated(work: Workdir, args: readonly string[]): Promise<void> {
  const answers = args.includes('replay') ? [] : AT_ONCE
  const { status, stderr } = await work.assay(['eval', '-d', 'qa.csv', ...answers, ...args])
  assert.is(status, 0, stderr)
}

/** The whole run, and its shards under parts/, two processes at a time. */
async function divided(work: Workdir, count: number, args: readonly string[]): Promise<string[]> {
  const folders = Array.from({ length: count }, (_, index) => `parts/${index + 1}`)
  await evaluated(work, [...args, '--out', 'whole'])
  const waiting = [...folders.entries()]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, folder] = next
      await evaluated(work, [...args, '--shard', `${index + 1}/${count}`, '--out', folder])
    }
  }
  await Promise.all([worker(), worker()])
  return folders
}

function assertSame(work: Workdir, one: string, other: string): void {
  for (const file of ['results.csv', 'summary.csv', 'summary.json', 'samples.jsonl'])
    assert.is(work.runAt(one).text(file), work.runAt(other).text(file), file)
}

test('eight shards of a thousand rows make the reports of the run in one, byte for byte', async () => {
  await inWorkdir({ 'qa.csv': rows(1_000) }, async (work) => {
    const folders = await divided(work, 8, ['--no-timings', '--slice', 'kind', '--reporter', 'markdown'])
    // The dataset is not there: a job that merges has downloaded the folders alone.
    work.remove('qa.csv')
    const merged = await work.assay(['merge', ...folders.toReversed(), '--out', 'merged', '--reporter', 'markdown'])
    assert.is(merged.status, 0, merged.stderr)
    assertSame(work, 'merged', 'whole')
    assert.is(
      work
        .runAt('merged')
        .journal()
        .filter(({ type }) => type === 'settled').length,
      1_000,
    )
    const again = await work.assay(['merge', ...folders, '--out', 'again'])
    assert.is(again.status, 0)
    for (const file of ['journal.jsonl', 'scores.jsonl'])
      assert.is(
        work.runAt('again').text(file),
        work.runAt('merged').text(file),
        `${file}, in whatever order they are given`,
      )
    const withoutRun = (text: string): string => text.replace(/\d{8}T\d{6}Z-qa-[0-9a-f]{6}/g, 'the run')
    assert.is(withoutRun(work.read('merged/report.md')), withoutRun(work.read('whole/report.md')))
  })
})

test('epochs, models, slices, judges and a sample: the merged run is the whole, and takes every command that a run takes', async () => {
  await inWorkdir({ 'qa.csv': rows(40) }, async (work) => {
    const args = [
      ['-m', 'a/one', '-m', 'b/two', '--epochs', '2', '--reducer', 'pass@2', '--slice', 'kind', '--keep', 'kind'],
      ['--scorer', 'exact', '--scorer', 'factuality', '--judge', 'j/judge', '--judge-provider', 'simulator'],
      ['--sample', '30', '--seed', '7', '--no-timings'],
    ].flat()
    const folders = await divided(work, 3, args)
    const merged = await work.assay(['merge', ...folders])
    assert.is(merged.status, 0, merged.stderr)
    const run = work.run()
    assertSame(work, run.path, 'whole')
    assert.equal(run.manifest().dataset, work.runAt('whole').manifest().dataset)

    // Under results/ it stands in the history once, and its shards do not.
    const history = work.read('results/history.csv')
    assert.ok(history.includes(run.manifest().runId))
    assert.is(
      new Set(
        history
          .split('\n')
          .slice(1, -1)
          .map((line) => line.split(',')[0]),
      ).size,
      1,
    )

    const compared = await work.assay(['compare', 'whole', run.path, '--out', 'comparison'])
    assert.is(compared.status, 0, compared.stderr)
    assert.is(work.read('comparison/flips.csv').trim().split('\n').length, 1, 'not one answer differs')
    const gated = await work.assay(['gate', run.path, '--baseline', 'whole', '--max-drop', '0.2'])
    assert.match(gated.stdout, /PASS/)
    const kept = await work.assay(['baseline', 'accept', run.path, '--name', 'main'])
    assert.is(kept.status, 0, kept.stderr)
    const html = await work.assay(['report', run.path, '--reporter', 'html'])
    assert.is(html.status, 0, html.stderr)
    assert.ok(run.text('report.html').length > 10_000)
    const resumed = await work.assay(['eval', '--resume', 'latest'])
    assert.is(resumed.status, 0, resumed.stderr)
    assert.match(resumed.stderr, /120 reused, nothing left to ask/)
    assertSame(work, run.path, 'whole')
    const scored = await work.assay(['score', run.path, '--scorer', 'f1'])
    assert.is(scored.status, 0, scored.stderr)
    assert.ok(run.summary().groups.every(({ scores }) => 'f1' in scores))
    assert.is(run.manifest().shards?.length, 3, 'whatever is done with it, it is known what it was merged of')
  })
})

test('shards that were scored again, resumed, or asked from the cache are merged like any; answers of a shard are the run’s own', async () => {
  await inWorkdir({ 'qa.csv': rows(24) }, async (work) => {
    const folders = await divided(work, 2, ['--no-timings', '--cache'])
    for (const folder of folders) {
      assert.is((await work.assay(['score', folder, '--scorer', 'f1'])).status, 0)
      assert.is((await work.assay(['score', folder, '--scorer', 'exact', '--slice', 'kind'])).status, 0)
    }
    assert.is((await work.assay(['score', 'whole', '--scorer', 'f1'])).status, 0)
    assert.is((await work.assay(['score', 'whole', '--scorer', 'exact', '--slice', 'kind'])).status, 0)
    const merged = await work.assay(['merge', ...folders, '--out', 'merged'])
    assert.is(merged.status, 0, merged.stderr)
    assert.is(work.runAt('merged').text('results.csv').replaceAll(',cache,', ',reported,').length > 0, true)
    assert.is(
      work.runAt('merged').text('summary.csv').split('\n').length,
      work.runAt('whole').text('summary.csv').split('\n').length,
    )
    assert.is(work.runAt('merged').summary().groups[0]?.scored, 24)
    const { notes } = JSON.parse(
      (await work.assay(['gate', 'merged', '--baseline', 'whole', '--max-drop', '0.3', '--json'])).stdout,
    ) as { notes: string[] }
    assert.ok(
      notes.some((note) => note.startsWith('24 answers of') && note.includes("copies of the baseline's")),
      notes.join('\n'),
    )
  })
})

test('a merge that is killed leaves no folder that looks like a run, and can be made again', async () => {
  await inWorkdir({ 'qa.csv': rows(3_000) }, async (work) => {
    const folders = await divided(work, 2, [...REPLAY, '--no-timings'])
    const seen = new Set<string>()
    for (const delayMs of [150, 250, 350, 500, 700]) {
      const program = work.start(['merge', ...folders])
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      program.signal('SIGKILL')
      const { status } = await program.ended
      for (const { name } of readdirSync(join(work.path), { withFileTypes: true })) seen.add(name)
      if (status === 0) break
      const report = await work.assay(['report', 'latest', '--reporter', 'json'])
      assert.match(report.stderr, /there is no run under results/)
    }
    const results = seen.has('results') ? readdirSync(join(work.path, 'results')) : []
    if (!results.includes('history.csv')) assert.is((await work.assay(['merge', ...folders])).status, 0)
    assertSame(work, work.run().path, 'whole')
  })
})

test('what is refused ends with code 2; a shard judges nothing for itself', async () => {
  await inWorkdir({ 'qa.csv': rows(12) }, async (work) => {
    const folders = await divided(work, 2, REPLAY)
    const told = async (...args: string[]): Promise<string> => {
      const { status, stderr, files } = await work.assay(args)
      assert.is(status, 2, stderr)
      assert.not.ok(files.some((file) => file.startsWith('results/')))
      return stderr
    }
    assert.match(await told('merge'), /expected 1 shard/)
    assert.match(await told('merge', folders[0] ?? ''), /1 shard \(2\/2\) is missing/)
    assert.match(await told('merge', ...folders, 'whole'), /that is a whole run, not a shard/)
    assert.match(await told('merge', ...folders, '--max-drop', '0.1'), /no --baseline names what with/)
    assert.match(await told('merge', ...folders, '--baseline', 'whole'), /Add --max-drop/)
    const shard = ['eval', '-d', 'qa.csv', '--simulate', '--shard', '1/2', '--max-drop', '0.1']
    assert.match(
      await told(...shard, '--baseline', 'whole'),
      /--baseline with --shard 1\/2: a shard is a part of a run and cannot judge the whole\. .* assay merge/,
    )
    assert.match(await told(...shard, '--sequential'), /--sequential with --shard 1\/2/)
    const whole = await work.assay([
      'merge',
      ...folders,
      '--baseline',
      'whole',
      '--max-drop',
      '0.5',
      '--out',
      'merged',
      '--json',
    ])
    assert.is(whole.status, 0, whole.stderr)
    assert.is((JSON.parse(whole.stdout) as { gate: { verdict: string } }).gate.verdict, 'PASS')
  })
})

test.run()
