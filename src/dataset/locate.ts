/** Which file is meant by what was typed after --dataset? */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import type { DatasetFormat } from './types.ts'

/** Extension → format; the order is the one in which `--dataset name` tries them. */
export const FORMAT_BY_EXTENSION: Readonly<Record<string, DatasetFormat>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
}

const EXTENSIONS = Object.keys(FORMAT_BY_EXTENSION)

/** How many files of one folder a message lists. */
const MOST_LISTED = 8

/**
 * The absolute path of the dataset: as typed, else (for a name without folder) in the first of the folders that has it,
 * there also with an extension added. Throws UserError for a folder, several candidates in one place, or no file.
 */
export function locateDataset(typed: string, cwd: string, datasetsDirs: readonly string[]): string {
  const asTyped = resolve(cwd, typed)
  if (kindOf(asTyped) === 'file') return asTyped
  const isBare = basename(typed) === typed
  const folders = isBare ? datasetsDirs.map((folder) => resolve(cwd, folder)) : []
  const candidates = folders.map((folder) => ['', ...EXTENSIONS].map((extension) => join(folder, typed + extension)))
  for (const paths of candidates) {
    const found = paths.filter((path) => kindOf(path) === 'file')
    if (found.length > 1) {
      const names = found.map((path) => displayPath(path, cwd)).join(' and ')
      throw new UserError(`--dataset ${typed}: ${names} both fit. Write the one you mean with its extension.`)
    }
    if (found[0] !== undefined) return found[0]
  }
  const folder = [asTyped, ...candidates.flat()].find((path) => kindOf(path) === 'folder')
  if (folder !== undefined) throw isFolder(folder, cwd)
  throw isMissing(typed, [dirname(asTyped), ...folders], cwd)
}

/** The path as messages show it: relative to the working folder when it lies inside. */
export function displayPath(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short === '' || short.startsWith('..') ? path : short
}

function isFolder(path: string, cwd: string): UserError {
  const inside = datasetFilesIn(path)
  const fix =
    inside[0] === undefined ? 'Name a file' : `Name a file in it, such as ${join(displayPath(path, cwd), inside[0])}`
  return new UserError(`${displayPath(path, cwd)}: is a folder, expected a dataset file. ${fix}.`)
}

function isMissing(typed: string, searched: readonly string[], cwd: string): UserError {
  const folders = new Set(searched)
  const found = [...folders].map(datasetFilesIn)
  const files = found.flat()
  const names = extname(typed) === '' ? files.map((file) => basename(file, extname(file))) : files
  const where = [...folders]
    .map((folder) => (folder === cwd ? 'the working folder' : displayPath(folder, cwd)))
    .join(' or ')
  const listed = found.flatMap((inside) =>
    inside.length > MOST_LISTED ? inside.slice(0, MOST_LISTED).concat('…') : inside,
  )
  const there = files.length === 0 ? '' : ` Datasets there: ${listed.join(', ')}.`
  return new UserError(
    `--dataset ${typed}: no such file in ${where}.${didYouMean(basename(typed), names)}${there || ` Expected a ${EXTENSIONS.join(', ')} file.`}`,
  )
}

function datasetFilesIn(folder: string): string[] {
  if (kindOf(folder) !== 'folder') return []
  try {
    return readdirSync(folder)
      .filter((file) => mayBeDataset(folder, file))
      .sort()
  } catch {
    // A folder that may not be listed has no suggestions to give.
    return []
  }
}

/** Hidden files are none, and neither are the settings of tools: a JSON dataset is an array, package.json an object. */
function mayBeDataset(folder: string, file: string): boolean {
  const extension = extname(file).toLowerCase()
  if (file.startsWith('.') || !(extension in FORMAT_BY_EXTENSION)) return false
  return extension !== '.json' || startOf(join(folder, file)).startsWith('[')
}

/** The first characters of a file that are not blank; empty where there are none, or none to read. */
function startOf(path: string): string {
  if (kindOf(path) !== 'file') return ''
  const start = Buffer.alloc(64)
  try {
    const file = openSync(path, 'r')
    try {
      return start.toString('utf8', 0, readSync(file, start)).trimStart()
    } finally {
      closeSync(file)
    }
  } catch {
    return ''
  }
}

function kindOf(path: string): 'file' | 'folder' | 'none' {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file'
  } catch {
    // No such file, a name too long, a folder that may not be entered: nothing that could be read.
    return 'none'
  }
}
