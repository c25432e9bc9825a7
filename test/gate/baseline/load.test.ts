/** Which runs does a name stand for, and which may be kept under one? */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { acceptBaseline, exportBaseline, showBaselines } from '../../../src/gate/baseline/accept.ts'
import { keptPath } from '../../../src/gate/baseline/file.ts'
import { type LoadOptions, loadBaseline } from '../../../src/gate/baseline/load.ts'
import type { Side } from '../../../src/gate/types.ts'
import { UserError } from '../../../src/lib/errors.ts'
import { type MadeRun, trialsOf, withRuns, writeRun } from '../made-runs.ts'
import { keyOf } from '../made-sides.ts'

const signal = new AbortController().signal

/** Three nights of one setup, and a run of something else. */
const [FIRST, SECOND, LAST] = [night(1), night(2), night(3)]
const NIGHTS = [FIRST, SECOND, LAST]

function night(number: number): MadeRun {
  const trials = trialsOf(10, (index) => index >= number)
  return { runId: `night-${number}`, startedAt: `2026-01-0${number}T02:00:00.000Z`, trials }
}
const OTHER: MadeRun = {
  runId: 'other',
  startedAt: '2026-01-09T02:00:00.000Z',
  dataset: 'math',
  trials: trialsOf(4, () => true),
}

function load(cwd: string, asked: readonly string[], options: Partial<LoadOptions> = {}): Promise<Side> {
  return loadBaseline(asked, { cwd, signal, ...options })
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('it was accepted')
}

function passRate({ groups }: Side, sample: string): number {
  const rows = groups[0]?.rows
  return rows?.value('pass_rate', rows.rowOf(keyOf(sample, 1)) ?? -1) ?? Number.NaN
}

test('a run is found by its folder and by its name', () =>
  withRuns(NIGHTS, async (cwd) => {
    assert.equal((await load(cwd, ['night-2'])).facts.runIds, ['night-2'])
    assert.equal((await load(cwd, ['results/night-2'])).facts.runIds, ['night-2'])
    assert.equal((await load(cwd, [join(cwd, 'results', 'night-2')])).facts.runIds, ['night-2'])
  }))

test('latest is the last whole run of the same dataset that is not the run itself', () =>
  withRuns([...NIGHTS, OTHER], async (cwd) => {
    const latest = async (options: Partial<LoadOptions>): Promise<string> =>
      (await load(cwd, ['latest'], options)).facts.name
    assert.is(await latest({}), 'other')
    assert.is(await latest({ dataset: 'qa' }), 'night-3')
    assert.is(await latest({ dataset: 'qa', exclude: 'night-3' }), 'night-2')
    assert.is(await latest({ dataset: 'qa', before: '2026-01-02T02:00:00.000Z' }), 'night-1')
    writeRun(cwd, { ...LAST, runId: 'broken-off', startedAt: '2026-01-04T02:00:00.000Z', skipped: 3 })
    writeRun(cwd, { ...LAST, runId: 'killed', startedAt: '2026-01-05T02:00:00.000Z', skipped: null })
    writeRun(cwd, { ...LAST, runId: 'played', startedAt: '2026-01-06T02:00:00.000Z', simulated: true })
    assert.is(await latest({ dataset: 'qa', simulated: false }), 'night-3')
    assert.is(await latest({ dataset: 'qa', simulated: true }), 'played')
    assert.match(
      await refusal(latest({ dataset: 'nothing', simulated: false })),
      /^--baseline latest: there is no earlier finished real run of nothing under results\/\. Finished is one in which every trial was asked/,
    )
  }))

test('latest has answers, and no more failures than the run itself allows', () =>
  withRuns([FIRST], async (cwd) => {
    const latest = async (): Promise<string> => (await load(cwd, ['latest'])).facts.name
    const failing = (runId: string, day: number, failed: number, settings = {}): MadeRun => ({
      runId,
      startedAt: `2026-02-0${day}T02:00:00.000Z`,
      settings,
      trials: trialsOf(10, (index) => (index < failed ? null : true)),
    })
    writeRun(cwd, failing('all failed', 1, 10, { maxFailed: 1 }))
    writeRun(cwd, failing('some failed', 2, 3))
    assert.is(await latest(), 'night-1')
    writeRun(cwd, failing('some may fail', 3, 3, { maxFailed: 0.3 }))
    assert.is(await latest(), 'some may fail')
  }))

test('several are pooled, kept names, files and runs alike', () =>
  withRuns(NIGHTS, async (cwd) => {
    await acceptBaseline(['night-1', 'night-2'], 'main', { cwd, signal })
    const pooled = await load(cwd, ['main', 'night-3'])
    assert.equal(pooled.facts.runIds, ['night-1', 'night-2', 'night-3'])
    assert.equal([passRate(pooled, 's0'), passRate(pooled, 's2'), passRate(pooled, 's9')], [0, 2 / 3, 1])
    await exportBaseline(['main'], 'ci/baseline.jsonl', { cwd, signal })
    assert.equal((await load(cwd, ['ci/baseline.jsonl'])).facts.runIds, ['night-1', 'night-2'])
  }))

test('a kept baseline outlives its runs, and comes before a run of its name', () =>
  withRuns(NIGHTS, async (cwd) => {
    await acceptBaseline(['night-1'], 'night-2', { cwd, signal })
    rmSync(join(cwd, 'results', 'night-1'), { recursive: true })
    const kept = await load(cwd, ['night-2'])
    assert.equal([kept.facts.name, kept.facts.runIds], ['night-2', ['night-1']])
    assert.equal((await load(cwd, ['results/night-2'])).facts.runIds, ['night-2'])
  }))

test('a run is never its own baseline, alone or in a pool', () =>
  withRuns(NIGHTS, async (cwd) => {
    await acceptBaseline(['night-1', 'night-2'], 'main', { cwd, signal })
    assert.match(
      await refusal(load(cwd, ['night-2'], { exclude: 'night-2' })),
      /that is night-2, the run that is compared/,
    )
    assert.match(await refusal(load(cwd, ['main'], { exclude: 'night-2' })), /that holds night-2/)
  }))

test('a run that is named twice is refused', () =>
  withRuns(NIGHTS, async (cwd) => {
    await acceptBaseline(['night-1'], 'main', { cwd, signal })
    assert.match(await refusal(load(cwd, ['main', 'night-1'])), /run night-1 is named twice/)
  }))

test('a name that is nowhere gets the one that was meant', () =>
  withRuns(NIGHTS, async (cwd) => {
    assert.match(await refusal(load(cwd, ['main'])), /No baseline is kept so far: assay baseline accept <run>/)
    await acceptBaseline(['night-1'], 'main', { cwd, signal })
    assert.match(await refusal(load(cwd, ['mian'])), /Did you mean "main"\? Kept are main\.$/)
    assert.match(await refusal(load(cwd, ['night-4'])), /Did you mean "night-\d"\?/)
    assert.match(await refusal(load(cwd, ['mian'], { flag: 'gate' })), /^gate mian:/)
  }))

test('runs of two setups are refused', () =>
  withRuns([...NIGHTS, OTHER], async (cwd) => {
    assert.match(
      await refusal(load(cwd, ['night-1', 'other'])),
      /cannot be pooled with night-1, which has other dataset/,
    )
  }))

test('only whole runs are accepted', () =>
  withRuns(NIGHTS, async (cwd) => {
    const accept = (...asked: string[]): Promise<string> => refusal(acceptBaseline(asked, 'main', { cwd, signal }))
    writeRun(cwd, { ...FIRST, runId: 'half', planned: 20 })
    assert.match(await accept('half'), /half: the run has asked 10 of 20 trials/)
    writeRun(cwd, { ...FIRST, runId: 'killed', skipped: null })
    assert.match(await accept('killed'), /killed: the run is not finished/)
    writeRun(cwd, { ...FIRST, runId: 'stopped', planned: 20, skipped: 10, settings: { sequential: true } })
    assert.match(
      await accept('stopped'),
      /stopped: the run has asked 10 of 20 trials, since it stops .* \(--sequential, or a choice\)\..* --baseline stopped takes this one\.$/,
    )
    assert.is((await load(cwd, ['stopped'])).facts.name, 'stopped')
    writeRun(cwd, { ...FIRST, runId: 'failing', trials: trialsOf(10, (index) => (index < 3 ? null : true)) })
    assert.match(await accept('failing'), /30% of its trials failed, more than its --max-failed 5%/)
    assert.match(await accept('night-1', 'failing'), /failing: 30%/)
    writeRun(cwd, {
      ...FIRST,
      runId: 'lenient',
      settings: { maxFailed: 0.5 },
      trials: trialsOf(10, (index) => (index < 3 ? null : true)),
    })
    assert.is((await acceptBaseline(['lenient'], 'main', { cwd, signal })).baseline.groups[0]?.failures, 0.3)
  }))

test('what mends a run is told with the folder as it was typed', () =>
  withRuns([{ ...FIRST, runId: 'half', planned: 20 }], async (cwd) => {
    renameSync(join(cwd, 'results', 'half'), join(cwd, 'my run'))
    assert.match(
      await refusal(acceptBaseline(['my run'], 'main', { cwd, signal })),
      /^baseline accept my run: .* assay eval --resume "my run", or/,
    )
    renameSync(join(cwd, 'my run'), join(cwd, 'mine'))
    assert.match(await refusal(acceptBaseline(['./mine'], 'main', { cwd, signal })), /assay eval --resume \.\/mine, or/)
  }))

test('what a name had before is replaced and told, even where it cannot be read', () =>
  withRuns(NIGHTS, async (cwd) => {
    const accept = async (run: string) => (await acceptBaseline([run], 'main', { cwd, signal })).replaced
    assert.is(await accept('night-1'), null)
    assert.equal(await accept('night-2'), ['night-1'])
    writeFileSync(keptPath('main', cwd), 'no baseline\n')
    assert.equal(await accept('night-3'), [])
    assert.equal((await load(cwd, ['main'])).facts.runIds, ['night-3'])
  }))

test('a baseline tells how many runs it has and what more would bring', () =>
  withRuns(
    ['n1', 'n2', 'n3', 'n4', 'n5'].map((runId) => Object.assign({}, FIRST, { runId })),
    async (cwd) => {
      const notes = async (...asked: string[]) => (await acceptBaseline(asked, 'main', { cwd, signal })).notes
      // 1 − √(1.2 / 2) and 1 − √(1.2 / 1.5).
      assert.match((await notes('n1')).join(), /^1 run: .* 23 % shorter/)
      assert.match((await notes('n1', 'n2')).join(), /^2 runs: .* 11 % shorter/)
      assert.equal(await notes('n1', 'n2', 'n3', 'n4', 'n5'), [])
    },
  ))

test('simulated runs are kept, with a word about it', () =>
  withRuns([{ ...FIRST, simulated: true }], async (cwd) => {
    const { notes } = await acceptBaseline(['night-1'], 'main', { cwd, signal })
    assert.match(notes[0] ?? '', /^SIMULATED/)
  }))

test('an export takes the place of a baseline alone', () =>
  withRuns(NIGHTS, async (cwd) => {
    const io = { cwd, signal }
    assert.is((await exportBaseline(['night-1'], 'b.jsonl', io)).replaced, null)
    assert.equal((await exportBaseline(['night-2'], 'b.jsonl', io)).replaced, ['night-1'])
    assert.match(
      await refusal(exportBaseline(['night-1'], 'results/night-1/scores.jsonl', io)),
      /there is a file of that name which is no readable baseline/,
    )
    assert.match(await refusal(exportBaseline(['night-1'], 'results', io)), /that is a folder/)
  }))

test('names are letters, digits, dots and dashes', () =>
  withRuns(NIGHTS, async (cwd) => {
    for (const name of ['', '.hidden', '-x', '../main', 'a/b', 'latest', 'ä', 'x'.repeat(101)]) {
      assert.match(await refusal(acceptBaseline(['night-1'], name, { cwd, signal })), /^--name/)
    }
    await acceptBaseline(['night-1'], 'Release_1.2-rc', { cwd, signal })
    assert.equal(
      (await showBaselines([], { cwd, signal })).map(({ name }) => name),
      ['Release_1.2-rc'],
    )
  }))

test('what is shown are the rates with their intervals', () =>
  withRuns(NIGHTS, async (cwd) => {
    const io = { cwd, signal }
    await acceptBaseline(['night-1'], 'main', io)
    const [kept] = await showBaselines([], io)
    assert.equal([kept?.file, kept?.trials, kept?.scorers], [join('results', 'baselines', 'main.jsonl'), 10, ['exact']])
    const [group] = kept?.groups ?? []
    assert.equal([group?.passRate.value, group?.passRate.method, group?.passRate.n], [0.9, 'wilson', 10])
    // A run is no file; its figures are the same.
    const [run] = await showBaselines(['night-1'], io)
    assert.equal([run?.file, run?.bytes], [null, null])
    assert.equal(run?.groups, kept?.groups)
    // A mean of several runs is no pass or failure any more.
    await acceptBaseline(['night-1', 'night-3'], 'main', io)
    const [pooled] = await showBaselines(['main'], io)
    assert.is(pooled?.groups[0]?.passRate.value, 0.8)
    assert.is.not(pooled?.groups[0]?.passRate.method, 'wilson')
  }))

test.run()
