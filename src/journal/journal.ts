/** The journal and the scores of one run, while it runs: appended to, and read back by trial. */
import { join } from 'node:path'
import { AppendFile } from '../lib/append-file.ts'
import { LineFile } from '../lib/line-file.ts'
import { decodeLine, encodeLine, HEADER } from './format.ts'
import type { RetryingLine, ScoreLine, StartedLine, TrialRecord } from './types.ts'

/** Stand for "no line" in the index: not yet, and never. */
const ABSENT = -1
const SKIPPED = -2

export class Journal {
  readonly #dir: string
  readonly #journal: AppendFile
  readonly #scores: AppendFile
  /** Byte offset of each trial's settled line and score line, by trial index: 16 bytes a trial is all that stays in memory. */
  readonly #settledAt: Float64Array
  readonly #scoredAt: Float64Array

  /** Creates both files in the run folder. */
  constructor(dir: string, trials: number) {
    this.#dir = dir
    this.#journal = new AppendFile(join(dir, 'journal.jsonl'))
    this.#scores = new AppendFile(join(dir, 'scores.jsonl'))
    this.#settledAt = new Float64Array(trials).fill(ABSENT)
    this.#scoredAt = new Float64Array(trials).fill(ABSENT)
    this.#journal.append(encodeLine(HEADER))
    this.#scores.append(`${JSON.stringify({ type: 'scores', formatVersion: 1 })}\n`)
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
    this.#settledAt[index] = this.#journal.append(encodeLine(record))
    return this.#journal.synced()
  }

  /** Scores can be computed again from the journal, so nobody waits for them. */
  scored(index: number, line: ScoreLine): void {
    this.#scoredAt[index] = this.#scores.append(`${JSON.stringify(line)}\n`)
  }

  /** Remembers that the trial will not be sent. */
  skip(index: number): void {
    this.#settledAt[index] = SKIPPED
  }

  isSkipped(index: number): boolean {
    return this.#settledAt[index] === SKIPPED
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

  /** Reads settled trials back, by trial index; call after close(). */
  reader(): JournalReader {
    const journal = new LineFile(join(this.#dir, 'journal.jsonl'))
    const scores = new LineFile(join(this.#dir, 'scores.jsonl'))
    const path = join(this.#dir, 'journal.jsonl')
    return {
      record: (index) => {
        const offset = this.#settledAt[index] ?? ABSENT
        if (offset < 0) return undefined
        return decodeLine(journal.lineAt(offset), `${path}: byte ${offset}`) as TrialRecord
      },
      score: (index) => {
        const offset = this.#scoredAt[index] ?? ABSENT
        return offset === ABSENT ? undefined : (JSON.parse(scores.lineAt(offset)) as ScoreLine)
      },
      close: () => {
        journal.close()
        scores.close()
      },
    }
  }
}

export interface JournalReader {
  /** Undefined when the trial did not settle. */
  record(index: number): TrialRecord | undefined
  /** Undefined when the trial has no score: failed, or never settled. */
  score(index: number): ScoreLine | undefined
  close(): void
}
