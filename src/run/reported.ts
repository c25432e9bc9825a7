/** A run folder → the run as reports see it. */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { PreviousRun } from '../journal/find-run.ts'
import { errorCode, UserError } from '../lib/errors.ts'
import { isObject, parseJson } from '../lib/json.ts'
import type { ReportedRun } from '../report/types.ts'
import type { Summary } from '../stats/types.ts'
import { promptsAsAnswered } from './as-answered.ts'
import { compareWithBaseline } from './comparison.ts'
import { reopenRun } from './reopen.ts'
import { messagesOf } from './reports.ts'

const SUMMARY_FILE = 'summary.json'

export interface OpenedRun extends ReportedRun {
  close(): void
}

interface ReportedIo {
  readonly cwd: string
  readonly interrupt: AbortSignal
}

/** Opens a run that has come to its reports. Throws UserError where it has not, or where a file is missing or damaged. */
export async function openReportedRun(
  run: PreviousRun,
  timings: boolean,
  { cwd, interrupt }: ReportedIo,
): Promise<OpenedRun> {
  const { dir, manifest } = run
  const summary = readSummary(run, cwd)
  const reopened = await reopenRun(dir, manifest, interrupt)
  try {
    return {
      summary,
      manifest,
      comparison: summary.gate === null ? null : await compareWithBaseline(run, cwd, interrupt),
      scoreLabels: manifest.scorings.at(-1)?.scorers ?? manifest.scorers,
      keep: keptColumns(manifest.flags['keep']),
      timings,
      rows: () => reopened.rows(),
      messagesOf: messagesOf(promptsAsAnswered(manifest) ?? []),
      close: () => reopened.close(),
    }
  } catch (error) {
    reopened.close()
    throw error
  }
}

/** The figures as the run has left them. */
function readSummary({ dir, manifest }: PreviousRun, cwd: string): Summary {
  const path = join(dir, SUMMARY_FILE)
  const value = parseJson(textOf(path))?.value
  if (isObject(value) && value['formatVersion'] === 1 && Array.isArray(value['groups'])) {
    // Without timings the run has no name there.
    return { ...(value as unknown as Summary), runId: manifest.runId, startedAt: manifest.startedAt }
  }
  throw new UserError(
    `${manifest.runId}: no readable ${SUMMARY_FILE}. The run has broken off before its reports: finish it with assay eval --resume ${relative(cwd, dir)}.`,
  )
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ''
    throw error
  }
}

function keptColumns(typed: unknown): readonly string[] {
  return [typed ?? []].flat().map(String)
}
