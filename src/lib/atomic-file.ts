/** Whole files that are there completely or not at all. Our own, since a report of a million lines has to be streamed. */
import { rmSync } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import { inRunFolder } from './errors.ts'

/** Gathered before each write: a system call per line would cost more than the line. */
const WRITE_CHARACTERS = 64 * 1024

/**
 * Writes the pieces beside `path`, puts them on disk and renames. A reader sees the old file or the new one. Between two
 * writes signals and timers have their turn; a process that ends there leaves nothing beside the file. Throws WriteError.
 */
export async function writeAtomically(path: string, pieces: Iterable<string>): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  const discard = (): void => rmSync(temporary, { force: true })
  try {
    const file = await open(temporary, 'w')
    process.once('exit', discard)
    try {
      await writeDurably(file, pieces)
      await rename(temporary, path)
    } catch (error) {
      discard()
      throw error
    } finally {
      process.off('exit', discard)
    }
  } catch (error) {
    inRunFolder(path, () => {
      throw error
    })
  }
}

async function writeDurably(file: FileHandle, pieces: Iterable<string>): Promise<void> {
  try {
    await writePieces(file, pieces)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function writePieces(file: FileHandle, pieces: Iterable<string>): Promise<void> {
  let gathered = ''
  for (const piece of pieces) {
    gathered += piece
    if (gathered.length < WRITE_CHARACTERS) continue
    await file.appendFile(gathered)
    gathered = ''
  }
  await file.appendFile(gathered)
}
