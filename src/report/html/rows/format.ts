/**
 * How do the rows lie in the page? What the report writes and its script reads.
 *
 * `rows-head` (JSON) names the columns. Then come blocks of some hundred rows, each two script elements of plain text: the
 * cells of the columns (`rows-cells`), which the table, filters and sorting need at once, and the long texts (`rows-texts`),
 * which are read while nobody waits. Both are JSON, deflated without a header, in Base64. `rows-foot` (JSON) says how many
 * rows there are, which is known at the end alone.
 */

/** What the values of a column are, and so how they are shown and sorted. */
export type ColumnKind = 'category' | 'share' | 'usd' | 'ms' | 'rate' | 'count'

export interface RowColumn {
  /** As in results.csv; `slice:<column>` for slices, `result` and `changed` for what is found here alone. */
  readonly name: string
  /** For people. */
  readonly label: string
  /** What the cells hold, for those who want to know. */
  readonly meaning: string
  readonly kind: ColumnKind
}

export interface RowsHead {
  readonly columns: readonly RowColumn[]
  /** Names of the dataset columns that every row brings along (--keep). */
  readonly keep: readonly string[]
  /** Answers that changed against the baseline; null where it is unknown. */
  readonly changed: ChangedCounts | null
}

/** Rows that changed, and how many of them can be marked: the comparison lists the first of each direction. */
export interface ChangedCounts {
  readonly wrong: number
  readonly right: number
  readonly listed: number
}

export interface RowsFoot {
  /** Rows in the page. */
  readonly rows: number
  /** Rows of the run. */
  readonly planned: number
}

/** Cells of one column in one block: of a category a list of its values and the place of each row's in it. */
export type Cells =
  | readonly (number | null)[]
  | { readonly values: readonly string[]; readonly codes: readonly number[] }

export interface CellsBlock {
  readonly ids: readonly string[]
  /** In the order of the head's columns. */
  readonly cells: readonly Cells[]
}

export interface TextsBlock {
  /** Every text of the block once; the first is empty. */
  readonly texts: readonly string[]
  /** Of texts that were cut: place in `texts`, and how many characters there were. */
  readonly cut: readonly (readonly [place: number, length: number])[]
  readonly rows: readonly RowTexts[]
}

/** The texts of one row, each by its place in its block; what is absent is empty. */
export interface RowTexts {
  /** Role and content. */
  readonly messages: readonly (readonly [role: string, content: number])[]
  readonly output: number
  readonly expected: readonly number[]
  readonly reason?: number
  readonly error?: number
  readonly reasoning?: number
  readonly refusal?: number
  /** As JSON. */
  readonly toolCalls?: number
  readonly generation?: number
  /** In the order of the head's `keep`. */
  readonly kept?: readonly number[]
  /** By scorer: whether it passes. */
  readonly passes?: Readonly<Record<string, boolean | null>>
  /** What the baseline answered, where the row changed. */
  readonly baseline?: BaselineTexts
}

export interface BaselineTexts {
  readonly run: string
  readonly model: string
  readonly prompt: string
  readonly isTruncated: boolean
  /** Null where the run folder has no journal. */
  readonly output: number | null
  readonly reason: number
}

/** What a row is called in a link: by its ids, so that the link holds when the report is rendered again. */
export interface RowKey {
  readonly id: string
  readonly epoch: string
  readonly model: string
  readonly prompt: string
}
