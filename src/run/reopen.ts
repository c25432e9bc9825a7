/** A run folder → the rows of its run, from its own files alone: whatever dataset, config file and environment hold by now. */
import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse'
import { openSpool, SAMPLES_FILE } from '../dataset/spool.ts'
import { parseShard } from '../dataset/select.ts'
import type { Spool } from '../dataset/types.ts'
import { JOURNAL_FILE, SCORES_FILE } from '../journal/format.ts'
import { type JournalReader, openJournal } from '../journal/reader.ts'
import { scanScores, scoreKey } from '../journal/scan-scores.ts'
import type { Manifest, StaleLine, TrialRecord } from '../journal/types.ts'
import { errorCode, UserError } from '../lib/errors.ts'
import { key128 } from '../lib/hash.ts'
import { parseJson } from '../lib/json.ts'
import { KeyTable } from '../lib/key-table.ts'
import { visitLines } from '../lib/lines.ts'
import { NumberList } from '../lib/number-list.ts'
import { pairKey } from '../plan/keys.ts'
import { countTrials, type PlanShape, trialAt } from '../plan/trials.ts'
import type { ResultRow, TrialStatus } from '../report/types.ts'
import { type PlannedRows, resultRows, type RowFacts } from './rows.ts'
import { pickSamples } from './selection.ts'

const ABSENT = -1
const RESULTS_FILE = 'results.csv'
const SETTLED = '{"type":"settled"'

/** Why a trial was not asked, as results.csv tells it. */
const UNSETTLED = ['pending', 'skipped_budget', 'skipped_stopped'] as const satisfies readonly TrialStatus[]

export interface ReopenedRun extends PlannedRows, RowFacts {
  /** Absolute path. */
  readonly dir: string
  readonly manifest: Manifest
  readonly reader: JournalReader
  /** In dataset order, read from disk anew at each call. */
  rows(): Iterable<ResultRow>
  close(): void
}

/**
 * Opens a run that is over, has broken off, or still goes on. Throws UserError where a file is missing or damaged; rejects
 * with the reason of the signal.
 */
export async function reopenRun(dir: string, manifest: Manifest, signal: AbortSignal): Promise<ReopenedRun> {
  const spool = await openSpool(join(dir, SAMPLES_FILE), { seed: manifest.seed }, signal)
  try {
    const planned = plannedRows(manifest, spool)
    const places = await placesOf(dir, manifest, planned, signal)
    const reader = openJournal(dir, places)
    const facts: RowFacts = {
      simulated: manifest.simulated,
      statusOf: await statusesOf(dir, places.settledAt),
    }
    return {
      ...planned,
      ...facts,
      dir,
      manifest,
      reader,
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

/** Where the lines of every trial stand: the last answer to it, and its score by the scorers that the reports show. */
async function placesOf(
  dir: string,
  manifest: Manifest,
  planned: PlannedRows,
  signal: AbortSignal,
): Promise<{ settledAt: NumberList; scoredAt: NumberList }> {
  const trials = countTrials(planned.shape)
  const settledAt = new NumberList(trials, ABSENT)
  const scoredAt = new NumberList(trials, ABSENT)
  const indexOf = new KeyTable()
  const pairs = new KeyTable()
  for (let index = 0; index < trials; index++) {
    const { sampleIndex, promptIndex, modelIndex, epoch } = trialAt(index, planned.shape)
    const sample = planned.sampleAt(sampleIndex)
    const [prompt, model] = [planned.prompts[promptIndex]?.name ?? '', planned.models[modelIndex]?.slug ?? '']
    indexOf.set(subjectKey({ sample: sample.id, prompt, model, epoch }), index)
    pairs.set(pairKey(sample, epoch), 1)
  }
  const isChanged = manifest.resumes.some(({ dropped, rerun }) => dropped + rerun > 0)
  const asked = isChanged ? await askedAnew(dir, pairs, signal) : new Map<string, string>()
  const { scoredAt: scores } = await scanScores(dir, manifest.scorings.at(-1)?.key ?? '', signal)
  await visitIfThere(join(dir, JOURNAL_FILE), signal, (text, offset) => {
    if (!text.startsWith(SETTLED)) return
    const record = JSON.parse(text) as TrialRecord
    const subject = subjectKey(record)
    const index = indexOf.get(subject)
    if (index === undefined || (asked.get(subject) ?? record.trial) !== record.trial) return
    settledAt.set(index, offset)
    const sample = planned.sampleAt(trialAt(index, planned.shape).sampleIndex)
    scoredAt.set(index, scores.get(scoreKey(record.trial, pairKey(sample, record.epoch))) ?? ABSENT)
  })
  return { settledAt, scoredAt }
}

/** Questions that a later session has put in other words, by subject: the key of the trial that asks them now. */
async function askedAnew(dir: string, pairs: KeyTable, signal: AbortSignal): Promise<Map<string, string>> {
  const asked = new Map<string, string>()
  await visitIfThere(join(dir, SCORES_FILE), signal, (text) => {
    const line = parseJson(text)?.value as StaleLine | undefined
    if (line?.stale !== true || pairs.get(line.pairKey) === undefined) return
    asked.set(subjectKey(line), line.trial)
  })
  return asked
}

/** What a trial asks, whatever its words. */
function subjectKey({
  sample,
  prompt,
  model,
  epoch,
}: Pick<TrialRecord, 'sample' | 'prompt' | 'model' | 'epoch'>): string {
  return key128(JSON.stringify([sample, prompt, model, epoch]))
}

/** The journal does not say why a trial was not asked; results.csv does, when the run came to its reports. */
async function statusesOf(dir: string, settledAt: NumberList): Promise<RowFacts['statusOf']> {
  const path = join(dir, RESULTS_FILE)
  if (isWhole(settledAt) || !existsSync(path)) return () => 'pending'
  const statuses = new Uint8Array(settledAt.length)
  let index = 0
  const rows = createReadStream(path).pipe(parse({ columns: true, bom: true, relax_column_count: true }))
  for await (const { status } of rows as AsyncIterable<Record<string, string>>) {
    const known = UNSETTLED.findIndex((one) => one === status)
    if (known > 0 && index < statuses.length) statuses[index] = known
    index += 1
  }
  return (trial) => UNSETTLED[statuses[trial] ?? 0] ?? 'pending'
}

function isWhole(settledAt: NumberList): boolean {
  for (let index = 0; index < settledAt.length; index++) if ((settledAt.at(index) ?? ABSENT) < 0) return false
  return true
}

async function visitIfThere(
  path: string,
  signal: AbortSignal,
  visit: (text: string, offset: number) => void,
): Promise<void> {
  try {
    await visitLines(path, visit, signal)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}
