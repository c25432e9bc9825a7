/** Where and why is this no CSV? The codes of csv-parse in our words, with the line where the trouble starts. */
import type { CsvError } from 'csv-parse'
import { UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { LONGEST_ROW_BYTES } from './bytes.ts'
import { lineEndsIn } from './lines.ts'

const QUOTE = 0x22

/** The bytes after the last complete record: what an error message needs to look back at. */
export interface RecentBytes {
  /** Blank lines met up to the last complete record. */
  readonly blankLines: number
  /** Passes chunks on while keeping those that are not parsed yet. */
  watch(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void>
  parsedUpTo(offset: number, blankLines: number): void
  unparsed(): Buffer
}

export function createRecentBytes(): RecentBytes {
  let kept: Buffer[] = []
  /** Offset of the first byte kept, and of the first byte after the last complete record. */
  let keptFrom = 0
  let parsed = 0
  let blankLines = 0
  return {
    get blankLines() {
      return blankLines
    },
    async *watch(chunks) {
      for await (const chunk of chunks) {
        const firstNeeded = firstChunkAfter(kept, parsed - keptFrom)
        keptFrom += kept.slice(0, firstNeeded).reduce((sum, { length }) => sum + length, 0)
        kept = [...kept.slice(firstNeeded), chunk]
        yield chunk
      }
    },
    parsedUpTo(offset, blankLinesSoFar) {
      parsed = offset
      blankLines = blankLinesSoFar
    },
    unparsed: () => Buffer.concat(kept).subarray(parsed - keptFrom),
  }
}

/** Index of the first chunk that reaches beyond `offset` bytes. */
function firstChunkAfter(chunks: readonly Buffer[], offset: number): number {
  let end = 0
  const index = chunks.findIndex((chunk) => {
    end += chunk.length
    return end > offset
  })
  return index < 0 ? chunks.length : index
}

export interface SyntaxContext {
  readonly file: string
  readonly delimiter: ',' | '\t'
  /** Undefined while the header itself is read. */
  readonly columns: readonly string[] | undefined
  /** Line of the first unparsed byte, from 1. */
  readonly nextLine: number
  readonly unparsed: Buffer
}

/** A UserError that points to the line where the field in question starts. */
export function csvSyntaxError(error: CsvError, context: SyntaxContext): UserError {
  const field = Number(error['index'])
  const start = fieldStart(context.unparsed, field, context.delimiter)
  const line = context.nextLine + lineEndsIn(context.unparsed.toString('latin1', 0, start))
  const column = context.columns?.[field]
  const at = `${context.file}:${line}: ${column === undefined ? `field ${field + 1}` : `column "${oneLine(column)}"`}`
  const text = oneLine(context.unparsed.toString('utf8', start, start + 200).split(/[\r\n]/, 1)[0] ?? '', 40)
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return new UserError(
        `${at}: the quote that opens ${text} is never closed. Add the closing double quote, or remove this one.`,
      )
    case 'INVALID_OPENING_QUOTE':
      return new UserError(
        `${at}: a double quote inside the unquoted field ${text}. Put the whole field in double quotes and double those ` +
          `inside: "say ""hi""". A space before an opening quote counts as text.`,
      )
    case 'CSV_INVALID_CLOSING_QUOTE':
      return new UserError(
        `${at}: text follows the closing quote of the field that opens with ${text}. Expected a delimiter or the end of the ` +
          `line: double each quote inside the field (""), or close it where it should end.`,
      )
    case 'CSV_MAX_RECORD_SIZE':
      return new UserError(
        `${at}: the row is larger than ${LONGEST_ROW_BYTES / 2 ** 20} MB. Most often a double quote was opened here and ` +
          `never closed: ${text}.`,
      )
    default:
      return new UserError(`${at}: is not valid CSV (${error.code}).`)
  }
}

/** Offset of the field's first byte within the record; what precedes it is known to be well-formed. */
function fieldStart(bytes: Buffer, field: number, delimiter: ',' | '\t'): number {
  const separator = delimiter.charCodeAt(0)
  // Blank lines before the record belong to no field.
  let at = bytes.findIndex((byte) => byte !== 0x0a && byte !== 0x0d)
  let quoted = false
  for (let seen = 0; seen < field && at < bytes.length; at += 1) {
    if (bytes[at] === QUOTE) quoted = !quoted
    else if (bytes[at] === separator && !quoted) seen += 1
  }
  return Math.max(0, at)
}
