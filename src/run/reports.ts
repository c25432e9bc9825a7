/** journal + scores + samples → the reports in the run folder, and the summary they share. */
import { join } from 'node:path'
import type { Settings } from '../config/types.ts'
import type { ComparisonReport } from '../gate/compare/types.ts'
import type { JournalReader } from '../journal/reader.ts'
import { writeAtomically } from '../lib/atomic-file.ts'
import { type ReporterName, reporters } from '../report/index.ts'
import { resultsCsv } from '../report/results-csv.ts'
import type { ResultRow } from '../report/types.ts'
import type { ReportedRun, Reporter } from '../report/types.ts'
import { render } from '../prompt/render.ts'
import type { PromptTemplate } from '../prompt/types.ts'
import type { ParsedScorer, RunMetric } from '../score/types.ts'
import type { Summary } from '../stats/types.ts'
import { Groups } from './groups.ts'
import type { Prepared } from './prepare.ts'
import { resultRows, type RowFacts } from './rows.ts'
import { type RunFacts, summarize } from './summary.ts'

/** Every run has these three. */
export const ALWAYS: readonly ReporterName[] = ['csv', 'summary', 'json']

export interface Reports {
  readonly summary: Summary
  /** Paths of the files written, in the order to look at them. */
  readonly files: readonly string[]
  /** What the reports without a file have to say. */
  readonly printed: string
  /** What they were made of. */
  readonly run: ReportedRun
}

/** What a run has beside its records. */
export interface ReportFacts extends RunFacts {
  /** Why a trial has no record. */
  readonly statusOf: RowFacts['statusOf']
  /** Row by row against the baseline, for reports that show it; called once, where there is a verdict. */
  readonly compare: () => Promise<ComparisonReport | null>
  /** As in ReportedRun. */
  readonly datasetFile?: string
}

export async function writeReports(
  dir: string,
  prepared: Prepared,
  reader: JournalReader,
  settings: Settings,
  facts: ReportFacts,
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
  const { keep } = settings.dataset
  const { timings } = settings
  const rows = (): Iterable<ResultRow> =>
    resultRows(prepared, reader, { simulated: facts.manifest.simulated, statusOf: facts.statusOf })
  // Every row is read once for this file and the figures.
  const resultsPath = join(dir, 'results.csv')
  const counted = resultsCsv(groups.counting(rows()), { scoreLabels, keep, timings, spreadsheet: false })
  await writeAtomically(resultsPath, counted)
  const summary = summarize(groups, facts)
  const others = [...ALWAYS, ...settings.reporters]
  const run: ReportedRun = {
    summary,
    manifest: facts.manifest,
    comparison: summary.gate === null || settings.reporters.length === 0 ? null : await facts.compare(),
    scoreLabels,
    keep,
    timings,
    ...(facts.datasetFile === undefined ? {} : { datasetFile: facts.datasetFile }),
    rows,
    messagesOf: messagesOf(prepared.prompts),
  }
  const { files, printed } = await renderReports(
    dir,
    others.filter((name) => name !== 'csv'),
    run,
  )
  return { summary, files: [resultsPath, ...files], printed, run }
}

/** Throws UserError at a report that cannot be made here. */
export async function checkReporters(names: readonly ReporterName[]): Promise<void> {
  for (const name of names) (await loadReporter(name)).check?.()
}

function loadReporter(name: ReporterName): Promise<Reporter> {
  return reporters[name]()
}

/** Writes the reports that have a file into the folder, each once. */
export async function renderReports(
  dir: string,
  names: readonly ReporterName[],
  run: ReportedRun,
): Promise<Pick<Reports, 'files' | 'printed'>> {
  const files: string[] = []
  let printed = ''
  for (const name of new Set(names)) {
    const reporter = await loadReporter(name)
    if (reporter.file === null) printed += [...reporter.render(run)].join('')
    else {
      const path = join(dir, reporter.file)
      await writeAtomically(path, reporter.render(run))
      files.push(path)
    }
  }
  return { files, printed }
}

/** Renders the prompt of a row again. */
export function messagesOf(prompts: readonly PromptTemplate[]): ReportedRun['messagesOf'] {
  const byName = new Map(prompts.map((prompt) => [prompt.name, prompt]))
  return ({ prompt, sample }) => {
    const template = byName.get(prompt)
    return template === undefined ? [] : render(template, sample)
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
