/** A run folder → the rows of its run, from its own files alone: whatever dataset, config file and environment hold by now. */
import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { CsvError, parse } from 'csv-parse'
import { openSpool, SAMPLES_FILE } from '../dataset/spool.ts'
import { parseShard } from '../dataset/select.ts'
import type { Spool } from '../dataset/types.ts'
import { JOURNAL_FILE, SCORES_FILE } from '../journal/format.ts'
import type { JudgeCosts } from '../journal/judge-costs.ts'
import { type JournalReader, openJournal } from '../journal/reader.ts'
import type { Manifest } from '../journal/types.ts'
import { UserError } from '../lib/errors.ts'
import type { NumberList } from '../lib/number-list.ts'
import { countTrials, type PlanShape } from '../plan/trials.ts'
import type { ResultRow, TrialStatus } from '../report/types.ts'
import { findPlaces, type Places } from './places.ts'
import { type Losses, NOTHING_LOST, sumOfLosses } from './record.ts'
import { type PlannedRows, resultRows, type RowFacts } from './rows.ts'
import { pickSamples } from './selection.ts'

const RESULTS_FILE = 'results.csv'

/** Why a trial was not asked, as results.csv tells it. */
const UNSETTLED = ['pending', 'skipped_budget', 'skipped_stopped'] as const satisfies readonly TrialStatus[]

export interface ReopenedRun extends PlannedRows, RowFacts {
  /** Absolute path. */
  readonly dir: string
  readonly manifest: Manifest
  readonly reader: JournalReader
  /** Hash of the samples that were read, before any sample or shard of them was taken. */
  readonly samplesSha256: string
  /** Attempts that no record tells of: their trials, or calls of judges, came to nothing. */
  readonly unsettled: Losses
  /** Money of answers that no trial asks for any more. */
  readonly dropped: Losses
  readonly judgeCosts: JudgeCosts
  /** How it is known which answers belong to the trials as they are now. */
  readonly knownBy: Places['knownBy']
  /** In dataset order, read from disk anew at each call. */
  rows(): Iterable<ResultRow>
  close(): void
}

interface ReopenIo {
  readonly cwd: string
  readonly signal: AbortSignal
}

/**
 * Opens a run that is over, has broken off, or still goes on. Throws UserError where a file is missing or damaged; rejects
 * with the reason of the signal.
 */
export async function reopenRun(dir: string, manifest: Manifest, io: ReopenIo): Promise<ReopenedRun> {
  const spool = await openSpool(join(dir, SAMPLES_FILE), { seed: manifest.seed }, io.signal)
  try {
    const planned = plannedRows(manifest, spool)
    const places = await findPlaces(dir, manifest, planned, io)
    const facts: RowFacts = {
      simulated: manifest.simulated,
      statusOf: await statusesOf(dir, places.settledAt),
    }
    const reader = readerOf(dir, places)
    return {
      ...planned,
      ...facts,
      dir,
      manifest,
      reader,
      samplesSha256: spool.sha256,
      unsettled: [...places.scan.unsettled.values()].reduce<Losses>(sumOfLosses, NOTHING_LOST),
      dropped: places.dropped,
      judgeCosts: places.scan.judges,
      knownBy: places.knownBy,
      rows: () => resultRows(planned, reader, facts),
      close: () => {
        reader.close()
        spool.close()
      },
    }
  } catch (error) {
    spool.close()
    throw error
  }
}

/** A run that ended before its first answer has no journal, and one whose scores are lost can be scored again. */
function readerOf(dir: string, places: Places): JournalReader {
  if (existsSync(join(dir, JOURNAL_FILE)) && existsSync(join(dir, SCORES_FILE))) return openJournal(dir, places)
  if (places.scan.settledAt.size === 0) return NOTHING_SETTLED
  throw new UserError(
    `${join(dir, SCORES_FILE)}: no such file. The answers are there: make their scores again with assay score.`,
  )
}

const none = (): never => {
  throw new Error('nothing has settled')
}
const NOTHING_SETTLED: JournalReader = {
  recordAt: none,
  judgedAt: none,
  record: () => undefined,
  score: () => undefined,
  close: () => {},
}

function plannedRows({ prompts, settings, runId, trials }: Manifest, spool: Spool): PlannedRows {
  const models = Array.isArray(settings['model']) ? settings['model'].map(String) : []
  const { shard, sample } = settings
  const selection = pickSamples(spool, {
    sample: typeof sample === 'number' ? sample : null,
    shard: typeof shard === 'string' ? parseShard(shard) : null,
  })
  const shape: PlanShape = {
    samples: selection.order.length,
    prompts: prompts.length,
    models: models.length,
    epochs: Number(settings['epochs'] ?? 1),
  }
  if (countTrials(shape) !== trials) {
    throw new UserError(
      `${runId}: its manifest plans ${trials} trials, its ${SAMPLES_FILE} holds the samples of ${countTrials(shape)}. The files are not of one run.`,
    )
  }
  return { shape, sampleAt: selection.sampleAt, prompts, models: models.map((slug) => ({ slug })) }
}

/**
 * The journal does not say why a trial was not asked; results.csv does, when the run came to its reports. One that speaks of other
 * answers than those that are there is of an earlier session.
 */
async function statusesOf(dir: string, settledAt: NumberList): Promise<RowFacts['statusOf']> {
  const path = join(dir, RESULTS_FILE)
  if (isWhole(settledAt) || !existsSync(path)) return () => 'pending'
  const statuses = new Uint8Array(settledAt.length)
  let index = 0
  const rows = createReadStream(path).pipe(parse({ columns: true, bom: true, relax_column_count: true }))
  try {
    for await (const { status } of rows as AsyncIterable<Record<string, string>>) {
      const known = UNSETTLED.findIndex((one) => one === status)
      if (known < 0 !== isSettled(settledAt, index)) return () => 'pending'
      if (known > 0) statuses[index] = known
      index += 1
    }
  } catch (error) {
    if (error instanceof CsvError) return () => 'pending'
    throw error
  }
  return index === statuses.length ? (trial) => UNSETTLED[statuses[trial] ?? 0] ?? 'pending' : () => 'pending'
}

function isWhole(settledAt: NumberList): boolean {
  for (let index = 0; index < settledAt.length; index++) if (!isSettled(settledAt, index)) return false
  return true
}

function isSettled(settledAt: NumberList, index: number): boolean {
  return (settledAt.at(index) ?? -1) >= 0
}
