/** What are the questions? A sample is a dataset row once validated. */

export interface Sample {
  /** The id column, else a hash of the columns used plus an occurrence number; never the row number alone. */
  readonly id: string
  /** First line of the row in the dataset file, from 1; for messages only. */
  readonly line: number
  /** All columns as text, by header name. Values of JSON datasets that are no strings are their JSON text. */
  readonly vars: Readonly<Record<string, string>>
  /** The right answers, any of which counts; empty when the dataset has none. */
  readonly expected: readonly string[]
  /** Scorers that this row alone asks for (promptfoo's `__expected` columns). */
  readonly assertions: readonly Assertion[]
  /** promptfoo's `__threshold`: the answer passes when the weighted mean of all its scores is at least this, 0..1. */
  readonly passFrom?: number
  /**
   * Columns that make the row what it is when runs are compared; absent: all. Of recorded outputs those that the prompts use: the
   * same question with other outputs is the same question.
   */
  readonly pairColumns?: readonly string[]
  /** promptfoo's `__metadata:key` columns and `__description`, by key. */
  readonly metadata: Readonly<Record<string, string>>
  /** promptfoo's `__prefix` and `__suffix`: text put around the rendered prompt. */
  readonly prefix: string
  readonly suffix: string
}

/** One scorer asked for by a row, with the answers that it compares with. */
export interface Assertion {
  /** Name in the scorer registry; `not-` in front of it negates. */
  readonly scorer: string
  readonly argument: string | null
  readonly expected: readonly string[]
  /** Value from which the answer passes, 0..1; absent: the scorer's own. */
  readonly threshold?: number
}

/** Where the argument of an assertion type has a place for the cell's number; behind `=` the one for a cell without. */
export const CELL_NUMBER = /\{number(?:=([\d.]+))?\}/

/** The right answers that assertions name; the texts of negated ones are wrong answers. */
export function assertedAnswers(assertions: readonly Assertion[]): string[] {
  return assertions.filter(({ scorer }) => !scorer.startsWith('not-')).flatMap(({ expected }) => expected)
}

/** One row as a reader found it: nothing is interpreted yet. */
export interface Row {
  /** Line of the file where the row starts, from 1. */
  readonly line: number
  /** Column name → cell. CSV cells are strings; JSON values are kept as they are. */
  readonly cells: Readonly<Record<string, unknown>>
}

export type DatasetFormat = 'csv' | 'tsv' | 'jsonl' | 'json'

/** An opened dataset: its rows can be read once, from first to last. */
export interface Dataset {
  /** File name without folder and extension, or "stdin": names the run. */
  readonly name: string
  /** How messages name it: the path relative to the working folder, or "stdin". */
  readonly file: string
  /** Absolute path; null for standard input. */
  readonly path: string | null
  readonly format: DatasetFormat
  /** The header of a CSV or TSV file; null where every row brings its own names. */
  readonly columns: readonly string[] | null
  /** Throws UserError at the first row that is wrong, and at the end of a dataset without rows. */
  rows(): AsyncIterable<Row>
  /** SHA-256 of the bytes as 64 hex digits once the last row was read; null before, and for good when reading stopped early. */
  sha256(): string | null
  /** Lets go of the file; needed only when the rows are not read to their end. */
  close(): Promise<void>
}

/** The validated samples on disk, read by position; a few bytes each are in memory. */
export interface Spool {
  readonly count: number
  /** SHA-256 over the samples in dataset order, as 64 hex digits. */
  readonly sha256: string
  /** The sample at a position of dataset order, from 0. */
  read(index: number): Sample
  /** Positions in dispatch order: of two spools with the same seed, the same samples come in the same order. */
  order(): Uint32Array<ArrayBuffer>
  close(): void
}
