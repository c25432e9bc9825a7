/** Whole files that are there completely or not at all. Our own, since a report of a million lines has to be streamed. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { writing } from './errors.ts'

/** Gathered before each write: a system call per line would cost more than the line. */
const WRITE_CHARACTERS = 256 * 1024

/** Writes the pieces beside `path`, puts them on disk and renames. A reader sees the old file or the new one. */
export function writeAtomically(path: string, pieces: Iterable<string>): void {
  const temporary = `${path}.${process.pid}.tmp`
  writing(path, () => {
    try {
      const fd = openSync(temporary, 'w')
      try {
        writePieces(fd, pieces)
        fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
      renameSync(temporary, path)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    }
  })
}

function writePieces(fd: number, pieces: Iterable<string>): void {
  let gathered = ''
  const flush = (): void => {
    const bytes = Buffer.from(gathered)
    gathered = ''
    // A short write is legal; what is left follows.
    for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written)
  }
  for (const piece of pieces) {
    gathered += piece
    if (gathered.length >= WRITE_CHARACTERS) flush()
  }
  flush()
}
