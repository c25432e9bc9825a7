/** What did a run come to? Every figure is computed again from its rows; what no row tells comes from the summary that it left. */
import { join, relative } from 'node:path'
import type { PaceReport } from '../dispatch/types.ts'
import { writerOf } from '../journal/lock.ts'
import type { Manifest } from '../journal/types.ts'
import { isObject, parseJson } from '../lib/json.ts'
import { plural } from '../lib/text.ts'
import { textIfThere } from '../lib/text-file.ts'
import { integer } from '../report/numbers.ts'
import type { ResultRow } from '../report/types.ts'
import { findScorer, isScorer, parseFilters } from '../score/index.ts'
import type { RunMetric } from '../score/types.ts'
import { parseReducer } from '../stats/reducer.ts'
import type { GroupSummary, Summary } from '../stats/types.ts'
import { Groups } from './groups.ts'
import type { ReopenedRun } from './reopen.ts'
import { selfJudges } from './self-judges.ts'
import { summarize } from './summary.ts'

export const SUMMARY_FILE = 'summary.json'

/** How far a run has come: its reports are of all that it holds, it still goes on, or it ended before its reports. */
export type RunState = 'reported' | 'running' | 'broken'

export interface Resummarized {
  readonly summary: Summary
  readonly state: RunState
  /** False: the run came to its reports, and these do not say whether there was a verdict. */
  readonly hasVerdict: boolean
  /** Those of the summary's notes that its figures alone do not tell. */
  readonly sessionNotes: readonly string[]
}

/** Nobody knows how fast it went out. */
export const UNKNOWN_PACE: PaceReport = { refused: 0, pauses: 0, pausedMs: 0, timeline: [] }

/** Reads every row once. */
export function resummarize(run: ReopenedRun): Resummarized {
  const { manifest, dir } = run
  const fresh = summaryOfRows(run)
  const left = readSummary(dir)
  const isReported = left !== null && isOfTheseRows(left, fresh)
  const state = writerOf(dir)?.isAlive === true ? 'running' : isReported ? 'reported' : 'broken'
  const sessionNotes = [
    ...(state === 'reported' ? [] : [unfinishedNote(fresh, state, dir)]),
    ...(run.knownBy === 'scores' ? [TOLD_BY_SCORES] : []),
    ...(isReported ? notesBeside(left.notes, fresh.notes) : planNotes(manifest, fresh)),
  ]
  // Without timings a summary says nothing of the course of the run.
  const tellsCourse = isReported && left.wallMs != null
  return {
    summary: { ...fresh, ...(tellsCourse ? courseOf(left) : {}), notes: [...sessionNotes, ...fresh.notes] },
    state,
    hasVerdict: tellsCourse || !isReported,
    sessionNotes,
  }
}

/** The figures, with no more notes than follow from them; how long it took is told from the stamps of the records. */
export function summaryOfRows(run: ReopenedRun): Summary {
  const { manifest, unsettled, dropped, judgeCosts } = run
  const groups = new Groups(groupsOf(manifest))
  const times = new SessionTimes(manifest)
  for (const row of run.rows()) {
    groups.add(row)
    times.add(row)
  }
  const { wallMs, completionTokens } = times
  return summarize(groups, {
    manifest,
    wallMs,
    completionTokens,
    pace: UNKNOWN_PACE,
    unsettled,
    dropped,
    judges: { costs: judgeCosts },
    gate: null,
    notes: [],
  })
}

/** How rows become groups, as the last session had it. */
function groupsOf({ settings, seed, scorings, scorers }: Manifest): ConstructorParameters<typeof Groups>[0] {
  const { slice, cluster, human, reducer } = settings
  return {
    sliceColumns: textsOf(slice),
    clusterColumn: typeof cluster === 'string' ? cluster : null,
    human: typeof human === 'string' ? human : null,
    options: {
      reducers: textsOf(reducer).map(parseReducer),
      metrics: metricsOf(scorings.at(-1)?.scorers ?? scorers),
      seed,
    },
  }
}

/** Figures over all answers, of the scorers that have such: the built-in ones, which are known by their labels. */
function metricsOf(labels: readonly string[]): ReadonlyMap<string, RunMetric> {
  return new Map(
    labels.flatMap((label): [string, RunMetric][] => {
      const { scorer } = parseFilters(label, isScorer)
      const metric = findScorer(scorer.split(':', 1)[0] ?? '')?.metric
      return metric === undefined ? [] : [[label, metric]]
    }),
  )
}

function textsOf(setting: unknown): readonly string[] {
  return Array.isArray(setting) ? setting.map(String) : []
}

/** How long the last session took, by the clock that its records were stamped with, and what it was answered meanwhile. */
class SessionTimes {
  readonly #beganMs: number
  #endedMs: number
  completionTokens = 0

  constructor({ startedAt, resumes, shards }: Manifest) {
    const began = shards === undefined ? (resumes.at(-1)?.at ?? startedAt) : startedAt
    this.#beganMs = Date.parse(began)
    this.#endedMs = this.#beganMs
  }

  get wallMs(): number {
    return this.#endedMs - this.#beganMs
  }

  add({ record }: ResultRow): void {
    const settledMs = record === undefined ? Number.NaN : Date.parse(record.at)
    if (record === undefined || !(settledMs >= this.#beganMs)) return
    this.#endedMs = Math.max(this.#endedMs, settledMs)
    // What was there before was not answered in this time.
    if (record.fromCache == null && record.costSource !== 'replay')
      this.completionTokens += record.completionTokens ?? 0
  }
}

/** Whether the reports were made of the answers and scores that are there now. */
function isOfTheseRows(left: Summary, fresh: Summary): boolean {
  const counts = ({ groups, slices }: Summary): string => JSON.stringify([...groups, ...(slices ?? [])].map(countsOf))
  return counts(left) === counts(fresh)
}

function countsOf(group: GroupSummary): unknown {
  const { model, prompt, slice, planned, completed, failed, scored, passed, scores } = group
  return [model, prompt, slice, planned, completed, failed, scored, passed, Object.keys(scores ?? {})]
}

/** What no row tells. */
function courseOf({ wallMs, outputTokensPerSecond, pace, gate }: Summary): Partial<Summary> {
  return { wallMs, outputTokensPerSecond, pace, gate }
}

/** Notes that are not of the figures, which end the list. */
function notesBeside(all: readonly string[], ofFigures: readonly string[]): readonly string[] {
  const first = all.slice(0, Math.max(0, all.length - ofFigures.length))
  if (all.slice(first.length).join('\n') === ofFigures.join('\n')) return first
  const known = new Set(ofFigures)
  return all.filter((note) => !known.has(note))
}

const TOLD_BY_SCORES =
  'rows, prompts or settings have changed between the sessions of this run, and its manifest does not tell how each trial was ' +
  'asked last: which answers belong to them as they are now is told from their scores'

function unfinishedNote({ skipped, planned }: Summary, state: Exclude<RunState, 'reported'>, dir: string): string {
  const settled = `${integer(planned - skipped)} of ${plural(planned, 'trial')}`
  if (state === 'running')
    return `the run is still going on: these are the figures of the ${settled} that have settled so far`
  return skipped > 0
    ? `the run ended before its reports: these are the figures of the ${settled} that have settled`
    : `no ${SUMMARY_FILE} in ${relative(join(dir, '..'), dir)} is of these answers and scores: what it alone would tell (a verdict, the pace, notes) is left out`
}

/** What the plan alone tells, said again where no summary says it. */
function planNotes({ settings, judges, scorers }: Manifest, { groups }: Summary): string[] {
  const isScored = scorers.length > 0 || groups.some(({ scored }) => scored > 0)
  return [
    ...(isScored || groups.every(({ completed }) => completed === 0)
      ? []
      : ['no expected answers in the dataset: nothing is scored']),
    ...(judges === null
      ? []
      : selfJudges({
          models: textsOf(settings['model']),
          judging: { models: judges.models, allowSelf: settings['allowSelfJudge'] === true },
        })),
  ]
}

/** Null: there is none, or none that makes sense. */
function readSummary(dir: string): Summary | null {
  const value = parseJson(textIfThere(join(dir, SUMMARY_FILE)))?.value
  const isSummary =
    isObject(value) && value['formatVersion'] === 1 && Array.isArray(value['groups']) && Array.isArray(value['notes'])
  return isSummary ? (value as unknown as Summary) : null
}
