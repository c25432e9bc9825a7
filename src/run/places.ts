/** Where do the lines of every trial stand in the files of a run folder: its record, and the score that its reports show? */
import { join } from 'node:path'
import { decodeLine, JOURNAL_FILE, SCORES_FILE } from '../journal/format.ts'
import type { JournalReader, LinePlaces } from '../journal/reader.ts'
import { type JournalScan, scanJournal } from '../journal/scan.ts'
import { scoreKey } from '../journal/scan-scores.ts'
import type { Manifest, ScoreLine, StaleLine, TrialRecord, UnscoredLine } from '../journal/types.ts'
import { errorCode } from '../lib/errors.ts'
import { key128 } from '../lib/hash.ts'
import { parseJson } from '../lib/json.ts'
import { KeyTable } from '../lib/key-table.ts'
import { LineFile } from '../lib/line-file.ts'
import { visitLines } from '../lib/lines.ts'
import { NumberList } from '../lib/number-list.ts'
import { parseUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import { pairKey } from '../plan/keys.ts'
import { countTrials, trialAt } from '../plan/trials.ts'
import { trialsByKey } from './keys-as-answered.ts'
import { type Losses, NOTHING_LOST } from './record.ts'
import type { PlannedRows } from './rows.ts'

const ABSENT = -1

export interface Places extends LinePlaces {
  readonly scan: JournalScan
  /** Money of answers that no trial of the plan asks for any more. */
  readonly dropped: Losses
  /**
   * How it is known which answers belong to the trials as they are now: by what was asked (`keys`), or, where rows or settings have
   * changed and the manifest does not tell how they were asked, by what the scores say of them.
   */
  readonly knownBy: 'keys' | 'scores'
}

/** Rejects with UserError when the journal is damaged anywhere but in its last line. */
export async function findPlaces(
  dir: string,
  manifest: Manifest,
  planned: PlannedRows,
  surroundings: { readonly cwd: string; readonly signal: AbortSignal },
): Promise<Places> {
  const { signal } = surroundings
  const scan = await scanJournal(dir, signal)
  // As long as every answer has found its trial in every session, sample, prompt, model and epoch name it.
  const isChanged = manifest.resumes.some(({ dropped, rerun }) => dropped + rerun > 0)
  const byKey = isChanged ? await trialsByKey(manifest, planned, surroundings) : null
  const found = byKey === null ? [] : [...answersTo(byKey, scan.settledAt)]
  const isKnown = !isChanged || found.length > 0 || scan.settledAt.size === 0
  const places = new PlaceTable(planned, await scoresOf(dir, manifest, signal))
  const { settledAt, scoredAt } = places
  const knownBy = isKnown ? 'keys' : 'scores'
  if (scan.settledAt.size === 0) return { scan, settledAt, scoredAt, dropped: NOTHING_LOST, knownBy }
  const evidence = isChanged && found.length === 0 ? await evidenceOf(dir, signal) : null
  return readingRecords(dir, (recordAt) => {
    const offsets = inFileOrder(scan.settledAt)
    for (const { index, offset, trial } of found) places.settle(index, offset, trial)
    if (found.length === 0) placeBySubject(places, offsets, { planned, recordAt, evidence })
    const dropped = isChanged ? lossesOfOthers(offsets, settledAt, recordAt) : NOTHING_LOST
    return { scan, settledAt, scoredAt, dropped, knownBy }
  })
}

/** The two places of every trial, 16 bytes each. */
class PlaceTable implements LinePlaces {
  readonly settledAt: NumberList
  readonly scoredAt: NumberList
  readonly #planned: PlannedRows
  readonly #scores: KeyTable

  constructor(planned: PlannedRows, scores: KeyTable) {
    this.#planned = planned
    this.#scores = scores
    const trials = countTrials(planned.shape)
    this.settledAt = new NumberList(trials, ABSENT)
    this.scoredAt = new NumberList(trials, ABSENT)
  }

  /** Of two records of a trial the one that is told last holds. */
  settle(index: number, offset: number, trial: string): void {
    this.settledAt.set(index, offset)
    this.scoredAt.set(index, this.#scores.get(scoreKey(trial, this.pairOf(index))) ?? ABSENT)
  }

  /** What the question is known by when runs are compared. */
  pairOf(index: number): string {
    const { sampleIndex, epoch } = trialAt(index, this.#planned.shape)
    return pairKey(this.#planned.sampleAt(sampleIndex), epoch)
  }
}

function* answersTo(
  byKey: KeyTable,
  settledAt: KeyTable,
): Generator<{ readonly index: number; readonly offset: number; readonly trial: string }> {
  for (const [trial, index] of byKey.entries()) {
    const offset = settledAt.get(trial)
    if (offset !== undefined) yield { index, offset, trial }
  }
}

/** Lines are read faster in the order in which they stand. */
function inFileOrder(settledAt: KeyTable): Float64Array {
  return Float64Array.from(settledAt.values()).sort()
}

type RecordAt = JournalReader['recordAt']

function readingRecords<T>(dir: string, use: (recordAt: RecordAt) => T): T {
  const path = join(dir, JOURNAL_FILE)
  const lines = new LineFile(path)
  try {
    return use((offset) => decodeLine(lines.lineAt(offset), `${path}: byte ${offset}`) as TrialRecord)
  } finally {
    lines.close()
  }
}

interface SubjectInputs {
  readonly planned: PlannedRows
  readonly recordAt: RecordAt
  /** Null: all records are answers to what is asked now. */
  readonly evidence: Evidence | null
}

/** Each record goes to the trial of its sample, prompt, model and epoch. */
function placeBySubject(
  places: PlaceTable,
  offsets: Float64Array,
  { planned, recordAt, evidence }: SubjectInputs,
): void {
  const indexOf = indexBySubject(planned)
  for (const offset of offsets) {
    const record = recordAt(offset)
    const subject = subjectKey(record)
    const index = indexOf.get(subject)
    if (index === undefined) continue
    if (evidence !== null && !isAskedNow(record.trial, subject, places.pairOf(index), evidence)) continue
    places.settle(index, offset, record.trial)
  }
}

function indexBySubject({ shape, sampleAt, prompts, models }: PlannedRows): KeyTable {
  const indexOf = new KeyTable()
  let last: { readonly sampleIndex: number; readonly id: string } | undefined
  const total = countTrials(shape)
  for (let index = 0; index < total; index++) {
    const { sampleIndex, promptIndex, modelIndex, epoch } = trialAt(index, shape)
    if (last?.sampleIndex !== sampleIndex) last = { sampleIndex, id: sampleAt(sampleIndex).id }
    const [prompt, model] = [prompts[promptIndex]?.name ?? '', models[modelIndex]?.slug ?? '']
    indexOf.set(subjectKey({ sample: last.id, prompt, model, epoch }), index)
  }
  return indexOf
}

/** Which question of which model, in whatever words. */
export function subjectKey({
  sample,
  prompt,
  model,
  epoch,
}: Pick<TrialRecord, 'sample' | 'prompt' | 'model' | 'epoch'>): string {
  return key128(JSON.stringify([sample, prompt, model, epoch]))
}

/** What scores.jsonl says of questions that were put in other words. */
interface Evidence {
  /** Trials that it has a line of, by trial key, and by what `scoreKey` makes of trial and pair. */
  readonly trials: KeyTable
  readonly pairs: KeyTable
  /** By subject: what asks it since a session has found it changed. */
  readonly askedAnew: ReadonlyMap<string, Pick<StaleLine, 'trial' | 'pairKey'>>
}

async function evidenceOf(dir: string, signal: AbortSignal): Promise<Evidence> {
  const [trials, pairs] = [new KeyTable(), new KeyTable()]
  const askedAnew = new Map<string, Pick<StaleLine, 'trial' | 'pairKey'>>()
  await visitScores(dir, signal, (line) => {
    if ('stale' in line) askedAnew.set(subjectKey(line), { trial: line.trial, pairKey: line.pairKey })
    else {
      trials.set(line.trial, 1)
      pairs.set(scoreKey(line.trial, line.pairKey), 1)
    }
  })
  return { trials, pairs, askedAnew }
}

function isAskedNow(trial: string, subject: string, pair: string, { trials, pairs, askedAnew }: Evidence): boolean {
  const anew = askedAnew.get(subject)
  if (anew?.pairKey === pair) return anew.trial === trial
  return trials.get(trial) === undefined || pairs.get(scoreKey(trial, pair)) !== undefined
}

type Line = ScoreLine | UnscoredLine | StaleLine

/** Where the lines of the scorers stand that the reports show, by `scoreKey`: of two the later one. */
async function scoresOf(dir: string, { scorings }: Manifest, signal: AbortSignal): Promise<KeyTable> {
  const shown = scorings.at(-1)
  let scores = new KeyTable()
  // Lines of older runs do not say by which scorers they are, but in which pass; without a word on that the last is shown.
  let shownPass = shown?.pass ?? 0
  await visitScores(dir, signal, (line, offset) => {
    if (!('scores' in line)) return
    const { pass } = line
    if (shown === undefined && pass > shownPass) [shownPass, scores] = [pass, new KeyTable()]
    const isShown = shown?.key === undefined ? pass === shownPass : line.scoring === shown.key
    if (isShown) scores.set(scoreKey(line.trial, line.pairKey), offset)
  })
  return scores
}

/** Visits lines that make sense: the others can be made again. */
async function visitScores(
  dir: string,
  signal: AbortSignal,
  visit: (line: Line, offset: number) => void,
): Promise<void> {
  try {
    await visitLines(
      join(dir, SCORES_FILE),
      (text, offset) => {
        const line = parseJson(text)?.value as Partial<Line> | null | undefined
        if (typeof line?.trial === 'string' && typeof line.pairKey === 'string') visit(line as Line, offset)
      },
      signal,
    )
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

/** What records cost that no trial has found. */
function lossesOfOthers(offsets: Float64Array, settledAt: NumberList, recordAt: RecordAt): Losses {
  const found = new Set<number>()
  for (let index = 0; index < settledAt.length; index++) found.add(settledAt.at(index) ?? ABSENT)
  let [lostUsd, possiblyBilled] = [ZERO_USD, 0]
  for (const offset of offsets) {
    if (found.has(offset)) continue
    const record = recordAt(offset)
    lostUsd += usdOf(record.costUsd) + usdOf(record.retryCostUsd)
    possiblyBilled += record.possiblyBilled
  }
  return { lostUsd, possiblyBilled }
}

function usdOf(text: string | null): Usd {
  return parseUsd(text ?? '0') ?? ZERO_USD
}
