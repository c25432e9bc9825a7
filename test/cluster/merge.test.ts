/** Shards that are put together: is the run the one that would have been asked in one, and is anything else refused? */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { mergeRuns } from '../../src/cluster/merge.ts'
import { gateSettings } from '../../src/config/gate.ts'
import type { ReadConfig } from '../../src/config/options.ts'
import { lockRun } from '../../src/journal/lock.ts'
import type { Manifest } from '../../src/journal/types.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { UserError } from '../../src/lib/errors.ts'
import type { RunEnd } from '../../src/run/run.ts'
import type { Summary } from '../../src/stats/types.ts'
import { type MadeRun, makeRun, type Outcome, type Place } from './made-shards.ts'

const LATER = '2025-01-15T11:00:00.000Z'

async function inFolder(use: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'assay-merge-')))
  try {
    await use(cwd)
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

interface Asked extends ReadConfig {
  readonly interrupt?: AbortSignal
}

function merged(cwd: string, shards: readonly string[], { interrupt, ...config }: Asked = {}): Promise<RunEnd> {
  const { out = null, failUnder = null, maxFailed = 0.05 } = config
  const options = {
    shards,
    outDir: out,
    reporters: [],
    rulesOf: () => ({ gate: gateSettings(config), failUnder, maxFailed, timings: true, flags: {} }),
  }
  return mergeRuns(options, {
    cwd,
    env: {},
    clock: systemClock,
    interrupt: interrupt ?? new AbortController().signal,
    onLeave: () => {},
  })
}

/** Makes all shards of a run under s1, s2, … */
async function makeShards(cwd: string, count: number, run: Omit<MadeRun, 'shard'>): Promise<string[]> {
  const names: string[] = []
  for (let number = 1; number <= count; number++) {
    await makeRun(join(cwd, `s${number}`), { ...run, shard: `${number}/${count}` })
    names.push(`s${number}`)
  }
  return names
}

async function refusal(act: () => Promise<unknown>): Promise<string> {
  try {
    await act()
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('it was not refused')
}

function text(...path: string[]): string {
  return readFileSync(join(...path), 'utf8')
}

function manifestIn(...path: string[]): Manifest {
  return JSON.parse(text(...path, 'manifest.json')) as Manifest
}

function summaryIn(...path: string[]): Summary {
  return JSON.parse(text(...path, 'summary.json')) as Summary
}

/** A summary without what depends on events. */
function withoutEvents(summary: Summary): unknown {
  const { runId: _id, wallMs: _wall, outputTokensPerSecond: _pace, pace: _timeline, ...rest } = summary
  return rest
}

const OUTCOMES: readonly Outcome[] = ['right', 'wrong', 'failed', 'skipped_budget', 'skipped_stopped']

test('whatever the trials come to, the parts of any division make the results and figures of the whole', async () => {
  const cases = fc.record({
    rows: fc.integer({ min: 3, max: 30 }),
    count: fc.integer({ min: 1, max: 8 }),
    epochs: fc.integer({ min: 1, max: 3 }),
    models: fc.constantFrom(['m/one'], ['m/one', 'n/two']),
    isSampled: fc.boolean(),
    seed: fc.nat(),
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ rows, count, epochs, models, isSampled, seed }) => {
      await inFolder(async (cwd) => {
        const parts = Math.min(count, rows - 1)
        const outcome = ({ row, model, epoch }: Place): Outcome =>
          OUTCOMES[(seed + row * 7 + model.length * 3 + epoch * 11) % OUTCOMES.length] ?? 'right'
        const run = { rows, sample: isSampled ? rows - 1 : null, models, epochs, outcome }
        await makeRun(join(cwd, 'whole'), { ...run, shard: null })
        const shards = await makeShards(cwd, parts, run)
        await merged(cwd, shards.toReversed(), { out: 'merged' })
        for (const file of ['results.csv', 'summary.csv', 'samples.jsonl'])
          assert.is(text(cwd, 'merged', file), text(cwd, 'whole', file), file)
        assert.equal(withoutEvents(summaryIn(cwd, 'merged')), withoutEvents(summaryIn(cwd, 'whole')))
        const [one, all] = [manifestIn(cwd, 'merged'), manifestIn(cwd, 'whole')]
        assert.equal([one.dataset, one.trials], [all.dataset, all.trials])
        assert.is(one.shards?.length, parts)
      })
    }),
    { numRuns: 25 },
  )
})

test('the manifest is that of the run in one, with its parts, under the budgets of all of them', async () => {
  await inFolder(async (cwd) => {
    const shards = await makeShards(cwd, 2, { rows: 9, manifest: { startedAt: LATER } })
    const first = manifestIn(cwd, 's2')
    writeFileSync(join(cwd, 's2/manifest.json'), JSON.stringify({ ...first, startedAt: '2025-01-15T09:59:59.000Z' }))
    const end = await merged(cwd, shards)
    const manifest = manifestIn(cwd, end.dir)
    assert.match(manifest.runId, /^20250115T095959Z-qa-[0-9a-f]{6}$/)
    assert.is(end.dir, `results/${manifest.runId}`)
    assert.equal(manifest.shards, ['run-s1', 'run-s2'])
    const { settings, flags, resumes, startedAt, gitCommit } = manifest
    assert.equal([settings['shard'], settings['maxCost'], flags], [null, '1', { dataset: 'qa.csv', maxCost: '1' }])
    assert.equal([resumes, startedAt, gitCommit], [[], '2025-01-15T09:59:59.000Z', 'abc'])
    assert.equal(readdirSync(join(cwd, 'results')), [manifest.runId, 'history.csv'])
    assert.match(await refusal(() => merged(cwd, shards)), /merged already, into results\/20250115T095959Z-qa/)
    assert.match(await refusal(() => merged(cwd, [end.dir, 's1'])), /that is a merged run already, of 2 shards/)
  })
})

test('possibly billed attempts are kept, and answers of scorers that nobody can know are of one scoring', async () => {
  await inFolder(async (cwd) => {
    const outcome = ({ row }: Place): Outcome => (row % 5 === 0 ? 'skipped_stopped' : 'right')
    for (const number of [1, 2]) {
      const scoring = { key: `random ${number}`, knownKey: 'named', codeUnknown: ['own'] }
      const dir = await makeRun(join(cwd, `s${number}`), { rows: 20, shard: `${number}/2`, outcome, scoring })
      // An attempt of a trial that was left out when the run stopped.
      const lost = await makeRun(join(cwd, `l${number}`), {
        rows: 20,
        shard: `${number}/2`,
        outcome: () => 'lost',
        isReported: false,
      })
      const started = text(lost, 'journal.jsonl').split('\n')[1] ?? ''
      writeFileSync(join(dir, 'journal.jsonl'), `${text(dir, 'journal.jsonl')}${started}\n`)
    }
    const { summary, exitCode, reasons } = await merged(cwd, ['s1', 's2'], { out: 'merged' })
    assert.is(summary.possiblyBilled, 2)
    assert.is(summary.retryCostUsd, '0.002')
    assert.is(summary.groups[0]?.scored, 16)
    assert.equal(
      new Set(text(cwd, 'merged/scores.jsonl').match(/"scoring":"[^"]*"/g)),
      new Set(['"scoring":"random 1"']),
    )
    assert.is(exitCode, 3)
    assert.match(reasons.join(), /4 trials were left unasked by shards that ended before their last trial: /)
  })
})

const CHANGES: readonly { what: string; run: Partial<MadeRun>; tells: RegExp }[] = [
  { what: 'other settings', run: { settings: { maxTokens: 7 } }, tells: /differ in\n {2}maxTokens: 1024 and 7\n/ },
  { what: 'another seed', run: { manifest: { seed: 4 } }, tells: /seed: 3 and 4/ },
  {
    what: 'another version',
    run: { manifest: { assayVersion: '0.2.0' } },
    tells: /version of Assay: 0\.1\.0 and 0\.2\.0/,
  },
  {
    what: 'simulated answers',
    run: { manifest: { simulated: true } },
    tells: /who answers: real models and the built-in/,
  },
  { what: 'other models', run: { models: ['n/two'] }, tells: /model: \["m\/one"\] and \["n\/two"\]/ },
  {
    what: 'other scorers',
    run: { scoring: { key: 'other', knownKey: 'other' } },
    tells: /scorings: .*these.* and .*other/,
  },
  { what: 'another reducer', run: { settings: { reducer: ['median'] } }, tells: /reducer: not set and \["median"\]/ },
  {
    what: 'other prompts',
    run: { manifest: { prompts: [{ name: 'question', id: 'p2', text: '{{question}}!' }] } },
    tells: /prompts: .*and \["question: \{\{question\}\}!"\]\n {2}ids of the prompts: \["p1"\] and \["p2"\]/,
  },
  {
    what: 'other bytes of the dataset',
    run: { manifest: { dataset: { name: 'qa', format: 'csv', sha256: 'bb', samples: 3 } } },
    tells: /bytes of the dataset \(SHA-256\): aa and bb/,
  },
  { what: 'other rows of one dataset', run: { rows: 11 }, tells: /were cut from different rows/ },
  {
    what: 'a trial that is still to be asked',
    run: { outcome: ({ row }) => (row === 4 ? 'pending' : 'right') },
    tells:
      /shard \d\/3 \(s\d\) has broken off: 1 of 3 trials are not settled\. Finish it first: assay eval --resume s\d\./,
  },
  {
    what: 'no reports',
    run: { isReported: false },
    tells:
      /has broken off: its answers are there, and its reports are not of them\. Finish it first: assay eval --resume s\d/,
  },
]

for (const { what, run, tells } of CHANGES) {
  test(`a shard with ${what} is refused, and nothing is written`, async () => {
    await inFolder(async (cwd) => {
      const shards = await makeShards(cwd, 3, { rows: 10 })
      // Whichever shard has the row that makes the difference.
      const { rows = 10, ...changed } = run
      for (const number of [2, 3]) {
        rmSync(join(cwd, `s${number}`), { recursive: true })
        await makeRun(join(cwd, `s${number}`), { rows, ...changed, shard: `${number}/3` })
      }
      if (run.outcome !== undefined) await makeRun(join(cwd, 's1'), { rows, ...changed, shard: '1/3' })
      const before = readdirSync(cwd)
      assert.match(await refusal(() => merged(cwd, shards)), tells)
      assert.equal(readdirSync(cwd), before)
    })
  })
}

test('settings that each shard may have for itself may differ: pace, budget, limits', async () => {
  await inFolder(async (cwd) => {
    await makeRun(join(cwd, 's1'), {
      rows: 6,
      shard: '1/2',
      settings: { concurrency: 8, maxCost: '0.25', retries: 1 },
      manifest: {
        prices: [
          {
            model: 'm/one',
            inputUsdPerMillion: '1',
            outputUsdPerMillion: '3',
            cacheReadUsdPerMillion: null,
            source: 'list',
            asOf: null,
          },
        ],
      },
    })
    const price = {
      model: 'm/one',
      inputUsdPerMillion: '1',
      outputUsdPerMillion: '2',
      cacheReadUsdPerMillion: null,
      source: 'list',
      asOf: null,
    }
    const changed = { settings: { concurrency: 'auto', maxCost: null }, manifest: { prices: [price] } }
    await makeRun(join(cwd, 's2'), { rows: 6, shard: '2/2', ...changed })
    const { exitCode, dir, summary } = await merged(cwd, ['s1', 's2'])
    assert.is(exitCode, 0)
    assert.is(manifestIn(cwd, dir).settings['maxCost'], null)
    assert.ok(
      summary.notes.includes(
        'm/one: its shards were asked at different prices, 1/3 and 1/2 USD per million tokens in/out',
      ),
    )
  })
})

test('shards have to be all of one division, each once, and no whole run among them', async () => {
  await inFolder(async (cwd) => {
    await makeShards(cwd, 3, { rows: 8 })
    cpSync(join(cwd, 's2'), join(cwd, 'copy'), { recursive: true })
    await makeRun(join(cwd, 'half'), { rows: 8, shard: '1/2' })
    await makeRun(join(cwd, 'whole'), { rows: 8, shard: null })
    const told = (...shards: string[]): Promise<string> => refusal(() => merged(cwd, shards))
    assert.match(await told('s1', 's3'), /1 shard \(2\/3\) is missing; given are 1\/3 \(s1\), 3\/3 \(s3\)/)
    assert.match(await told('s2'), /2 shards \(1\/3, 3\/3\) are missing; given is 2\/3 \(s2\)/)
    assert.match(await told('s1', 's2', 's3', 'copy'), /given twice: 2\/3 \(s2\) and 2\/3 \(copy\)/)
    assert.match(await told('s1', 's2', 'half'), /parts of a different division/)
    assert.match(await told('s1', 's2', 's3', 'whole'), /assay merge whole: that is a whole run, not a shard/)
    assert.match(await told('s1', 's2', 'nothing'), /assay merge nothing: no such folder/)
    mkdirSync(join(cwd, 'taken'))
    writeFileSync(join(cwd, 'taken/file'), '')
    assert.match(
      await refusal(() => merged(cwd, ['s1', 's2', 's3'], { out: 'taken' })),
      /--out taken: the folder is not empty/,
    )
    mkdirSync(join(cwd, 'empty'))
    await merged(cwd, ['s1', 's2', 's3'], { out: 'empty' })
    assert.ok(existsSync(join(cwd, 'empty/manifest.json')))
  })
})

test('one shard of one is the whole', async () => {
  await inFolder(async (cwd) => {
    await makeShards(cwd, 1, { rows: 5 })
    await makeRun(join(cwd, 'whole'), { rows: 5, shard: null })
    await merged(cwd, ['s1'], { out: 'merged' })
    assert.is(text(cwd, 'merged/results.csv'), text(cwd, 'whole/results.csv'))
    assert.is(manifestIn(cwd, 'merged').dataset.version, manifestIn(cwd, 'whole').dataset.version)
  })
})

test('a shard that is being written is refused', async () => {
  await inFolder(async (cwd) => {
    const shards = await makeShards(cwd, 2, { rows: 6 })
    const lock = lockRun(join(cwd, 's2'), new Date())
    assert.match(await refusal(() => merged(cwd, shards)), /s2: another process is writing this run/)
    lock.release()
    await merged(cwd, shards)
  })
})

test('a damaged line of a shard is told with its place, and nothing is written', async () => {
  await inFolder(async (cwd) => {
    const shards = await makeShards(cwd, 2, { rows: 6 })
    const journal = text(cwd, 's2/journal.jsonl')
    writeFileSync(join(cwd, 's2/journal.jsonl'), journal.replace('Answer', 'answer'))
    assert.match(await refusal(() => merged(cwd, shards)), /s2\/journal\.jsonl:\d+ \(byte \d+\): damaged line/)
    writeFileSync(join(cwd, 's2/journal.jsonl'), journal)
    const scores = text(cwd, 's2/scores.jsonl')
    writeFileSync(join(cwd, 's2/scores.jsonl'), `${scores}{"half\n`)
    assert.match(await refusal(() => merged(cwd, shards)), /s2\/scores\.jsonl:5: not a line as Assay has written it/)
    assert.equal(readdirSync(cwd), ['s1', 's2'])
  })
})

test('an interrupt leaves nothing behind', async () => {
  await inFolder(async (cwd) => {
    const shards = await makeShards(cwd, 2, { rows: 6 })
    const interrupt = new AbortController()
    interrupt.abort()
    try {
      await merged(cwd, shards, { interrupt: interrupt.signal })
      assert.unreachable()
    } catch (error) {
      assert.is((error as Error).name, 'AbortError')
    }
    assert.equal(readdirSync(cwd), ['s1', 's2'])
  })
})

const right = ({ row }: Place, share: number): Outcome => (row % 100 < share ? 'right' : 'wrong')

test('the whole is judged: thresholds, failures, budgets and the baseline decide the exit code as in a run in one', async () => {
  await inFolder(async (cwd) => {
    const ends = async (name: string, outcome: MadeRun['outcome'], asked: Asked): Promise<RunEnd> => {
      const shards = await makeShards(cwd, 2, { rows: 200, ...(outcome === undefined ? {} : { outcome }) })
      return merged(cwd, shards, { ...asked, out: name })
    }
    await makeRun(join(cwd, 'before'), { rows: 200, shard: null, outcome: (place) => right(place, 90) })
    const gate = { baseline: ['before'], maxDrop: 0.1 }

    const passes = await ends('pass', (place) => right(place, 90), { ...gate, failUnder: 0.85 })
    assert.equal([passes.exitCode, passes.summary.gate?.verdict], [0, 'PASS'])
    assert.equal(manifestIn(cwd, 'pass').baselineRuns, ['run-before'])
    const below = await ends('below', (place) => right(place, 80), { failUnder: 0.85 })
    assert.is(below.exitCode, 1)
    assert.match(below.reasons.join(), /pass rate of 80\.00 %, below --fail-under 85%/)
    const worse = await ends('worse', (place) => right(place, 50), gate)
    assert.equal([worse.exitCode, worse.summary.gate?.verdict], [1, 'REGRESSION'])
    const open = await ends('open', ({ row, ...place }) => right({ row: row * 3, ...place }, 81), gate)
    assert.equal([open.exitCode, open.summary.gate?.verdict], [5, 'INCONCLUSIVE'])
    const failing = await ends('failing', ({ row }) => (row % 10 === 0 ? 'failed' : 'right'), { failUnder: 0.5 })
    assert.is(failing.exitCode, 3)
    assert.match(failing.reasons.join(), /20 of 200 trials failed, more than --max-failed 5%/)
    const poor = await ends('poor', ({ row }) => (row > 180 ? 'skipped_budget' : 'right'), {})
    assert.is(poor.exitCode, 4)
    assert.match(
      poor.reasons.join(),
      /20 trials were left unasked by shards that came to the end of their budgets .*1\/2 \(\d+\), 2\/2 \(\d+\)/,
    )
  })
})

test('a baseline that cannot be compared is refused before anything is written', async () => {
  await inFolder(async (cwd) => {
    const shards = await makeShards(cwd, 2, { rows: 20 })
    await makeRun(join(cwd, 'other'), { rows: 21, shard: null })
    const told = (baseline: string): Promise<string> =>
      refusal(() => merged(cwd, shards, { baseline: [baseline], maxDrop: 0.1, out: 'merged' }))
    assert.match(await told('other'), /other dataset/)
    assert.match(await told('s1'), /run-s1 is one of the shards that are merged/)
    assert.match(await told('none'), /no kept baseline, no file and no run folder/)
    assert.not.ok(existsSync(join(cwd, 'merged')))
  })
})

test('a shard is no latest baseline, and no latest run once it is merged', async () => {
  await inFolder(async (cwd) => {
    const results = join(cwd, 'results')
    await makeRun(join(results, 'before'), {
      rows: 20,
      shard: null,
      manifest: { startedAt: '2025-01-01T00:00:00.000Z' },
    })
    await makeRun(join(results, 'other-shard'), {
      rows: 20,
      shard: '1/2',
      manifest: { startedAt: '2025-01-02T00:00:00.000Z' },
    })
    const shards = await makeShards(cwd, 2, { rows: 20 })
    const { summary } = await merged(cwd, shards, { baseline: ['latest'], maxDrop: 0.3, out: 'merged' })
    assert.equal(summary.gate?.baseline.runIds, ['run-before'])
  })
})

test.run()
