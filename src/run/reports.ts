/** journal + scores + samples → the reports in the run folder, and the summary they share. One pass in dataset order. */
import { join } from 'node:path'
import type { Settings } from '../config/types.ts'
import type { JournalReader } from '../journal/journal.ts'
import type { Manifest } from '../journal/types.ts'
import { writeAtomically } from '../lib/atomic-file.ts'
import { formatUsd, parseUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import { countTrials, trialAt } from '../plan/trials.ts'
import { cellOf } from '../prompt/render.ts'
import {
  type ResultRow,
  type ResultsCsvOptions,
  resultsHeader,
  resultsLines,
  type TrialStatus,
} from '../report/results-csv.ts'
import { summaryCsv } from '../report/summary-csv.ts'
import { summaryJson } from '../report/summary-json.ts'
import { GroupAccumulator } from '../stats/summarize.ts'
import type { GroupSummary, Summary } from '../stats/types.ts'
import type { Prepared } from './prepare.ts'

/** What the run knows beside its records. */
export interface RunFacts {
  readonly manifest: Manifest
  readonly wallMs: number
  /** What attempts of trials that did not settle billed or may have billed. */
  readonly unsettledUsd: Usd
  readonly notes: readonly string[]
  /** Why a trial has no record. */
  readonly statusOf: (trialIndex: number) => Exclude<TrialStatus, 'completed' | 'failed'>
}

const CONFIDENCE = 0.95
/** Rows rendered to CSV at once: the library has a fixed cost per call. */
const BATCH = 256

export interface Reports {
  readonly summary: Summary
  /** Paths of the files written, in the order to look at them. */
  readonly files: readonly string[]
}

export async function writeReports(
  dir: string,
  prepared: Prepared,
  reader: JournalReader,
  settings: Settings,
  facts: RunFacts,
): Promise<Reports> {
  const groups = new Groups(settings.dataset.slice)
  const scoreLabels = prepared.scoring.scorers.map(({ label }) => label)
  const options: ResultsCsvOptions = {
    scoreLabels,
    keep: settings.dataset.keep,
    timings: settings.timings,
    spreadsheet: false,
  }
  const resultsPath = join(dir, 'results.csv')
  await writeAtomically(resultsPath, resultPieces(prepared, reader, facts, options, groups))
  const excelPath = join(dir, 'results.excel.csv')
  if (settings.excel) {
    await writeAtomically(excelPath, resultPieces(prepared, reader, facts, { ...options, spreadsheet: true }))
  }
  const summary = summarize(groups, prepared, facts)
  const summaryCsvPath = join(dir, 'summary.csv')
  await writeAtomically(summaryCsvPath, [summaryCsv(summary, settings.timings)])
  const summaryJsonPath = join(dir, 'summary.json')
  await writeAtomically(summaryJsonPath, [summaryJson(summary, settings.timings)])
  return {
    summary,
    files: [resultsPath, ...(settings.excel ? [excelPath] : []), summaryCsvPath, summaryJsonPath],
  }
}

function* resultPieces(
  prepared: Prepared,
  reader: JournalReader,
  facts: RunFacts,
  options: ResultsCsvOptions,
  groups?: Groups,
): Generator<string> {
  yield resultsHeader(options)
  let batch: ResultRow[] = []
  for (const row of resultRows(prepared, reader, facts)) {
    groups?.add(row)
    batch.push(row)
    if (batch.length < BATCH) continue
    yield resultsLines(batch, options)
    batch = []
  }
  if (batch.length > 0) yield resultsLines(batch, options)
}

function* resultRows(
  prepared: Prepared,
  reader: JournalReader,
  { statusOf, manifest }: RunFacts,
): Generator<ResultRow> {
  const total = countTrials(prepared.shape)
  let sampleIndex = -1
  let sample: ResultRow['sample'] | undefined
  for (let index = 0; index < total; index++) {
    const trial = trialAt(index, prepared.shape)
    if (sample === undefined || trial.sampleIndex !== sampleIndex) {
      sampleIndex = trial.sampleIndex
      sample = prepared.sampleAt(sampleIndex)
    }
    const record = reader.record(index)
    yield {
      sample,
      epoch: trial.epoch,
      prompt: prepared.prompts[trial.promptIndex]?.name ?? '',
      model: prepared.models[trial.modelIndex]?.slug ?? '',
      status: record?.status ?? statusOf(index),
      simulated: manifest.simulated,
      record,
      score: reader.score(index),
    }
  }
}

/** Accumulators by model × prompt, and by slice. */
class Groups {
  readonly #sliceColumns: readonly string[]
  readonly #groups = new Map<string, GroupAccumulator>()
  readonly #slices = new Map<string, GroupAccumulator>()
  #samples = 0
  #lastSample: ResultRow['sample'] | undefined

  constructor(sliceColumns: readonly string[]) {
    this.#sliceColumns = sliceColumns
  }

  add({ sample, model, prompt, record, score }: ResultRow): void {
    if (sample !== this.#lastSample) this.#samples += 1
    this.#lastSample = sample
    this.#of(this.#groups, { model, prompt, slice: '' }).add(this.#samples, record, score)
    for (const column of this.#sliceColumns) {
      const slice = `${column}=${cellOf(sample.vars, column) ?? ''}`
      this.#of(this.#slices, { model, prompt, slice }).add(this.#samples, record, score)
    }
  }

  finish(): { groups: GroupSummary[]; slices: GroupSummary[] } {
    const finished = (map: Map<string, GroupAccumulator>): GroupSummary[] =>
      [...map.values()].map((group) => group.finish())
    return { groups: finished(this.#groups), slices: finished(this.#slices) }
  }

  #of(map: Map<string, GroupAccumulator>, place: { model: string; prompt: string; slice: string }): GroupAccumulator {
    const key = `${place.model}\0${place.prompt}\0${place.slice}`
    let group = map.get(key)
    if (group === undefined) map.set(key, (group = new GroupAccumulator(place, CONFIDENCE)))
    return group
  }
}

function summarize(
  accumulators: Groups,
  prepared: Prepared,
  { manifest, wallMs, unsettledUsd, notes }: RunFacts,
): Summary {
  const { groups, slices } = accumulators.finish()
  const sum = (of: (group: GroupSummary) => number): number => groups.reduce((total, group) => total + of(group), 0)
  const money = (of: (group: GroupSummary) => string | null): Usd =>
    groups.reduce((total, group) => total + (parseUsd(of(group) ?? '0') ?? ZERO_USD), ZERO_USD)
  const completionTokens = sum((group) => group.completionTokens)
  return {
    formatVersion: 1,
    runId: manifest.runId,
    simulated: manifest.simulated,
    dataset: prepared.dataset.name,
    provider: manifest.provider.name,
    startedAt: manifest.startedAt,
    wallMs,
    planned: sum((group) => group.planned),
    completed: sum((group) => group.completed),
    failed: sum((group) => group.failed),
    skipped: sum((group) => group.skipped),
    costUsd: groups.some(({ costUsd }) => costUsd !== null) ? formatUsd(money(({ costUsd }) => costUsd)) : null,
    retryCostUsd: formatUsd(money(({ retryCostUsd }) => retryCostUsd) + unsettledUsd),
    outputTokensPerSecond: wallMs === 0 || completionTokens === 0 ? null : (completionTokens * 1_000) / wallMs,
    confidence: CONFIDENCE,
    groups,
    slices,
    notes: [
      ...notes,
      ...(unsettledUsd > ZERO_USD ? [`attempts of unfinished trials may have cost $${formatUsd(unsettledUsd)}`] : []),
      ...groups.flatMap(groupNotes),
    ],
  }
}

/** What a reader has to know before acting on the numbers of a group. */
function groupNotes(group: GroupSummary): string[] {
  const { model, truncated, completed, costUnknown, tokensEstimated, emptyOutputs } = group
  return [
    ...(truncated > 0
      ? [`${model}: ${truncated} of ${completed} answers were cut off at the token limit (--max-tokens)`]
      : []),
    ...(emptyOutputs > 0 ? [`${model}: ${emptyOutputs} of ${completed} answers are empty`] : []),
    ...(costUnknown > 0 ? [`${model}: the cost of ${costUnknown} answers is unknown (no report, no price)`] : []),
    ...(tokensEstimated > 0
      ? [`${model}: tokens of ${tokensEstimated} answers are estimated, none were reported`]
      : []),
  ]
}
