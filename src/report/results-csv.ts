/** results.csv: one line per trial, in dataset order. The columns, what they mean, and how a trial becomes a line. */
import { stringify } from 'csv-stringify/sync'
import { assertedAnswers, type Sample } from '../dataset/types.ts'
import type { TrialRecord } from '../journal/types.ts'
import { cellOf } from '../prompt/render.ts'
import type { ReportedRun, Reporter, ResultRow } from './types.ts'

/** Rows rendered at once: the library has a fixed cost per call, and rows that live long are collected late. */
const BATCH = 32

const BYTE_ORDER_MARK = '\ufeff'

interface Column {
  readonly name: string
  /** What the cell holds, with its unit; the configuration reference prints it. */
  readonly meaning: string
  /** Differs between two runs with equal answers: blank with --no-timings. */
  readonly depends: 'on answers' | 'on events'
  readonly cell: (row: ResultRow) => string
}

const answers = (name: string, meaning: string, cell: Column['cell']): Column => ({
  name,
  meaning,
  depends: 'on answers',
  cell,
})
const events = (name: string, meaning: string, cell: Column['cell']): Column => ({
  name,
  meaning,
  depends: 'on events',
  cell,
})

/** The fixed columns. New ones go at the end: readers may count. */
export const COLUMNS: readonly Column[] = [
  answers('sample_id', 'id of the dataset row', ({ sample }) => sample.id),
  answers('epoch', 'repetition, from 1', ({ epoch }) => String(epoch)),
  answers('prompt', 'short name of the prompt', ({ prompt }) => prompt),
  answers('model', 'model asked for', ({ model }) => model),
  answers('status', 'completed, failed, skipped_budget, skipped_stopped or pending', ({ status }) => status),
  answers('output', 'the answer; for a failed trial what had arrived of it', ({ record }) => record?.output ?? ''),
  answers('expected', 'the right answer; several as a JSON list', ({ sample }) => expectedCell(sample)),
  answers(
    'pass',
    'true when the scorers pass it, all of them unless `--combine` says otherwise; empty when unknown',
    ({ score }) => text(score?.passed),
  ),
  answers('score', 'mean of the scores by their weights, 0 to 1', ({ score }) => decimal(score?.score)),
  answers('scores', 'all scores as JSON', ({ score }) =>
    score === undefined ? '' : JSON.stringify(score.scores, sixDecimals),
  ),
  answers('reason', 'why the trial passed or not', ({ score }) => score?.reason ?? ''),
  answers('prompt_tokens', 'tokens sent', ({ record }) => text(record?.promptTokens)),
  answers('completion_tokens', 'tokens answered, reasoning included', ({ record }) => text(record?.completionTokens)),
  answers('reasoning_tokens', 'part of completion_tokens', ({ record }) => text(record?.reasoningTokens)),
  answers('cached_tokens', 'part of prompt_tokens', ({ record }) => text(record?.cachedTokens)),
  answers('tokens_source', 'reported or estimated', ({ record }) => text(record?.tokensSource)),
  answers('cost_usd', 'USD of the attempt that counted', ({ record }) => text(record?.costUsd)),
  answers(
    'cost_source',
    'reported, computed or estimated; cache: the answer is that of an earlier run; replay: it was recorded',
    ({ record }) => text(record?.costSource),
  ),
  events('retry_cost_usd', 'USD that other attempts billed or may have billed', ({ record }) =>
    text(record?.retryCostUsd),
  ),
  events('queue_ms', 'wait for budget and journal once a slot is free', ({ record }) => milliseconds(record?.queueUs)),
  events('ttft_ms', 'start of the final attempt to its first output', ({ record }) => milliseconds(record?.ttftUs)),
  events('latency_ms', 'start of the final attempt to its last output', ({ record }) =>
    milliseconds(record?.latencyUs),
  ),
  events('retry_ms', 'failed attempts and waits between', ({ record }) => milliseconds(record?.retryUs)),
  events('total_ms', 'queue + retry + latency; for a failed trial queue + retry + its final attempt', ({ record }) =>
    milliseconds(record?.totalUs),
  ),
  events('output_tps', 'completion tokens per second of latency_ms', ({ record }) => tokensPerSecond(record)),
  events('attempts', 'HTTP tries', ({ record }) => text(record?.attempts)),
  answers('finish_reason', 'why the model stopped', ({ record }) => text(record?.finishReason)),
  answers('error_kind', 'kind of the final failure', ({ record }) => text(record?.errorKind)),
  answers('error', 'the final failure in words', ({ record }) => text(record?.error)),
  answers('served_model', 'model that the provider says it served', ({ record }) => text(record?.servedModel)),
  events('provider', 'upstream provider that served', ({ record }) => text(record?.servedProvider)),
  events('generation_id', "the provider's id of the answer", ({ record }) => text(record?.generationId)),
  answers('request_key', 'equal for equal requests', ({ record }) => text(record?.requestKey)),
  answers('simulated', 'true when the built-in simulator answered', ({ simulated }) => String(simulated)),
  answers('judge_cost_usd', 'USD of the judge calls and embeddings behind the scores', ({ score }) =>
    text(score?.judgeCostUsd),
  ),
]

export interface ResultsCsvOptions {
  /** Labels of the scorers: a `score:<label>` column each. */
  readonly scoreLabels: readonly string[]
  /** Dataset columns to carry over: a `var:<column>` column each. */
  readonly keep: readonly string[]
  /** False: cells that depend on the course of events stay empty. */
  readonly timings: boolean
  /** For a spreadsheet: what it would take for a formula gets an apostrophe in front, and a BOM tells it that this is UTF-8. */
  readonly spreadsheet: boolean
}

/** The header line. */
export function resultsHeader({ scoreLabels, keep, spreadsheet }: ResultsCsvOptions): string {
  const names = [
    ...COLUMNS.map(({ name }) => name),
    ...scoreLabels.map((label) => `score:${label}`),
    ...keep.map((column) => `var:${column}`),
  ]
  return (spreadsheet ? BYTE_ORDER_MARK : '') + csvLines([names])
}

/** Lines for some trials. */
export function resultsLines(rows: readonly ResultRow[], options: ResultsCsvOptions): string {
  return csvLines(
    rows.map((row) => [
      ...COLUMNS.map(({ depends, cell }) => (depends === 'on events' && !options.timings ? '' : cell(row))),
      ...options.scoreLabels.map((label) => decimal(row.score?.scores[label])),
      ...options.keep.map((column) => datasetCell(row, column)),
    ]),
    options.spreadsheet,
  )
}

/** A cell of the dataset row, its column found as a placeholder finds it; empty where there is none. */
export function datasetCell({ sample }: ResultRow, column: string): string {
  return cellOf(sample.vars, column) ?? ''
}

/** The whole file, piece by piece. */
export function* resultsCsv(rows: Iterable<ResultRow>, options: ResultsCsvOptions): Generator<string> {
  yield resultsHeader(options)
  let batch: ResultRow[] = []
  for (const row of rows) {
    batch.push(row)
    if (batch.length < BATCH) continue
    yield resultsLines(batch, options)
    batch = []
  }
  if (batch.length > 0) yield resultsLines(batch, options)
}

const written = (run: ReportedRun, spreadsheet: boolean): Iterable<string> =>
  resultsCsv(run.rows(), { ...run, spreadsheet })

export const csvReporter: Reporter = {
  name: 'csv',
  about: 'One line per trial, in dataset order',
  file: 'results.csv',
  render: (run) => written(run, false),
}

export const excelReporter: Reporter = {
  name: 'excel',
  about: 'The same for a spreadsheet: no cell can act as a formula',
  file: 'results.excel.csv',
  render: (run) => written(run, true),
}

function csvLines(records: readonly string[][], escapeFormulas = false): string {
  return stringify(records as string[][], { escape_formulas: escapeFormulas })
}

/** A row that asks for scorers of its own has its right answers there. */
function expectedCell({ expected: own, assertions }: Sample): string {
  const expected = own.length > 0 ? own : assertedAnswers(assertions)
  return expected.length > 1 ? JSON.stringify(expected) : (expected[0] ?? '')
}

function text(value: string | number | boolean | null | undefined): string {
  return value === null || value === undefined ? '' : String(value)
}

/** At most six decimals and never an exponent. */
function decimal(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : trimZeros(value.toFixed(6))
}

/** So that no exponent appears: the smallest number but 0 is 0.000001. */
function sixDecimals(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(6)) : value
}

function milliseconds(us: number | null | undefined): string {
  return us === null || us === undefined ? '' : trimZeros((us / 1_000).toFixed(3))
}

function trimZeros(fixed: string): string {
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed
}

function tokensPerSecond(record: TrialRecord | undefined): string {
  if (record?.completionTokens == null || record.latencyUs === null || record.latencyUs === 0) return ''
  return trimZeros(((record.completionTokens * 1e6) / record.latencyUs).toFixed(1))
}
