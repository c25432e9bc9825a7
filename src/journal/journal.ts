/** The journal and the scores of one run, while it runs: appended to, and read back by trial. */
import { join } from 'node:path'
import { AppendFile } from '../lib/append-file.ts'
import { NumberList } from '../lib/number-list.ts'
import { encodeLine, HEADER, JOURNAL_FILE, SCORES_FILE } from './format.ts'
import { type JournalReader, openJournal } from './reader.ts'
import type {
  JudgeRecord,
  RetryingLine,
  ScoreLine,
  StaleLine,
  StartedLine,
  TrialRecord,
  UnscoredLine,
} from './types.ts'

/** Stand for "no line" in the index: not yet, and never. */
const ABSENT = -1
const SKIPPED = -2

export class Journal {
  readonly #dir: string
  readonly #journal: AppendFile
  readonly #scores: AppendFile
  /** Byte offset of each trial's settled line and score line, by trial index: 16 bytes a trial is all that stays in memory. */
  readonly #settledAt: NumberList
  readonly #scoredAt: NumberList

  /** Creates both files in the run folder, or goes on with those of an earlier session after so many of their bytes. */
  constructor(dir: string, trials: number, kept: KeptBytes = {}) {
    this.#dir = dir
    this.#journal = new AppendFile(join(dir, JOURNAL_FILE), kept.journal)
    this.#scores = new AppendFile(join(dir, SCORES_FILE), kept.scores)
    this.#settledAt = new NumberList(trials, ABSENT)
    this.#scoredAt = new NumberList(trials, ABSENT)
    if (!kept.journal) this.#journal.append(encodeLine(HEADER))
    if (!kept.scores) this.#scores.append(`${JSON.stringify({ type: 'scores', formatVersion: 1 })}\n`)
  }

  /** Takes over the lines of an earlier session: where the trial's record starts, and its score when there is one. */
  reuse(index: number, settledAt: number, scoredAt?: number): void {
    this.#settledAt.set(index, settledAt)
    if (scoredAt !== undefined) this.#scoredAt.set(index, scoredAt)
  }

  isSettled(index: number): boolean {
    return (this.#settledAt.at(index) ?? ABSENT) >= 0
  }

  isScored(index: number): boolean {
    return (this.#scoredAt.at(index) ?? ABSENT) >= 0
  }

  /** Resolves when the line has left this process: a kill after that finds it in the file. */
  started(line: StartedLine): Promise<void> {
    this.#journal.append(encodeLine(line))
    return this.#journal.flushed()
  }

  retrying(line: RetryingLine): void {
    this.#journal.append(encodeLine(line))
  }

  /** Resolves when the record is on disk: only then the row counts as done. */
  settled(index: number, record: TrialRecord): Promise<void> {
    this.#settledAt.set(index, this.#journal.append(encodeLine(record)))
    return this.#journal.synced()
  }

  /** Resolves when the judge's answer is on disk: what is paid for is not asked again. */
  judged(record: JudgeRecord): Promise<void> {
    this.#journal.append(encodeLine(record))
    return this.#journal.synced()
  }

  /** Scores can be computed again from the journal, so nobody waits for them. */
  scored(index: number, line: ScoreLine): void {
    this.#scoredAt.set(index, this.#scores.append(`${JSON.stringify(line)}\n`))
  }

  /** The same for what has no score, or none any more. */
  noted(line: UnscoredLine | StaleLine): void {
    this.#scores.append(`${JSON.stringify(line)}\n`)
  }

  /** Resolves when all scores have left this process: where nothing is asked they are made faster than they are written. */
  scoresWritten(): Promise<void> {
    return this.#scores.flushed()
  }

  /** Remembers that the trial will not be sent. */
  skip(index: number): void {
    this.#settledAt.set(index, SKIPPED)
  }

  isSkipped(index: number): boolean {
    return this.#settledAt.at(index) === SKIPPED
  }

  /** Closes the files for writing. */
  async close(): Promise<void> {
    await this.#journal.close()
    await this.#scores.close()
  }

  /** The same, leaving at once. */
  closeNow(): void {
    this.#journal.closeNow()
    this.#scores.closeNow()
  }

  /** Reads settled trials back, by trial index: those that are on disk. */
  reader(): JournalReader {
    return openJournal(this.#dir, { settledAt: this.#settledAt, scoredAt: this.#scoredAt })
  }
}

/** Length of the valid parts of both files; undefined for a file that does not exist. */
export interface KeptBytes {
  readonly journal?: number | undefined
  readonly scores?: number | undefined
}
