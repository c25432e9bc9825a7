/** CSV and TSV bytes → rows. */
import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { LONGEST_ROW_BYTES } from './bytes.ts'
import { createRecentBytes, csvSyntaxError } from './csv-errors.ts'
import { checkedHeader, raggedRow } from './csv-header.ts'
import { lineEndsIn } from './lines.ts'
import type { Row } from './types.ts'

export interface CsvRows {
  readonly columns: readonly string[]
  readonly rows: AsyncGenerator<Row, void>
}

/**
 * Reads the header; the rows follow as they are asked for. `delimiter` is a comma or a tab. Blank lines, and lines that
 * hold nothing but delimiters (spreadsheets leave them at the end), are no rows. Throws UserError.
 */
export async function readCsv(
  chunks: AsyncIterable<Buffer>,
  { file, delimiter }: { file: string; delimiter: ',' | '\t' },
): Promise<CsvRows> {
  let columns: readonly string[] | undefined
  let headerLine = 1
  // Line of the file after the last complete record. Counted here because csv-parse counts a quoted CRLF twice.
  let nextLine = 1
  const recent = createRecentBytes()

  const toRow = (cells: readonly string[], context: { empty_lines: number; bytes: number }): Row | null => {
    const line = nextLine + context.empty_lines - recent.blankLines
    nextLine = line + 1 + cells.reduce((sum, cell) => sum + lineEndsIn(cell), 0)
    recent.parsedUpTo(context.bytes, context.empty_lines)
    if (cells.every((cell) => cell === '')) return null
    if (columns === undefined) {
      columns = checkedHeader(cells, { file, line, delimiter })
      headerLine = line
      return null
    }
    if (cells.length !== columns.length) throw raggedRow(cells, columns, { file, line })
    return { line, cells: Object.fromEntries(columns.map((column, index) => [column, cells[index]])) }
  }

  // Typed as a mere object: csv-parse's types allow records of another type only together with its own `columns`.
  const hooks: object = { on_record: toRow }
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    // Counts are compared in toRow, in our words.
    relax_column_count: true,
    max_record_size: LONGEST_ROW_BYTES,
    ...hooks,
  })
  // The callback is where pipeline leaves its error; iterating the parser throws the same one.
  pipeline(Readable.from(recent.watch(chunks)), parser, () => {})

  async function* rows(): AsyncGenerator<Row, void> {
    try {
      yield* parser as AsyncIterable<Row>
    } catch (error) {
      if (!(error instanceof CsvError)) throw error
      throw csvSyntaxError(error, { file, delimiter, columns, nextLine, unparsed: recent.unparsed() })
    }
  }

  const rest = rows()
  const first = await rest.next()
  if (columns === undefined) {
    throw new UserError(
      `${file}: the dataset is empty; expected a header line with column names, then one line per sample.`,
    )
  }
  if (first.done) {
    throw new UserError(
      `${file}:${headerLine}: a header without rows. Add at least one line below "${oneLine(columns.join(delimiter), 60)}".`,
    )
  }
  return { columns, rows: withFirst(first.value, rest) }
}

async function* withFirst(first: Row, rest: AsyncGenerator<Row, void>): AsyncGenerator<Row, void> {
  try {
    yield first
    yield* rest
  } finally {
    // A reader that stops at the first row must close the file too.
    await rest.return()
  }
}
