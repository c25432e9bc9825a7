/**
 * Which rows change their verdict from run to run? Reads scores.jsonl of one run after the other; what is kept of a row is about
 * 100 bytes, however many runs there are.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SCORES_FILE } from '../../journal/format.ts'
import type { PreviousRun } from '../../journal/find-run.ts'
import type { Manifest, ScoreLine } from '../../journal/types.ts'
import { errorCode, UserError } from '../../lib/errors.ts'
import { parseJson } from '../../lib/json.ts'
import { visitLines } from '../../lib/lines.ts'
import type { Folders } from './folders.ts'
import { scoringIdentity } from './lines.ts'
import { RowTrack } from './track.ts'
import type { HistorySegment, HistorySeries, RowsOverTime } from './types.ts'

/** Runs that are looked at, the latest ones. */
export const MOST_RUNS = 30

/** What is told of the latest segment of each series; nothing where fewer than two runs are left to read. */
export async function rowsOverTime(
  series: readonly HistorySeries[],
  folders: Folders,
  signal: AbortSignal,
): Promise<RowsOverTime[]> {
  const told: RowsOverTime[] = []
  // Models and prompts of the same runs are read together: one pass over each file.
  const jobs = groupJobs(series.flatMap((one) => jobOf(one)))
  for (const job of jobs) told.push(...(await readJob(job, folders, signal)))
  return told
}

/** Series whose latest segments have the same runs and scoring. */
interface Job {
  readonly runIds: readonly string[]
  readonly segment: HistorySegment
  readonly series: readonly HistorySeries[]
}

function jobOf(series: HistorySeries): Job[] {
  const segment = series.segments.at(-1)
  if (segment === undefined) return []
  const runIds = segment.nights.slice(-MOST_RUNS).map(({ runId }) => runId)
  return runIds.length < 2 ? [] : [{ runIds, segment, series: [series] }]
}

function groupJobs(jobs: readonly Job[]): Job[] {
  const byRuns = new Map<string, Job>()
  for (const job of jobs) {
    const key = JSON.stringify([job.runIds, job.segment.scoring])
    const same = byRuns.get(key)
    byRuns.set(key, same === undefined ? job : { ...same, series: [...same.series, ...job.series] })
  }
  return [...byRuns.values()]
}

async function readJob(
  { runIds, segment, series }: Job,
  folders: Folders,
  signal: AbortSignal,
): Promise<RowsOverTime[]> {
  const tracks = new Map(series.map(({ model, prompt }) => [placeKey(model, prompt), new RowTrack()]))
  const gone: string[] = []
  for (const runId of runIds) {
    const run = folders.find(runId)
    const isRead = run !== undefined && (await readRun(run, segment, tracks, signal))
    if (!isRead) gone.push(runId)
    else for (const track of tracks.values()) track.endNight(runId)
  }
  return series.map(({ dataset, model, prompt }) => ({
    dataset,
    model,
    prompt,
    simulated: segment.simulated,
    runs: runIds.length - gone.length,
    gone,
    ...(tracks.get(placeKey(model, prompt)) ?? new RowTrack()).finish(),
  }))
}

function placeKey(model: string, prompt: string): string {
  return `${model}\0${prompt}`
}

/** False where the run has no scores of that kind any more. */
async function readRun(
  { dir, manifest }: PreviousRun,
  { scoring }: HistorySegment,
  tracks: ReadonlyMap<string, RowTrack>,
  signal: AbortSignal,
): Promise<boolean> {
  const keys = scoringKeys(manifest, scoring)
  const path = join(dir, SCORES_FILE)
  if (keys.size === 0 || !existsSync(path)) return false
  const visit = (text: string): void => {
    const line = parseJson(text)?.value as Partial<ScoreLine> | null | undefined
    if (typeof line?.pairKey !== 'string' || typeof line.sample !== 'string') return
    const { pairKey, sample, epoch = 1, model = '', prompt = '' } = line
    const track = tracks.get(placeKey(model, prompt))
    if (track === undefined) return
    // A line without a scoring says that the trial has no score, or none any more.
    if (line.scoring === undefined) track.see({ key: pairKey, sample, epoch }, null)
    else if (keys.has(line.scoring)) track.see({ key: pairKey, sample, epoch }, line.passed ?? null)
  }
  try {
    await visitLines(path, visit, signal)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    throw new UserError(`${path}: cannot be read (${errorCode(error)}).`, { cause: error })
  }
  return true
}

/** Keys by which the lines of a run know this scoring. */
function scoringKeys({ scorings }: Manifest, identity: string): Set<string> {
  return new Set(
    scorings.flatMap((scoring) =>
      scoring.key !== undefined && scoringIdentity(scoring) === identity ? [scoring.key] : [],
    ),
  )
}
