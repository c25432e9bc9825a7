/** A run folder as a finished run leaves it, with the answers and scores that a test wants. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeLine, HEADER } from '../../src/journal/format.ts'
import type { ScoreLine } from '../../src/journal/types.ts'
import { pairKey } from '../../src/plan/keys.ts'
import { key128 } from '../../src/lib/hash.ts'
import { completed, failed, scored } from '../journal/records.ts'

export interface FinishedRun {
  readonly models?: readonly string[]
  readonly prompts?: readonly string[]
  readonly epochs?: number
  readonly scorers?: readonly string[]
  readonly provider?: string
  readonly settings?: Readonly<Record<string, unknown>>
  readonly scorings?: readonly { readonly pass: number; readonly scorers: readonly string[] }[]
  /** What was answered; "Paris" unless given. */
  readonly output?: (place: TrialPlace) => string
  /** Columns of each sample; their ids are q1, q2, … */
  readonly samples: readonly Readonly<Record<string, string>>[]
  /** What a trial came to; undefined: it was never settled. */
  readonly trial: (place: TrialPlace) => 'failed' | Partial<ScoreLine> | readonly Partial<ScoreLine>[] | undefined
}

export interface TrialPlace {
  /** From 0. */
  readonly index: number
  readonly model: string
  readonly prompt: string
  readonly epoch: number
}

/** Runs with a working folder that holds the run `r` and further files; removes it whatever happens. */
export async function withFinishedRun(
  run: FinishedRun,
  files: Readonly<Record<string, string>>,
  use: (cwd: string) => Promise<void>,
): Promise<void> {
  const cwd = mkdtempSync(join(tmpdir(), 'assay-run-'))
  try {
    const dir = join(cwd, 'results', 'r')
    mkdirSync(dir, { recursive: true })
    for (const [name, content] of Object.entries({ ...filesOf(run) })) writeFileSync(join(dir, name), content)
    for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content)
    await use(cwd)
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

function filesOf(run: FinishedRun): Record<string, string> {
  const { models = ['m'], prompts = ['question'], epochs = 1, scorers = ['exact'], samples } = run
  const journal = [encodeLine(HEADER)]
  const scores = [JSON.stringify({ type: 'scores', formatVersion: 1 })]
  // Settled in another order than that of the dataset, as in any run.
  for (const index of samples.map((_, position) => position).toReversed()) {
    for (const prompt of prompts) {
      for (const model of models) {
        for (let epoch = 1; epoch <= epochs; epoch++) {
          const outcome = run.trial({ index, model, prompt, epoch })
          if (outcome === undefined) continue
          const trial = key128(JSON.stringify([index, prompt, model, epoch]))
          const output = run.output?.({ index, model, prompt, epoch }) ?? 'Paris'
          const place = { trial, sample: `q${index + 1}`, prompt, model, epoch, output }
          journal.push(encodeLine(outcome === 'failed' ? failed(place) : completed(place)))
          for (const score of outcome === 'failed' ? [] : [outcome].flat())
            scores.push(
              JSON.stringify(
                scored(1, { ...score, trial, pairKey: pairKey(sampleOf(samples[index] ?? {}, index), epoch) }),
              ),
            )
        }
      }
    }
  }
  const lines = samples.map((vars, index) =>
    JSON.stringify({ ...sampleOf(vars, index), line: index + 2, metadata: {} }),
  )
  const manifest = {
    formatVersion: 1,
    runId: 'r',
    startedAt: '2025-01-15T10:00:00.000Z',
    simulated: false,
    settings: { model: models, epochs, ...run.settings },
    dataset: { name: 'qa', format: 'csv', sha256: null, samples: samples.length },
    prompts: prompts.map((name) => ({ name, id: name, text: '' })),
    provider: { name: run.provider ?? 'replay', baseUrl: '' },
    scorers,
    ...(run.scorings === undefined ? {} : { scorings: run.scorings }),
    seed: 1,
    flags: { dataset: 'data/qa.csv' },
  }
  return {
    'manifest.json': JSON.stringify(manifest),
    'journal.jsonl': journal.join(''),
    'scores.jsonl': `${scores.join('\n')}\n`,
    'samples.jsonl': `${['{"formatVersion":1,"seed":1}', ...lines].join('\n')}\n`,
  }
}

/** What of a sample a score belongs to. */
function sampleOf(vars: Readonly<Record<string, string>>, index: number): Parameters<typeof pairKey>[0] {
  return { id: `q${index + 1}`, vars, expected: [], assertions: [] }
}
