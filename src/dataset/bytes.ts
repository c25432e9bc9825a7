/** Are these the bytes of a text? Checks file and standard input while they stream by. */
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { UserError } from '../lib/errors.ts'

/** A row above this is refused: it is nearly always a quote or bracket that nobody closed, and memory has to stay flat. */
export const LONGEST_ROW_BYTES = 16 * 1024 * 1024

export interface TextBytes {
  /** Valid UTF-8 without NUL and without the byte order mark, in pieces of any size. Throws UserError. */
  readonly chunks: AsyncGenerator<Buffer, void>
  /** SHA-256 of all bytes as they came, as 64 hex digits; null until the last one was read. */
  sha256(): string | null
}

/** Wraps a stream of bytes; `file` is how messages name it. Nothing is read before the first chunk is asked for. */
export function textBytes(source: AsyncIterable<Uint8Array | string>, file: string): TextBytes {
  const hash = createHash('sha256')
  let digest: string | null = null

  async function* chunks(): AsyncGenerator<Buffer, void> {
    const position: Position = { file, offset: 0, line: 1, afterCr: false }
    let pending = Buffer.alloc(0)
    for await (const piece of source) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
      hash.update(bytes)
      pending = Buffer.concat([pending, bytes])
      // The byte order mark must be seen whole before anything is passed on.
      if (position.offset === 0 && pending.length < 3) continue
      const whole = pending.length - cutSequenceBytes(pending)
      const text = checked(pending.subarray(0, whole), position)
      pending = pending.subarray(whole)
      if (text.length > 0) yield text
    }
    const rest = checked(pending, position)
    if (rest.length > 0) yield rest
    digest = hash.digest('hex')
  }

  return { chunks: chunks(), sha256: () => digest }
}

/** Where in the file the next byte stands. */
interface Position {
  readonly file: string
  /** From 0. */
  offset: number
  /** From 1. */
  line: number
  afterCr: boolean
}

function checked(bytes: Buffer, position: Position): Buffer {
  const start = position.offset === 0 ? byteOrderMarkBytes(bytes, position.file) : 0
  const nul = bytes.indexOf(0)
  const text = nul < 0 ? bytes : bytes.subarray(0, nul)
  if (!isUtf8(text)) throw invalidUtf8(text, position)
  advance(position, text)
  if (nul >= 0) {
    throw new UserError(
      `${position.file}:${position.line}: a NUL byte at byte ${position.offset}; a dataset is text. Is it a binary file ` +
        `(xlsx, zip, parquet) or UTF-16? Export it as CSV with the encoding UTF-8.`,
    )
  }
  return bytes.subarray(start)
}

/** Length of the UTF-8 mark at the start of the file; the marks of UTF-16 are refused. */
function byteOrderMarkBytes(bytes: Buffer, file: string): number {
  const mark = bytes.toString('hex', 0, 3)
  if (mark.startsWith('fffe') || mark.startsWith('feff')) {
    throw new UserError(
      `${file}:1: the file is UTF-16 (byte order mark ${mark.slice(0, 4).toUpperCase()}), expected UTF-8. ` +
        `Save it as "CSV UTF-8", or convert it: iconv -f UTF-16 -t UTF-8.`,
    )
  }
  return mark === 'efbbbf' ? 3 : 0
}

/** Bytes at the end that begin a character whose rest is still to come, 0..3. */
function cutSequenceBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? back : 0
  }
  return 0
}

function invalidUtf8(bytes: Buffer, position: Position): UserError {
  const at = firstInvalidByte(bytes)
  advance(position, bytes.subarray(0, at))
  const found = bytes.toString('hex', at, at + 1).toUpperCase()
  return new UserError(
    `${position.file}:${position.line}: byte ${position.offset} (${found}) is not valid UTF-8. ` +
      `Save the file as UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8.`,
  )
}

/** Decoding puts U+FFFD where bytes are wrong; the first one that the bytes do not spell themselves is the place. */
function firstInvalidByte(bytes: Buffer): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  let at = -1
  do {
    at = text.indexOf('\ufffd', at + 1)
    const offset = Buffer.byteLength(text.slice(0, at))
    if (bytes.toString('hex', offset, offset + 3) !== 'efbfbd') return offset
  } while (at >= 0)
  return bytes.length
}

/** Moves past bytes, counting CRLF, LF and CR as one line end each. */
function advance(position: Position, bytes: Buffer): void {
  for (const byte of bytes) {
    if (byte === 0x0d || (byte === 0x0a && !position.afterCr)) position.line += 1
    position.afterCr = byte === 0x0d
  }
  position.offset += bytes.length
}
