/**
 * The journal file, `journal.jsonl`.
 *
 * One JSON object per line, UTF-8, LF. The first line is the header:
 *
 *     {"type":"journal","formatVersion":1,"crc32":"…"}
 *
 * and every further line one of journal/types.ts: `started` before an attempt is sent, `retrying` after an attempt that will
 * be repeated, `settled` after the attempt that decides the trial. The file is only ever appended to.
 *
 * `crc32` is the last field of every line: the CRC-32 (IEEE) of the line's bytes before `,"crc32"`, as 8 hex digits. A line
 * is valid when its checksum holds.
 *
 * After a crash: lines are handed to the operating system before what they announce happens, so a killed process loses none
 * of them; a machine that loses power may lose those of the last group commit. The last line may be torn: it has no line
 * feed, and is dropped. Anything else that is not a valid line is damage, an error that names line and byte.
 */
import { crc32 } from 'node:zlib'
import { UserError } from '../lib/errors.ts'
import type { JournalLine } from './types.ts'

export const HEADER = { type: 'journal', formatVersion: 1 } as const

/** Length of `,"crc32":"xxxxxxxx"}`. */
const TRAILER_LENGTH = 20

/** One line with its checksum and line feed. */
export function encodeLine(line: JournalLine | typeof HEADER): string {
  const body = JSON.stringify(line).slice(0, -1)
  return `${body},"crc32":"${checksum(body)}"}\n`
}

/** Reads one line (without its line feed); `where` names file and line in the error. */
export function decodeLine(text: string, where: string): JournalLine | typeof HEADER {
  const body = text.slice(0, -TRAILER_LENGTH)
  if (text.slice(-TRAILER_LENGTH) !== `,"crc32":"${checksum(body)}"}`) {
    throw new UserError(`${where}: damaged line (its checksum does not hold). The lines before it are intact.`)
  }
  return JSON.parse(text) as JournalLine | typeof HEADER
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0')
}
