/** All files or none: what was made is taken back when one of them cannot be written. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  ftruncateSync,
  fstatSync,
  mkdirSync,
  openSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCode, WriteError } from '../lib/errors.ts'
import type { StarterFile } from './types.ts'

/**
 * Writes and appends; nothing that is there is replaced, also when it has come into being since it was looked for.
 * Throws WriteError, and then the folder is as it was.
 */
export function writeFiles(folder: string, files: readonly StarterFile[]): void {
  const changes = files.filter(({ action }) => action !== 'keep')
  for (const { path, action } of changes) refuseUnwritable(join(folder, path), action)
  const undo: (() => void)[] = []
  // A file that has only grown is the last: the others are simply removed again.
  for (const { path, action, content } of changes.toSorted((a, b) => Number(isAppend(a)) - Number(isAppend(b)))) {
    const full = join(folder, path)
    try {
      makeFolders(dirname(full), undo)
      if (action === 'append') append(full, content)
      else create(full, content, undo)
    } catch (error) {
      for (const step of undo.toReversed()) step()
      throw refused(full, error)
    }
  }
}

function isAppend({ action }: StarterFile): boolean {
  return action === 'append'
}

/** Found out before anything is written: a folder or file that may not be written. */
function refuseUnwritable(path: string, action: StarterFile['action']): void {
  let existing = action === 'append' ? path : dirname(path)
  while (!existsSync(existing)) existing = dirname(existing)
  try {
    accessSync(existing, constants.W_OK)
  } catch (error) {
    throw refused(existing, error)
  }
}

function makeFolders(folder: string, undo: (() => void)[]): void {
  if (existsSync(folder)) return
  makeFolders(dirname(folder), undo)
  mkdirSync(folder)
  undo.push(() => rmdirSync(folder))
}

function create(path: string, content: string, undo: (() => void)[]): void {
  const file = openSync(path, 'wx')
  undo.push(() => rmSync(path, { force: true }))
  try {
    writeFileSync(file, content)
  } finally {
    closeSync(file)
  }
}

/** A link that has taken the place of the file is not followed. */
function append(path: string, content: string): void {
  const file = openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW)
  try {
    const { size } = fstatSync(file)
    try {
      writeFileSync(file, content)
    } catch (error) {
      ftruncateSync(file, size)
      throw error
    }
  } finally {
    closeSync(file)
  }
}

function refused(path: string, error: unknown): WriteError {
  const code = errorCode(error)
  if (code === undefined) throw error
  return new WriteError(
    `${path}: cannot write (${code}). Nothing was made. Choose another folder: assay init <folder>.`,
    {
      cause: error,
    },
  )
}
