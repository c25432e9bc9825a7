/** Where the lines of trials stand → their records and scores. */
import { join } from 'node:path'
import { LineFile } from '../lib/line-file.ts'
import type { NumberList } from '../lib/number-list.ts'
import { decodeLine, JOURNAL_FILE, SCORES_FILE } from './format.ts'
import type { JudgeRecord, ScoreLine, TrialRecord } from './types.ts'

/** By trial index: the byte where its line starts; below 0: there is none. */
export interface LinePlaces {
  readonly settledAt: NumberList
  readonly scoredAt: NumberList
}

export interface JournalReader {
  /** The record that starts at a byte of the journal. */
  recordAt(offset: number): TrialRecord
  /** The judge's answer that starts at a byte of the journal. */
  judgedAt(offset: number): JudgeRecord
  /** Undefined when the trial did not settle. */
  record(index: number): TrialRecord | undefined
  /** Undefined when the trial has no score: failed, or never settled. */
  score(index: number): ScoreLine | undefined
  close(): void
}

/** Opens both files of a run folder; lines are read when they are asked for. */
export function openJournal(dir: string, { settledAt, scoredAt }: LinePlaces): JournalReader {
  const path = join(dir, JOURNAL_FILE)
  const journal = new LineFile(path)
  const scores = new LineFile(join(dir, SCORES_FILE))
  const lineAt = (offset: number): unknown => decodeLine(journal.lineAt(offset), `${path}: byte ${offset}`)
  const recordAt = (offset: number): TrialRecord => lineAt(offset) as TrialRecord
  return {
    recordAt,
    judgedAt: (offset) => lineAt(offset) as JudgeRecord,
    record: (index) => {
      const offset = settledAt.at(index) ?? -1
      return offset < 0 ? undefined : recordAt(offset)
    },
    score: (index) => {
      const offset = scoredAt.at(index) ?? -1
      return offset < 0 ? undefined : (JSON.parse(scores.lineAt(offset)) as ScoreLine)
    },
    close: () => {
      journal.close()
      scores.close()
    },
  }
}
