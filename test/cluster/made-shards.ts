/** A run, whole or one of its shards, as `assay eval` would have left it: whatever its trials came to. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseShard } from '../../src/dataset/select.ts'
import { createSpool, openSpool, SAMPLES_FILE } from '../../src/dataset/spool.ts'
import type { Sample } from '../../src/dataset/types.ts'
import { encodeLine, HEADER } from '../../src/journal/format.ts'
import type { JournalLine, Manifest, ScoreLine, UnscoredLine } from '../../src/journal/types.ts'
import { key128 } from '../../src/lib/hash.ts'
import { pairKey } from '../../src/plan/keys.ts'
import { trialAt } from '../../src/plan/trials.ts'
import type { TrialStatus } from '../../src/report/types.ts'
import { reopenRun } from '../../src/run/reopen.ts'
import { reportedAs } from '../../src/run/reported.ts'
import { ALWAYS, renderReports } from '../../src/run/reports.ts'
import { summaryOfRows } from '../../src/run/resummarize.ts'
import { resultRows } from '../../src/run/rows.ts'
import { pickSamples, versionOf } from '../../src/run/selection.ts'
import { completed, failed, scored } from '../journal/records.ts'

export type Outcome = 'right' | 'wrong' | 'failed' | 'lost' | 'skipped_budget' | 'skipped_stopped' | 'pending'

export interface MadeRun {
  readonly rows: number
  /** As typed after --shard; null: the whole run. */
  readonly shard: string | null
  readonly sample?: number | null
  readonly models?: readonly string[]
  readonly epochs?: number
  /** What a trial came to. `lost`: nothing, after an attempt that may have been billed. */
  readonly outcome?: (place: Place) => Outcome
  /** What its manifest has different. */
  readonly manifest?: Partial<Manifest>
  readonly settings?: Readonly<Record<string, unknown>>
  readonly scoring?: Partial<Manifest['scorings'][number]>
  /** False: it was killed before its reports. */
  readonly isReported?: boolean
}

export interface Place {
  /** Number of the row, from 1. */
  readonly row: number
  readonly model: string
  readonly epoch: number
}

const SEED = 3
const NEVER = new AbortController().signal

/** Writes the run folder and resolves with its path. */
export async function makeRun(dir: string, run: MadeRun): Promise<string> {
  mkdirSync(dir, { recursive: true })
  const { models = ['m/one'], epochs = 1, shard, sample = null, outcome = () => 'right' } = run
  const path = join(dir, SAMPLES_FILE)
  const writer = createSpool(path, { seed: SEED })
  for (let row = 1; row <= run.rows; row++) writer.add(sampleOf(row))
  writer.finish().close()
  const spool = await openSpool(path, { seed: SEED }, NEVER)
  const selection = pickSamples(spool, { sample, shard: shard === null ? null : parseShard(shard) })
  const shape = { samples: selection.order.length, prompts: 1, models: models.length, epochs }
  const trials = shape.samples * models.length * epochs
  const key = run.scoring?.key ?? 'these'
  const journal: (JournalLine | typeof HEADER)[] = [HEADER]
  const scores: (ScoreLine | UnscoredLine)[] = []
  const outcomes: Outcome[] = []
  for (let index = 0; index < trials; index++) {
    const { sampleIndex, modelIndex, epoch } = trialAt(index, shape)
    const asked = selection.sampleAt(sampleIndex)
    const model = models[modelIndex] ?? ''
    const what = outcome({ row: Number(asked.id.slice(1)), model, epoch })
    outcomes.push(what)
    const trial = key128(JSON.stringify([asked.id, model, epoch]))
    const place = { trial, sample: asked.id, model, prompt: 'question', epoch }
    const line = { ...place, pass: 1, pairKey: pairKey(asked, epoch) }
    if (what === 'lost') journal.push({ type: 'started', trial, attempt: 1, reservedUsd: '0.001' })
    else if (what === 'failed') {
      journal.push(failed(place))
      scores.push({ ...line, failed: 'provider_error' })
    } else if (what === 'right' || what === 'wrong') {
      journal.push(completed({ ...place, output: what === 'right' ? (asked.expected[0] ?? '') : 'wrong' }))
      scores.push(scored(what === 'right' ? 1 : 0, { ...line, scoring: key }))
    }
  }
  writeFileSync(join(dir, 'journal.jsonl'), journal.map(encodeLine).join(''))
  const head = { type: 'scores', formatVersion: 1 }
  writeFileSync(join(dir, 'scores.jsonl'), [head, ...scores].map((line) => `${JSON.stringify(line)}\n`).join(''))
  const version = versionOf(spool, {
    dataset: { sample, shard: shard === null ? null : parseShard(shard) },
    seed: SEED,
  })
  spool.close()
  const manifest: Manifest = {
    ...MANIFEST,
    runId: `run-${basename(dir)}`,
    dataset: { ...MANIFEST.dataset, samples: shape.samples, version },
    trials,
    ...run.manifest,
    settings: { ...MANIFEST.settings, model: models, epochs, shard, sample, ...run.settings },
    scorings: [{ ...SCORING, key, ...run.scoring }],
  }
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify(manifest))
  if (run.isReported !== false) await writeReports(dir, manifest, outcomes)
  return dir
}

async function writeReports(dir: string, manifest: Manifest, outcomes: readonly Outcome[]): Promise<void> {
  const run = await reopenRun(dir, manifest, { cwd: dir, signal: NEVER })
  const statusOf = (index: number): Exclude<TrialStatus, 'completed' | 'failed'> => {
    const what = outcomes[index]
    return what === 'skipped_budget' || what === 'skipped_stopped' ? what : 'pending'
  }
  const { simulated } = manifest
  const told = { ...run, statusOf, rows: () => resultRows(run, run.reader, { simulated, statusOf }) }
  const shown = { summary: summaryOfRows(told), comparison: null, timings: true }
  await renderReports(dir, ALWAYS, reportedAs(told, shown, { cwd: dir }))
  run.close()
}

function sampleOf(row: number): Sample {
  return {
    id: `r${row}`,
    line: row + 1,
    vars: { question: `Question ${row}?`, kind: String(row % 3) },
    expected: [`Answer ${row}`],
    assertions: [],
    metadata: {},
    prefix: '',
    suffix: '',
  }
}

const SCORING: Manifest['scorings'][number] = {
  pass: 1,
  at: '2025-01-15T10:00:00.000Z',
  key: 'these',
  codeUnknown: [],
  knownKey: 'these',
  scorers: ['exact'],
  judges: [],
  weight: {},
  threshold: {},
  combine: 'all',
}

const MANIFEST: Manifest = {
  formatVersion: 1,
  runId: 'run',
  startedAt: '2025-01-15T10:00:00.000Z',
  assayVersion: '0.1.0',
  nodeVersion: 'v20.20.0',
  gitCommit: 'abc',
  simulated: false,
  settings: { slice: ['kind'], maxTokens: 1_024, maxCost: '0.5', failUnder: null, maxFailed: 0.05 },
  dataset: { name: 'qa', format: 'csv', sha256: 'aa', samples: 0 },
  prompts: [{ name: 'question', id: 'p1', text: '{{question}}' }],
  provider: { name: 'custom', baseUrl: 'http://127.0.0.1:9/v1' },
  judges: null,
  embeddings: null,
  prices: [],
  scorers: ['exact'],
  trials: 0,
  seed: SEED,
  flags: { dataset: 'qa.csv', maxCost: '0.5' },
  baselineRuns: null,
  resumes: [],
  scorings: [],
}
