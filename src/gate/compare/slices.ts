/** Which slice does each row belong to? The values of dataset columns, from the samples in the run folder. */
import { join } from 'node:path'
import { SAMPLES_FILE } from '../../dataset/spool.ts'
import type { Sample } from '../../dataset/types.ts'
import { findColumn, requireColumn } from '../../lib/columns.ts'
import { errorCode, UserError } from '../../lib/errors.ts'
import { visitLines } from '../../lib/lines.ts'
import { oneLine } from '../../lib/text.ts'
import { pairKey } from '../../plan/keys.ts'
import type { Pairs } from '../pairs.ts'
import type { Rows } from '../rows.ts'

/** Each value is a slice with tests of its own. */
const MOST_SLICES = 1_000

/** The slices of a column, and that of each row by its number; undefined: the samples do not have it. */
export interface SliceColumn {
  readonly column: string
  readonly values: readonly string[]
  /** For the rows of one model × prompt: number of the slice + 1; 0: unknown. */
  of(rows: Rows): Uint16Array
}

export interface SlicesAsked {
  readonly columns: readonly string[]
  /** What the user has typed has to be there; what a run's settings say need not. */
  readonly isTyped: boolean
}

interface OpenColumn {
  readonly column: string
  readonly numbers: Map<string, number>
  readonly byRows: Map<Rows, Uint16Array>
}

/** Reads the samples of a run once. Throws UserError at a column that is not there, or has too many values. */
export async function readSlices(
  dir: string,
  { columns: asked, isTyped }: SlicesAsked,
  {
    groups,
    epochs,
    signal,
  }: { readonly groups: readonly Rows[]; readonly epochs: number; readonly signal: AbortSignal },
): Promise<SliceColumn[]> {
  if (asked.length === 0) return []
  const path = join(dir, SAMPLES_FILE)
  let columns: readonly OpenColumn[] | undefined
  const visit = (text: string, offset: number): void => {
    // The first line says which version of the format it is.
    if (offset === 0) return
    const sample = JSON.parse(text) as Sample
    columns ??= columnsOf(Object.keys(sample.vars)).map((column) => open(column, groups))
    const numbers = columns.map((column) => numberOf(column, sample.vars[column.column] ?? ''))
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const key = pairKey(sample, epoch)
      for (const rows of groups) {
        const row = rows.rowOf(key)
        if (row === undefined) continue
        for (const [index, { byRows }] of columns.entries()) byRows.get(rows)?.fill(numbers[index] ?? 0, row, row + 1)
      }
    }
  }
  const columnsOf = (there: readonly string[]): string[] =>
    asked.flatMap((column) => {
      if (isTyped) return [requireColumn(there, column, { file: path, flag: '--slice' })]
      return findColumn(there, column) ?? []
    })
  try {
    await visitLines(path, visit, signal)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    if (!isTyped) return []
    throw new UserError(`--slice: ${path}: no such file, and the values of columns are there. Restore it from a copy.`)
  }
  return (columns ?? []).map(({ column, numbers, byRows }) => ({
    column,
    values: [...numbers.keys()],
    of: (rows) => byRows.get(rows) ?? new Uint16Array(rows.size),
  }))
}

function open(column: string, groups: readonly Rows[]): OpenColumn {
  return { column, numbers: new Map(), byRows: new Map(groups.map((rows) => [rows, new Uint16Array(rows.size)])) }
}

function numberOf({ column, numbers }: OpenColumn, value: string): number {
  let number = numbers.get(value)
  if (number === undefined) numbers.set(value, (number = numbers.size + 1))
  if (number <= MOST_SLICES) return number
  throw new UserError(
    `--slice ${oneLine(column, 60)}: the column has more than ${MOST_SLICES.toLocaleString('en-US')} different values, and each ` +
      'would be a slice of its own. Choose a column that sorts the rows into few kinds.',
  )
}

/** The pairs of each slice, by number from 0; those of unknown slice are in none. */
export function slicePairs(pairs: Pairs, numbers: Uint16Array, slices: number): Pairs[] {
  const counts = new Uint32Array(slices + 1)
  for (const row of pairs.candidateRows) count(counts, numbers[row] ?? 0)
  const parts = Array.from(counts, (size) => ({ candidate: new Uint32Array(size), baseline: new Uint32Array(size) }))
  const filled = new Uint32Array(slices + 1)
  for (const [pair, row] of pairs.candidateRows.entries()) {
    const slice = numbers[row] ?? 0
    const at = filled[slice] ?? 0
    parts[slice]?.candidate.fill(row, at, at + 1)
    parts[slice]?.baseline.fill(pairs.baselineRows[pair] ?? 0, at, at + 1)
    count(filled, slice)
  }
  // Which slice a row belongs to that one side alone has asked is not looked up.
  const { candidate, baseline } = pairs
  return parts.slice(1).map((part) => ({
    candidate,
    baseline,
    candidateRows: part.candidate,
    baselineRows: part.baseline,
    onlyCandidate: 0,
    onlyBaseline: 0,
  }))
}

function count(counts: Uint32Array, index: number): void {
  counts[index] = (counts[index] ?? 0) + 1
}
