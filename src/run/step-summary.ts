/** What does the page of a GitHub job show of a run? Whatever a step appends to the file in GITHUB_STEP_SUMMARY. */
import { appendFileSync, statSync } from 'node:fs'
import { errorCode, messageOf } from '../lib/errors.ts'
import type { ComparisonReport } from '../gate/compare/types.ts'
import { MOST_BYTES, runMarkdown } from '../report/markdown.ts'
import { firstBlocks } from '../report/markdown/fit.ts'
import type { ReportedRun } from '../report/types.ts'

/** GitHub shows no summary of a step that is larger: of the whole file, in UTF-8. */
const MOST_SUMMARY_BYTES = 1_048_576

const VARIABLE = 'GITHUB_STEP_SUMMARY'

/** A finished text, or what makes one of at most so many bytes. */
export type StepMarkdown = string | ((mostBytes: number) => string)

/**
 * Appends to the summary of the step, behind what it holds already and within the size that is shown; nothing outside of a job on
 * GitHub. Never throws: returns what to tell the user where it could not be written.
 */
export function appendStepSummary(
  env: Readonly<Record<string, string | undefined>>,
  markdown: StepMarkdown,
): string | undefined {
  const path = env[VARIABLE] ?? ''
  if (path === '') return undefined
  try {
    const size = sizeOf(path)
    const before = size === 0 ? '' : '\n\n'
    const room = MOST_SUMMARY_BYTES - size - Buffer.byteLength(before)
    const text = typeof markdown === 'string' ? firstBlocks(markdown, room) : markdown(room)
    if (text === '') return `the summary of the step is full (${path}): nothing was added to it`
    appendFileSync(path, `${before}${text}`)
    return undefined
  } catch (error) {
    return `the summary of the step was not written (${VARIABLE}=${path}): ${errorCode(error) ?? messageOf(error)}`
  }
}

interface Ending {
  /** Row by row against the baseline, where no report has needed it. */
  readonly compare: () => Promise<ComparisonReport | null>
  readonly exitCode: number
  /** Why the exit code is not 0, a sentence each. */
  readonly reasons: readonly string[]
}

/** The report of a run in the summary of its step, with why it ended as it did; returns what `appendStepSummary` does. */
export async function summariseStep(
  run: ReportedRun,
  env: Readonly<Record<string, string | undefined>>,
  { compare, exitCode, reasons }: Ending,
): Promise<string | undefined> {
  if ((env[VARIABLE] ?? '') === '') return undefined
  const comparison = run.comparison ?? (run.summary.gate === null ? null : await compare())
  const told = reasons.map((reason) => `exit ${exitCode}: ${reason}`)
  return appendStepSummary(env, (room) => runMarkdown({ ...run, comparison }, Math.min(room, MOST_BYTES), told))
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0
    throw error
  }
}
