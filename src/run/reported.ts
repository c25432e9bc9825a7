/** A run folder → the run as reports see it: finished, broken off, or still going on. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ComparisonReport } from '../gate/compare/types.ts'
import type { PreviousRun } from '../journal/find-run.ts'
import { JOURNAL_FILE } from '../journal/format.ts'
import type { Manifest } from '../journal/types.ts'
import { UserError } from '../lib/errors.ts'
import type { ReportedRun } from '../report/types.ts'
import type { Summary } from '../stats/types.ts'
import { promptsAsAnswered } from './as-answered.ts'
import { compareWithBaseline } from './comparison.ts'
import { datasetFileOf } from './dataset-file.ts'
import { gateAgain } from './gate-again.ts'
import { type ReopenedRun, reopenRun } from './reopen.ts'
import { messagesOf } from './reports.ts'
import { resummarize, type RunState, SUMMARY_FILE } from './resummarize.ts'

export interface OpenedRun extends ReportedRun {
  readonly state: RunState
  close(): void
}

interface ReportedIo {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly interrupt: AbortSignal
}

/** `timings` null: as the run has them in its own reports. Throws UserError where a file is missing or damaged. */
export async function openReportedRun(run: PreviousRun, timings: boolean | null, io: ReportedIo): Promise<OpenedRun> {
  const { cwd, interrupt } = io
  refuseWithoutJournal(run)
  const reopened = await reopenRun(run.dir, run.manifest, { cwd, signal: interrupt })
  try {
    const { summary, state, hasVerdict } = resummarize(reopened)
    const gate = hasVerdict ? summary.gate : await gateAgain(run, io)
    const comparison = gate === null ? null : await compareWithBaseline(run, cwd, interrupt)
    return {
      ...reportedAs(reopened, { summary: { ...summary, gate }, comparison, timings }, io),
      state,
      close: () => reopened.close(),
    }
  } catch (error) {
    reopened.close()
    throw error
  }
}

/** Reports that were made once show answers: without the journal there would be none, and nobody was that. */
function refuseWithoutJournal({ dir, manifest }: PreviousRun): void {
  if (existsSync(join(dir, JOURNAL_FILE)) || !existsSync(join(dir, SUMMARY_FILE))) return
  throw new UserError(
    `${manifest.runId}: its ${JOURNAL_FILE} is gone, which holds the answers. Restore it from a copy; the reports that were made of it are still there.`,
  )
}

interface Shown {
  readonly summary: Summary
  readonly comparison: ComparisonReport | null
  /** Null: as the run has them in its own reports. */
  readonly timings: boolean | null
}

/** A reopened run with its figures: all that reports are made of. */
export function reportedAs(
  run: ReopenedRun,
  { summary, comparison, timings }: Shown,
  { cwd, env = {} }: Omit<ReportedIo, 'interrupt'>,
): ReportedRun {
  const { manifest } = run
  return {
    summary,
    manifest,
    comparison,
    scoreLabels: manifest.scorings.at(-1)?.scorers ?? manifest.scorers,
    keep: keptColumns(manifest),
    timings: timings ?? hasTimings(manifest),
    ...datasetFileOf(manifest, { cwd, env }),
    rows: () => run.rows(),
    messagesOf: messagesOf(promptsAsAnswered(manifest) ?? []),
  }
}

/** Manifests of older runs tell only what was typed. */
function keptColumns({ settings, flags }: Manifest): readonly string[] {
  return [settings['keep'] ?? flags['keep'] ?? []].flat().map(String)
}

function hasTimings({ settings, flags }: Manifest): boolean {
  return (settings['timings'] ?? flags['timings']) !== false
}
