/** JSONL bytes → rows: one JSON object per line. */
import { UserError } from '../lib/errors.ts'
import { LONGEST_ROW_BYTES } from './bytes.ts'
import { parseJsonObject } from './json-object.ts'
import type { Row } from './types.ts'

const LINE_FEED = 0x0a

/** Rows of a JSONL file; blank lines are skipped. Throws UserError at the first line that is no object. */
export async function* readJsonl(chunks: AsyncIterable<Buffer>, file: string): AsyncGenerator<Row, void> {
  let line = 0
  let rows = 0
  for await (const bytes of splitLines(chunks, file)) {
    line += 1
    const text = bytes.toString('utf8')
    if (text.trim() === '') continue
    rows += 1
    yield { line, cells: parseJsonObject(text, { file, line, column: 1 }, fixFor(text, rows)) }
  }
  if (rows === 0) throw new UserError(`${file}: the dataset is empty; expected one JSON object per line.`)
}

function fixFor(text: string, rows: number): string {
  if (rows === 1 && text.trimStart().startsWith('[')) return 'If the file is one JSON array, name it .json.'
  return 'A JSONL file holds one whole JSON object per line.'
}

/** Lines without their line feed. Not node:readline: it also splits at U+2028, which may stand in a JSON string. */
async function* splitLines(chunks: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer, void> {
  let pieces: Buffer[] = []
  let pieceBytes = 0
  let line = 1
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      yield Buffer.concat([...pieces, chunk.subarray(start, end)])
      pieces = []
      pieceBytes = 0
      line += 1
      start = end + 1
    }
    pieces.push(chunk.subarray(start))
    pieceBytes += chunk.length - start
    if (pieceBytes > LONGEST_ROW_BYTES) throw tooLong(file, line)
  }
  if (pieceBytes > 0) yield Buffer.concat(pieces)
}

function tooLong(file: string, line: number): UserError {
  return new UserError(
    `${file}:${line}: the line is larger than ${LONGEST_ROW_BYTES / 2 ** 20} MB; expected one JSON object per line.`,
  )
}
