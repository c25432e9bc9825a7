/** `assay history`: which lines are meant, and what they come to. */
import { UserError } from '../../lib/errors.ts'
import { didYouMean } from '../../lib/suggest.ts'
import { oneLine } from '../../lib/text.ts'
import { isTime } from './columns.ts'
import { readHistory } from './file.ts'
import { Folders } from './folders.ts'
import { rowsOverTime } from './rows.ts'
import { seriesOf } from './series.ts'
import type { HistoryLine, HistoryReport } from './types.ts'

export interface HistoryRequest {
  readonly cwd: string
  readonly signal: AbortSignal
  /** Names; undefined: all. */
  readonly dataset: string | undefined
  readonly models: readonly string[]
  readonly metric: string
  /** ISO date or time: earlier runs are left out, and the charts begin anew. */
  readonly since: string | undefined
}

/** Throws UserError where there is no history, and where it has nothing of what was asked. */
export async function historyReport(request: HistoryRequest): Promise<HistoryReport> {
  const all = readHistory(request.cwd)
  if (all.length === 0) {
    throw new UserError(
      'results/history.csv: there is no history so far. Every run under results/ adds to it at its end: begin one with assay eval.',
    )
  }
  const folders = new Folders(request.cwd)
  const series = seriesOf(chosen(all, request), '0|history', {
    failedOf: failedShares(all),
    wasStoppedEarly: ({ runId }) => folders.wasStoppedEarly(runId),
  })
  const rows = request.metric === 'pass_rate' ? await rowsOverTime(series, folders, request.signal) : []
  return { formatVersion: 1, metric: request.metric, series, rows }
}

/** Every run has a line of its failures beside that of any other metric. */
function failedShares(all: readonly HistoryLine[]): (line: HistoryLine) => number | null {
  const keyOf = ({ runId, scoring, model, prompt }: HistoryLine): string =>
    JSON.stringify([runId, scoring, model, prompt])
  const failures = all.filter(({ metric }) => metric === 'failures')
  const shares = new Map(failures.map((line) => [keyOf(line), line.value]))
  return (line) => shares.get(keyOf(line)) ?? null
}

function chosen(
  all: readonly HistoryLine[],
  { dataset, models, metric, since }: HistoryRequest,
): readonly HistoryLine[] {
  const ofDataset = only(all, '--dataset', dataset, (line) => line.dataset)
  const ofModels =
    models.length === 0 ? ofDataset : models.flatMap((model) => only(ofDataset, '--model', model, (line) => line.model))
  const ofMetric = only(ofModels, '--metric', metric, (line) => line.metric)
  if (since === undefined) return ofMetric
  const from = Date.parse(since)
  if (!isTime(since)) {
    throw new UserError(
      `--since ${oneLine(since, 60)}: expected a day or a time, such as 2025-01-15 or 2025-01-15T02:00Z.`,
    )
  }
  const later = ofMetric.filter(({ startedAt }) => Date.parse(startedAt) >= from)
  const last = ofMetric
    .map(({ startedAt }) => startedAt)
    .sort()
    .at(-1)
  if (later.length > 0) return later
  throw new UserError(
    `--since ${oneLine(since, 60)}: no run began since then. The last one of these began ${last ?? 'never'}.`,
  )
}

/** Lines of that name; all of them without one. */
function only(
  lines: readonly HistoryLine[],
  flag: string,
  name: string | undefined,
  of: (line: HistoryLine) => string,
): readonly HistoryLine[] {
  if (name === undefined) return lines
  const found = lines.filter((line) => of(line) === name)
  if (found.length > 0) return found
  const known = [...new Set(lines.map(of))]
  throw new UserError(
    `${flag} ${oneLine(name, 120)}: the history has none.${didYouMean(name, known)} It has ${oneLine(known.join(', '), 400)}.`,
  )
}
