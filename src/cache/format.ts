/**
 * The response cache, `results/.cache/`.
 *
 * A folder of segments, `<UTC time>-<pid>-<random>.jsonl`: every process writes to one of its own, made with its first answer,
 * and reads those that were there when it began. So processes that run at the same time never touch each other's files, and
 * nothing has to be locked. A segment is UTF-8, LF; its first line is the header:
 *
 *     {"type":"cache","formatVersion":1,"crc32":"…"}
 *
 * and every further line one answer, `{"key":"<32 hex digits>", …fields of CachedAnswer…,"crc32":"…"}`, with the checksum of
 * lib/checked-line.ts. A segment with another header is passed over as a whole: it belongs to another version.
 *
 * After a crash the last line may be torn: it has no line feed or a wrong checksum, and nobody appends to that segment again.
 * Such a line is passed over wherever it stands; what is not read is asked again, and never served wrongly. Of two answers
 * to one key, from processes that ran at the same time, either is right.
 *
 * It is no library because it is accounting like the journal, in the same line format, and because a few bytes per answer
 * have to do: cacache keeps two files per entry, a database would have to be compiled or needs a newer Node.
 */
import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { checkedLine, isIntact } from '../lib/checked-line.ts'
import { errorCode, WriteError } from '../lib/errors.ts'
import { visitLines } from '../lib/lines.ts'
import type { CachedAnswer } from './types.ts'

const SEGMENT = /^\d{8}T\d{6}Z-\d+-[0-9a-f]{8}\.jsonl$/

export const HEADER_LINE = checkedLine({ type: 'cache', formatVersion: 1 })

/** Where the key stands in a line: behind `{"key":"`. */
const KEY_START = 8
const KEY_END = 40

/** Where the answers of all runs started in a folder are kept. */
export function cacheFolder(cwd: string): string {
  return join(cwd, 'results', '.cache')
}

/** A name that no other process gives. */
export function segmentName(at: Date): string {
  const time = at.toISOString().replace(/[-:]|\.\d+/g, '')
  return `${time}-${process.pid}-${randomUUID().slice(0, 8)}.jsonl`
}

/** Paths of all segments, oldest first; none when there is no folder. */
export function segmentPaths(dir: string): string[] {
  try {
    const names = readdirSync(dir).filter((name) => SEGMENT.test(name))
    return names.sort().map((name) => join(dir, name))
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw cacheError(dir, error)
  }
}

export function encodeAnswer(key: string, answer: CachedAnswer): string {
  return checkedLine({ key, ...answer })
}

/** The answer of a line; undefined when the line is damaged or holds the answer to another key. */
export function decodeAnswer(line: string, key: string): CachedAnswer | undefined {
  return isIntact(line) && keyOf(line) === key ? readAnswer(line) : undefined
}

/** The answer of an intact line. */
export function readAnswer(line: string): CachedAnswer {
  const { key: _key, crc32: _crc32, ...answer } = JSON.parse(line) as CachedAnswer & Record<'key' | 'crc32', string>
  return answer
}

function keyOf(line: string): string {
  return line.slice(KEY_START, KEY_END)
}

/** An intact line of a segment: its key, its text, and the byte at which it starts. */
type VisitAnswer = (key: string, line: string, offset: number) => void

/** Visits the intact answers of a segment; resolves with the number of damaged lines. A segment that has gone is empty. */
export async function visitSegment(path: string, visit: VisitAnswer, signal: AbortSignal): Promise<number> {
  let isOurs = false
  let damaged = 0
  try {
    await visitLines(
      path,
      (line, offset, number) => {
        if (number === 1) isOurs = `${line}\n` === HEADER_LINE
        else if (isOurs && isIntact(line)) visit(keyOf(line), line, offset)
        else if (isOurs) damaged += 1
      },
      signal,
    )
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw cacheError(path, error)
  }
  return damaged
}

/** The same error, as one that says what to do when the file system refused. */
export function cacheError(path: string, error: unknown): unknown {
  const code = errorCode(error) ?? (error instanceof WriteError ? errorCode(error.cause) : undefined)
  if (code === undefined) return error
  return new WriteError(
    `${path}: the response cache cannot be used (${code}). Free space, mend the permissions, remove it, or run without --cache.`,
    { cause: error },
  )
}
