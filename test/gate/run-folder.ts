/** Run folders as a run leaves them, written line by line: what comparisons read. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sample } from '../../src/dataset/types.ts'
import { encodeLine, HEADER } from '../../src/journal/format.ts'
import type { PreviousRun } from '../../src/journal/find-run.ts'
import type { UnscoredLine, Manifest, ScoreLine, TrialRecord } from '../../src/journal/types.ts'
import { key128 } from '../../src/lib/hash.ts'
import { pairKey } from '../../src/plan/keys.ts'

export const MODEL = 'example/model'

/** One answer, and what scorers said of it. */
export interface Answer {
  readonly question: string
  readonly model?: string
  readonly prompt?: string
  readonly epoch?: number
  /** Undefined: the trial failed. */
  readonly passed?: boolean | null
  readonly scores?: Readonly<Record<string, number | null>>
  readonly output?: string
  readonly finishReason?: string
  readonly costUsd?: string | null
  readonly latencyUs?: number | null
  readonly cluster?: string
  readonly servedProvider?: string | null
  /** Another column of the sample, which makes it another question. */
  readonly topic?: string
}

export interface RunAsked {
  readonly name: string
  readonly answers: readonly Answer[]
  readonly manifest?: Partial<Manifest>
  readonly scoring?: Partial<Manifest['scorings'][number]>
  readonly settings?: Readonly<Record<string, unknown>>
  /** False: as a folder from which somebody has taken the answers. */
  readonly hasJournal?: boolean
  /** Further lines of scores.jsonl. */
  readonly more?: readonly string[]
}

/** The folders of some runs; removed whatever happens. */
export async function inRuns(
  asked: readonly RunAsked[],
  use: (runs: readonly PreviousRun[], folder: string) => Promise<void>,
): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'assay-gate-')))
  try {
    await use(
      asked.map((one) => writeRun(folder, one)),
      folder,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export function sampleOf({ question, topic }: Pick<Answer, 'question' | 'topic'>): Sample {
  const vars = { id: question, question, expected: `right ${question}`, ...(topic === undefined ? {} : { topic }) }
  return {
    id: question,
    line: 2,
    vars,
    expected: [`right ${question}`],
    assertions: [],
    metadata: {},
    prefix: '',
    suffix: '',
  }
}

/** The line of scores.jsonl for an answer. */
export function lineOf(answer: Answer, scoring = 'scoring-1'): ScoreLine | UnscoredLine {
  const { question, model = MODEL, prompt = 'question', epoch = 1, passed, scores, cluster } = answer
  const place = {
    trial: trialOf(answer),
    pass: 1,
    pairKey: pairKey(sampleOf(answer), epoch),
    sample: question,
    epoch,
    model,
    prompt,
    ...(cluster === undefined ? {} : { cluster }),
  }
  if (passed === undefined) return { ...place, failed: 'timeout' }
  return {
    ...place,
    scoring,
    costUsd: answer.costUsd === undefined ? '0.001' : answer.costUsd,
    latencyUs: answer.latencyUs === undefined ? 250_000 : answer.latencyUs,
    tokens: 20,
    servedModel: model,
    servedProvider: answer.servedProvider === undefined ? 'Upstream' : answer.servedProvider,
    passed,
    score: passed === null ? null : passed ? 1 : 0,
    scores: scores ?? { exact: passed === null ? null : passed ? 1 : 0 },
    reason: passed === true ? 'equal' : 'other',
    judgeCostUsd: '0',
    isOpen: false,
  }
}

function trialOf({ question, model = MODEL, prompt = 'question', epoch = 1 }: Answer): string {
  return key128(JSON.stringify([question, model, prompt, epoch]))
}

function writeRun(
  folder: string,
  { name, answers, manifest, scoring, settings, hasJournal, more }: RunAsked,
): PreviousRun {
  const dir = join(folder, name)
  mkdirSync(dir)
  const samples = [...new Map(answers.map((answer) => [JSON.stringify(sampleOf(answer)), sampleOf(answer)])).values()]
  const planned = manifestOf(name, samples.length, { model: modelsOf(answers), ...settings }, scoring)
  const made = { ...planned, prompts: promptsOf(answers), ...manifest }
  const lines = (header: object, items: readonly object[]): string =>
    [header, ...items].map((item) => `${JSON.stringify(item)}\n`).join('')
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify(made))
  writeFileSync(
    join(dir, 'scores.jsonl'),
    lines(
      { type: 'scores', formatVersion: 1 },
      answers.map((answer) => lineOf(answer, made.scorings.at(-1)?.key)),
    ) + (more ?? []).map((line) => `${line}\n`).join(''),
  )
  writeFileSync(join(dir, 'samples.jsonl'), lines({ formatVersion: 1, seed: 1 }, samples))
  if (hasJournal !== false) {
    const records = answers.map((answer) => encodeLine(recordOf(answer)))
    writeFileSync(join(dir, 'journal.jsonl'), [encodeLine(HEADER), ...records].join(''))
  }
  return { dir, manifest: made }
}

function modelsOf(answers: readonly Answer[]): string[] {
  return [...new Set(answers.map(({ model = MODEL }) => model))]
}

function promptsOf(answers: readonly Answer[]): Manifest['prompts'] {
  const names = new Set(answers.map(({ prompt = 'question' }) => prompt))
  return [...names].map((name, index) => ({ name, id: `prompt-${index + 1}`, text: '{{question}}' }))
}

function manifestOf(
  name: string,
  samples: number,
  settings: RunAsked['settings'],
  scoring: RunAsked['scoring'],
): Manifest {
  return {
    formatVersion: 1,
    runId: name,
    startedAt: '2026-01-01T00:00:00.000Z',
    assayVersion: '0.0.0',
    nodeVersion: 'v20.20.0',
    gitCommit: null,
    simulated: false,
    settings: { epochs: 1, ...settings },
    dataset: { name: 'qa', format: 'csv', sha256: 'a', samples, version: 'version-1' },
    prompts: [{ name: 'question', id: 'prompt-1', text: '{{question}}' }],
    provider: { name: 'openrouter', baseUrl: 'https://openrouter.ai/api/v1' },
    judges: null,
    embeddings: null,
    prices: [],
    scorers: ['exact'],
    trials: samples,
    seed: 1,
    flags: {},
    resumes: [],
    scorings: [
      {
        pass: 1,
        at: '2026-01-01T00:00:00.000Z',
        key: 'scoring-1',
        codeUnknown: [],
        scorers: ['exact'],
        judges: [],
        weight: {},
        threshold: {},
        combine: 'all',
        ...scoring,
      },
    ],
  }
}

function recordOf(answer: Answer): TrialRecord {
  const { question, model = MODEL, prompt = 'question', epoch = 1, passed, output } = answer
  return {
    type: 'settled',
    trial: trialOf(answer),
    requestKey: 'request',
    sample: question,
    prompt,
    model,
    epoch,
    status: passed === undefined ? 'failed' : 'completed',
    at: '2026-01-01T00:00:00.000Z',
    attempts: 1,
    output: output ?? (passed === true ? `right ${question}` : `wrong ${question}`),
    reasoning: '',
    refusal: null,
    toolCalls: [],
    finishReason: answer.finishReason ?? 'stop',
    promptTokens: 10,
    completionTokens: 10,
    reasoningTokens: null,
    cachedTokens: null,
    tokensSource: 'reported',
    costUsd: '0.001',
    costSource: 'reported',
    fromCache: null,
    retryCostUsd: '0',
    possiblyBilled: 0,
    queueUs: 0,
    ttftUs: null,
    latencyUs: 250_000,
    retryUs: 0,
    totalUs: 250_000,
    errorKind: null,
    error: null,
    sameFailures: 0,
    servedModel: model,
    servedProvider: 'Upstream',
    generationId: null,
    systemFingerprint: null,
    serviceTier: null,
  }
}

/** Never aborted. */
export const SIGNAL: AbortSignal = new AbortController().signal

/** `count` answers to questions q0, q1, …; `passes` says which are right. */
export function answersOf(
  count: number,
  passes: (index: number) => boolean,
  rest: Partial<Answer> | ((index: number) => Partial<Answer>) = {},
): Answer[] {
  return Array.from({ length: count }, (_, index) => ({
    question: `q${index}`,
    passed: passes(index),
    ...(typeof rest === 'function' ? rest(index) : rest),
  }))
}
