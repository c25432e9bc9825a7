/** journal + scores + samples → the reports in the run folder, and the summary they share. One pass in dataset order. */
import { join } from 'node:path'
import type { Settings } from '../config/types.ts'
import type { JournalReader } from '../journal/journal.ts'
import { writeAtomically } from '../lib/atomic-file.ts'
import { countTrials, trialAt } from '../plan/trials.ts'
import { type ResultRow, type ResultsCsvOptions, resultsHeader, resultsLines } from '../report/results-csv.ts'
import { summaryCsv } from '../report/summary-csv.ts'
import { summaryJson } from '../report/summary-json.ts'
import type { ParsedScorer, RunMetric } from '../score/types.ts'
import type { Summary } from '../stats/types.ts'
import { Groups } from './groups.ts'
import type { Prepared } from './prepare.ts'
import { type RunFacts, summarize } from './summary.ts'

/** Rows rendered to CSV at once: the library has a fixed cost per call, and rows that live long are collected late. */
const BATCH = 32

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
  const groups = new Groups({
    sliceColumns: settings.dataset.slice,
    clusterColumn: settings.dataset.clusterColumn,
    human: settings.human,
    options: {
      reducers: settings.reducers,
      metrics: metricsOf(prepared.scoring.scorers),
      seed: settings.seed,
    },
  })
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

/** Figures over all answers, of the scorers that have such. */
function metricsOf(scorers: readonly ParsedScorer[]): ReadonlyMap<string, RunMetric> {
  return new Map(
    scorers.flatMap(({ label, scorer }): [string, RunMetric][] =>
      scorer.metric === undefined ? [] : [[label, scorer.metric]],
    ),
  )
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
      // A simulator that serves alone says so in its answers.
      simulated: manifest.simulated || record?.systemFingerprint === 'simulated',
      record,
      score: reader.score(index),
    }
  }
}
