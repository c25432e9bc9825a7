/**
 * Which lines of a file are whole? A line is a JSON object whose last field, `crc32`, is the CRC-32 (IEEE) of the line's bytes
 * before `,"crc32"`, as 8 hex digits: what a crash has torn or a disk has damaged is known by it.
 */
import { crc32 } from 'node:zlib'

/** Length of `,"crc32":"xxxxxxxx"}`. */
const TRAILER_LENGTH = 20

/** The line for an object with at least one field, line feed included. */
export function checkedLine(object: object): string {
  const body = JSON.stringify(object).slice(0, -1)
  return `${body}${trailer(body)}\n`
}

/** Whether the checksum of a line (without its line feed) holds. */
export function isIntact(line: string): boolean {
  return line.slice(-TRAILER_LENGTH) === trailer(line.slice(0, -TRAILER_LENGTH))
}

function trailer(body: string): string {
  return `,"crc32":"${crc32(body).toString(16).padStart(8, '0')}"}`
}
