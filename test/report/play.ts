/** A small run with everything that can happen to a trial, its reports, and the golden files they are compared with. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import type { Sample } from '../../src/dataset/types.ts'
import type { ResultRow } from '../../src/report/types.ts'
import { sliceDifferences } from '../../src/stats/slice-difference.ts'
import { GroupAccumulator } from '../../src/stats/summarize.ts'
import type { GroupSummary, Summary } from '../../src/stats/types.ts'
import { completed, failed, scored } from '../journal/records.ts'

const SMALL = 'mistralai/mistral-small'
const LARGE = 'acme/large'

function sample(id: string, vars: Readonly<Record<string, string>>, expected: readonly string[]): Sample {
  return { id, line: 2, vars, expected, assertions: [], metadata: {}, prefix: '', suffix: '' }
}

const paris = sample('q1', { question: 'Capital of France?', Topic: 'geo' }, ['Paris'])
const quoted = sample('q2', { question: 'Say "a,b"\nand stop', Topic: 'text' }, ['"a,b"', 'a,b'])
const unicode = sample('q3 東京', { question: 'Где?', Topic: 'geo' }, ['東京 🗼'])
const formula = sample('=1+1', { question: '@SUM(A1)', Topic: '-2' }, ['+3'])

function row(of: Sample, model: string, rest: Pick<ResultRow, 'status' | 'record' | 'score'>, epoch = 1): ResultRow {
  return { sample: of, epoch, prompt: 'question', model, simulated: false, ...rest }
}

const passed = { scores: { exact: 1, 'f1:0.8': 1 } }

/** In dataset order: sample, then model. */
export const ROWS: readonly ResultRow[] = [
  row(paris, SMALL, { status: 'completed', record: completed(), score: scored(1, passed) }),
  row(paris, LARGE, {
    status: 'completed',
    record: completed({
      model: LARGE,
      output: 'paris?',
      attempts: 3,
      cachedTokens: 16,
      reasoningTokens: 40,
      completionTokens: 44,
      costUsd: '0.00012345678901234567',
      costSource: 'computed',
      retryCostUsd: '0.0005',
      possiblyBilled: 1,
      queueUs: 1_500,
      ttftUs: null,
      latencyUs: 2_345_678,
      retryUs: 1_250_000,
      totalUs: 3_597_178,
      servedModel: 'large-2',
      servedProvider: 'Acme, Inc.',
    }),
    score: scored(0, { score: 1 / 3, scores: { exact: 0, 'f1:0.8': 2 / 3 }, passed: false }),
  }),
  row(quoted, SMALL, {
    status: 'completed',
    record: completed({ output: 'He said: "a,b"\nThen, nothing', finishReason: 'length', latencyUs: 0 }),
    score: scored(0, { scores: { exact: 0, 'f1:0.8': null }, reason: 'expected one of "\\"a,b\\"", "a,b"' }),
  }),
  row(quoted, LARGE, {
    status: 'failed',
    record: failed({
      model: LARGE,
      output: 'He s',
      retryCostUsd: '0.002',
      possiblyBilled: 6,
      retryUs: 9_000_000,
      totalUs: 9_100_000,
    }),
    score: undefined,
  }),
  row(unicode, SMALL, {
    status: 'completed',
    record: completed({
      output: '東京 🗼',
      costUsd: null,
      costSource: null,
      tokensSource: 'estimated',
      reasoningTokens: null,
      cachedTokens: null,
    }),
    score: scored(1, passed),
  }),
  row(unicode, LARGE, { status: 'skipped_budget', record: undefined, score: undefined }),
  row(formula, SMALL, {
    status: 'completed',
    record: completed({ output: '=HYPERLINK("http://x","y")', servedProvider: '@home', generationId: '-gen' }),
    score: scored(0, { scores: { exact: 0, 'f1:0.8': 0 }, reason: '-' }),
  }),
  row(formula, LARGE, { status: 'pending', record: undefined, score: undefined }),
]

function groupOf(model: string, slice: string, rows: readonly ResultRow[]): GroupAccumulator {
  const group = new GroupAccumulator({ model, prompt: 'question', slice }, 0.95)
  for (const [index, { record, score }] of rows.filter((candidate) => candidate.model === model).entries()) {
    group.add(index, record, score)
  }
  return group
}

function groupsOf(slice: string, rows: readonly ResultRow[]): GroupAccumulator[] {
  return [SMALL, LARGE].map((model) => groupOf(model, slice, rows))
}

/** Of the topics geo and text, each against the other. */
function slices(): GroupSummary[] {
  const [geo, text] = ['geo', 'text'].map((topic) => groupsOf(`Topic=${topic}`, inSlice(topic)))
  const differences = [0, 1].map((model) =>
    sliceDifferences(
      [geo?.[model], text?.[model]].flatMap((group) => (group === undefined ? [] : [group.passes])),
      0.95,
    ),
  )
  return [geo, text].flatMap((groups, slice) =>
    (groups ?? []).map((group, model) => group.finish(differences[model]?.[slice])),
  )
}

const inSlice = (topic: string): ResultRow[] => ROWS.filter((candidate) => candidate.sample.vars['Topic'] === topic)

export const SUMMARY: Summary = {
  formatVersion: 1,
  runId: '20250115T100000Z-qa-abc123',
  simulated: false,
  dataset: 'qa',
  provider: 'openrouter',
  startedAt: '2025-01-15T10:00:00.000Z',
  wallMs: 12_345.6,
  planned: 8,
  completed: 5,
  failed: 1,
  skipped: 2,
  gate: null,
  cachedAnswers: 0,
  cacheSavedUsd: '0',
  costUsd: '0.00013785678901234567',
  retryCostUsd: '0.0025',
  judgeCostUsd: '0',
  judgeCalls: 0,
  possiblyBilled: 1,
  outputTokensPerSecond: 4.212,
  pace: {
    refused: 3,
    pauses: 1,
    pausedMs: 1_500,
    timeline: [
      { atMs: 0, concurrency: 8, requestsPerMinute: null },
      { atMs: 2_000, concurrency: 7, requestsPerMinute: 2_850 },
    ],
  },
  confidence: 0.95,
  groups: groupsOf('', ROWS).map((group) => group.finish()),
  slices: slices(),
  notes: ['mistralai/mistral-small: 1 of 4 answers were cut off at the token limit (--max-tokens)'],
}

/** Compares with a file under test/golden/report/, or writes it when UPDATE_GOLDEN=1 is set: to be reviewed like code. */
export function assertGolden(name: string, actual: string): void {
  const path = fileURLToPath(new URL(`../golden/report/${name}`, import.meta.url))
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, actual)
  }
  assert.ok(existsSync(path), `${path} is missing; UPDATE_GOLDEN=1 writes it`)
  assert.fixture(actual, readFileSync(path, 'utf8'))
}
