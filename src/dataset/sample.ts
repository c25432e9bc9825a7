/** rows → samples: what is the id, what is the right answer, what are the variables? */
import { UserError } from '../lib/errors.ts'
import { exactJsonText } from '../lib/exact-json.ts'
import { key128 } from '../lib/hash.ts'
import { oneLine } from '../lib/text.ts'
import { findColumn, requireColumn } from '../lib/columns.ts'
import { Occurrences } from './occurrences.ts'
import { type SpecialColumns, specialColumns } from './promptfoo.ts'
import type { AssertionTypes } from './promptfoo-assertion.ts'
import type { Row, Sample } from './types.ts'

/** Hex digits of an id made from content: 48 bits. Contents that collide get an occurrence number like equal ones. */
const ID_DIGITS = 12

export interface SampleOptions {
  /** How messages name the dataset. */
  readonly file: string
  /** Null: the column `id` when there is one. */
  readonly idColumn: string | null
  /** Null: the column `expected`, else `answer`, when there is one. */
  readonly expectedColumn: string | null
  /** Splits an expected text into several right answers; null: the text is one answer. */
  readonly expectedSeparator: string | null
  /** Columns whose names and values make the id where there is no id column; the prompts' columns, usually. Names without a column are left out. */
  readonly usedColumns: readonly string[]
  /** Columns that make a row what it is when runs are compared; all unless given. */
  readonly pairColumns?: readonly string[]
  readonly assertionTypes: AssertionTypes
}

/**
 * Validates rows one by one. The first row decides which columns are id and expected; columns are found by their exact
 * name, else by one that differs in capitals alone. Throws UserError at the first row that is wrong.
 */
export async function* toSamples(rows: AsyncIterable<Row>, options: SampleOptions): AsyncGenerator<Sample, void> {
  let convert: ((row: Row) => Sample) | undefined
  for await (const row of rows) {
    convert ??= converter(row, options)
    yield convert(row)
  }
}

/** Columns that are taken by themselves, the first that exists. */
const DEFAULT_COLUMNS = { id: ['id'], expected: ['expected', 'answer'] } as const

type Meaning = keyof typeof DEFAULT_COLUMNS

function defaultColumn(columns: readonly string[], meaning: Meaning): string | undefined {
  return DEFAULT_COLUMNS[meaning].map((name) => findColumn(columns, name)).find((name) => name !== undefined)
}

function converter(first: Row, options: SampleOptions): (row: Row) => Sample {
  const { file, idColumn, expectedColumn } = options
  const columns = Object.keys(first.cells)
  const columnOf = (meaning: Meaning, named: string | null): string | undefined =>
    named === null ? defaultColumn(columns, meaning) : requireColumn(columns, named, { file, flag: `--${meaning}` })
  const id = columnOf('id', idColumn)
  const expected = columnOf('expected', expectedColumn)
  const refuseOthers = (row: Row): void => {
    if (idColumn === null) refuseOther(row, 'id', id, { file, firstLine: first.line })
    if (expectedColumn === null) refuseOther(row, 'expected', expected, { file, firstLine: first.line })
  }
  const special = specialColumns(file, options.assertionTypes)
  const makeId = id === undefined ? contentIds(options.usedColumns) : columnIds(id, file)
  return (row) => {
    const { line, cells } = row
    refuseOthers(row)
    const texts = textsOf(row, file)
    const vars = plainColumns(texts, special, line)
    return {
      id: makeId(texts, line),
      line,
      vars,
      ...(options.pairColumns === undefined ? {} : { pairColumns: options.pairColumns }),
      expected: expected === undefined ? [] : expectedAnswers(cells[expected], { ...options, line, column: expected }),
      ...special.read(texts, line),
    }
  }
}

/** Rows of JSON bring their own columns: one that the first row lacked would be left out of every score without a word. */
function refuseOther(
  { line, cells }: Row,
  meaning: Meaning,
  chosen: string | undefined,
  { file, firstLine }: { file: string; firstLine: number },
): void {
  const found = defaultColumn(Object.keys(cells), meaning)
  if (found === undefined || found === chosen) return
  throw new UserError(
    `${file}:${line}: the row has a column "${oneLine(found)}", the first one (line ${firstLine}) has none, and the first row decides ` +
      `which column holds the ${meaning === 'id' ? 'ids' : 'right answers'}. Add the column to line ${firstLine}, or name the column to use ` +
      `with --${meaning}.`,
  )
}

function textsOf({ line, cells }: Row, file: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(cells).map(([column, value]) => {
      try {
        return [column, cellText(value)]
      } catch (error) {
        // What can be parsed to any depth cannot be written to any depth.
        if (!(error instanceof RangeError)) throw error
        const at = `${file}:${line}: column "${oneLine(column)}"`
        throw new UserError(`${at}: the value is nested too deeply to be read. Write it as a text, or leave it out.`, {
          cause: error,
        })
      }
    }),
  )
}

/** A cell as text: strings as they are, null and undefined as the empty text, everything else as its JSON, with every digit of its numbers. */
function cellText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === null || value === undefined ? '' : exactJsonText(value)
}

function plainColumns(texts: Record<string, string>, special: SpecialColumns, line: number): Record<string, string> {
  const columns = Object.keys(texts)
  if (columns.every((column) => special.isPlain(column, line))) return texts
  return Object.fromEntries(Object.entries(texts).filter(([column]) => special.isPlain(column, line)))
}

type MakeId = (texts: Readonly<Record<string, string>>, line: number) => string

function columnIds(column: string, file: string): MakeId {
  const lines = new Occurrences()
  return (texts, line) => {
    const id = Object.hasOwn(texts, column) ? (texts[column] ?? '') : ''
    const shown = oneLine(column)
    if (id.trim() === '') {
      throw new UserError(
        `${file}:${line}: column "${shown}": the id is empty. Every sample needs its own; fill it in.`,
      )
    }
    const earlier = lines.get(id)
    if (earlier !== 0) {
      throw new UserError(
        `${file}:${line}: column "${shown}": the id "${oneLine(id, 60)}" is already that of line ${earlier}. ` +
          `Ids must be unique: change one, or choose another column with --id.`,
      )
    }
    lines.set(id, line)
    return id
  }
}

/** The first of equal contents has the bare hash, so that appending rows changes no id. */
function contentIds(usedColumns: readonly string[]): MakeId {
  const counts = new Occurrences()
  return (texts) => {
    const columns = Object.keys(texts)
    const used = new Set(usedColumns.flatMap((column) => findColumn(columns, column) ?? []))
    const id = key128(JSON.stringify([...used].sort().map((column) => [column, texts[column]]))).slice(0, ID_DIGITS)
    const count = counts.get(id) + 1
    counts.set(id, count)
    return count === 1 ? id : `${id}-${count}`
  }
}

interface ExpectedCell {
  readonly file: string
  readonly line: number
  readonly column: string
  readonly expectedSeparator: string | null
}

/** The right answers in a cell; blank ones are none. A JSON array lists several, otherwise the separator does. */
function expectedAnswers(value: unknown, cell: ExpectedCell): readonly string[] {
  if (Array.isArray(value)) return value.map((item: unknown) => listedAnswer(item, cell)).filter(isNotBlank)
  const text = cellText(value)
  if (cell.expectedSeparator === null) return [text].filter(isNotBlank)
  return withoutLast(text.trim(), cell.expectedSeparator.trim())
    .split(cell.expectedSeparator)
    .map((part) => part.trim())
    .filter(isNotBlank)
}

/** A cell that ends with its separator lost the blank behind it: "Paris; Lyon;" are two answers, neither with a semicolon. */
function withoutLast(text: string, separator: string): string {
  return separator !== '' && text.endsWith(separator) ? text.slice(0, -separator.length) : text
}

function listedAnswer(item: unknown, { file, line, column }: ExpectedCell): string {
  if (typeof item === 'object' && item !== null) {
    throw new UserError(
      `${file}:${line}: column "${oneLine(column)}": the list of right answers holds ${oneLine(exactJsonText(item), 60)}, expected ` +
        `strings or numbers. Write a structured answer as text: JSON within a string.`,
    )
  }
  return cellText(item)
}

function isNotBlank(text: string): boolean {
  return text.trim() !== ''
}
