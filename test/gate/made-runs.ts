/** Run folders under results/ as comparisons and the history read them: manifest, scores and summary. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UnscoredLine, Manifest, ManifestScoring, ScoreLine } from '../../src/journal/types.ts'
import { keyOf } from './made-sides.ts'

export interface MadeRun {
  readonly runId: string
  readonly startedAt?: string
  readonly dataset?: string
  readonly simulated?: boolean
  readonly scorings?: readonly Partial<ManifestScoring>[]
  readonly settings?: Readonly<Record<string, unknown>>
  /** Samples that the manifest tells of; those with a trial unless given. */
  readonly planned?: number
  /** Trials that were never asked, as the summary has it; null: there is no summary. */
  readonly skipped?: number | null
  readonly model?: string
  /** By sample: passed or not, null: failed. */
  readonly trials: Readonly<Record<string, boolean | null>>
}

/** Runs with a folder that holds these runs; removes it whatever happens. */
export async function withRuns(runs: readonly MadeRun[], use: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = mkdtempSync(join(tmpdir(), 'assay-runs-'))
  try {
    for (const run of runs) writeRun(cwd, run)
    await use(cwd)
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

export function writeRun(cwd: string, run: MadeRun): void {
  const { runId, skipped = 0, model = 'm', trials } = run
  const dir = join(cwd, 'results', runId)
  mkdirSync(dir, { recursive: true })
  const manifest = manifestOf(run)
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify(manifest))
  const failed = Object.values(trials).filter((passed) => passed === null).length
  const summary = { completed: Object.keys(trials).length - failed, failed, skipped }
  if (skipped !== null) writeFileSync(join(dir, 'summary.json'), JSON.stringify(summary))
  const scoring = manifest.scorings.at(-1)?.key
  const lines = Object.entries(trials).map(([sample, passed]) => {
    const key = keyOf(sample, 1)
    const place = { trial: key, pass: 1, pairKey: key, sample, epoch: 1, model, prompt: 'question' }
    return passed === null
      ? Object.assign(place, { failed: 'timeout' })
      : Object.assign(place, scoreOf(passed), { scoring })
  })
  writeFileSync(join(dir, 'scores.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

function scoreOf(passed: boolean): Omit<ScoreLine, keyof UnscoredLine | 'scoring'> {
  return {
    costUsd: '0.0001',
    latencyUs: 123_456,
    tokens: 42,
    servedModel: 'm',
    servedProvider: 'P',
    passed,
    score: Number(passed),
    scores: { exact: Number(passed) },
    reason: '',
    judgeCostUsd: '0',
    isOpen: false,
  }
}

export function manifestOf(run: MadeRun): Manifest {
  const { runId, startedAt = '2026-01-01T00:00:00.000Z', dataset = 'qa', simulated = false, model = 'm', trials } = run
  const scoring = {
    pass: 1,
    at: startedAt,
    key: 'k',
    scorers: ['exact'],
    judges: [],
    weight: {},
    threshold: {},
    combine: 'all',
  }
  return {
    formatVersion: 1,
    runId,
    startedAt,
    assayVersion: '0',
    nodeVersion: 'v20',
    gitCommit: null,
    simulated,
    settings: { epochs: 1, model: [model], ...run.settings },
    dataset: {
      name: dataset,
      format: 'csv',
      sha256: null,
      samples: run.planned ?? Object.keys(trials).length,
      // Other datasets have other rows.
      version: dataset === 'qa' ? 'v1' : `${dataset}-v1`,
    },
    prompts: [{ name: 'question', id: 'p1', text: '' }],
    provider: { name: 'openrouter', baseUrl: 'https://openrouter.ai/api/v1' },
    judges: null,
    embeddings: null,
    prices: [],
    scorers: ['exact'],
    trials: Object.keys(trials).length,
    seed: 0,
    flags: {},
    resumes: [],
    scorings: (run.scorings ?? [{}]).map((changes) => Object.assign({}, scoring, changes)),
  }
}

/** Samples s0, s1, … with what `passed` says of each. */
export function trialsOf(count: number, passed: (index: number) => boolean | null): MadeRun['trials'] {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${index}`, passed(index)]))
}
