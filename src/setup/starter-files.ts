/** Which files does the folder need, and which of them does it have? Reads only: nothing is written before all is known. */
import { type Stats, existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { CONFIG_NAMES } from '../config/load.ts'
import { errorCode, UserError } from '../lib/errors.ts'
import { githubWorkflow } from './github-workflow.ts'
import { gitignoreChange } from './gitignore.ts'
import { STARTER_CONFIG, STARTER_DATASET, STARTER_ROWS } from './starter.ts'
import type { CiService, StarterFile } from './types.ts'

/** Where GitHub looks for workflows. */
const WORKFLOW = '.github/workflows/assay-nightly.yml'

/**
 * The files of a first evaluation in `folder` (absolute; it need not exist). Throws UserError where one of them cannot be
 * put into the folder: a file stands where a folder is needed, or a link leads elsewhere.
 */
export function starterFiles(folder: string, ci: CiService | null): StarterFile[] {
  refuseNoFolder(folder)
  const files = [
    configFile(folder),
    starterFile(folder, STARTER_DATASET, STARTER_ROWS, '12 questions to begin with'),
    ...(ci === null ? [] : [workflowFile(folder)]),
    gitignoreFile(folder),
  ]
  for (const { path, action } of files) if (action !== 'keep') refuseWayOut(folder, dirname(path))
  return files
}

/** Whether the config file of the folder says which dataset is meant. Its text is read; it is code, and is not run. */
export function namesDataset(folder: string): boolean {
  const name = CONFIG_NAMES.find((candidate) => existsSync(join(folder, candidate)))
  return name !== undefined && /^\s*dataset\s*[:,]/m.test(readText(join(folder, name)))
}

function configFile(folder: string): StarterFile {
  const there = CONFIG_NAMES.find((name) => entryAt(join(folder, name)) !== undefined)
  return starterFile(folder, there ?? 'eval.config.ts', STARTER_CONFIG, 'who is asked, what, and at most at what cost')
}

function starterFile(folder: string, path: string, content: string, about: string): StarterFile {
  const entry = entryAt(join(folder, path))
  if (entry === undefined) return { path, action: 'write', content, about }
  return { path, action: 'keep', content: '', about: whatIs(join(folder, path), entry) }
}

function workflowFile(folder: string): StarterFile {
  const file = starterFile(folder, WORKFLOW, githubWorkflow(), 'the nightly run')
  const top = repositoryOf(folder)
  if (file.action === 'keep' || top === undefined || top === folder) return file
  return { ...file, about: `GitHub reads it at the top of the repository only: move it to ${join(top, WORKFLOW)}` }
}

function gitignoreFile(folder: string): StarterFile {
  const path = '.gitignore'
  const entry = entryAt(join(folder, path))
  const keep = (about: string): StarterFile => ({ path, action: 'keep', content: '', about })
  if (entry !== undefined && !entry.isFile()) return keep(whatIs(join(folder, path), entry))
  const { appended, ignoresAll } = gitignoreChange(entry === undefined ? null : readText(join(folder, path)))
  if (ignoresAll)
    return keep('ignores all of results/; to commit its history and baselines, write results/* there instead')
  if (appended === '') return keep('says already what git is to leave out')
  return {
    path,
    action: entry === undefined ? 'write' : 'append',
    content: appended,
    about: 'runs stay out of git; their history and the baselines do not',
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${errorCode(error)}). Check that you may read it.`, { cause: error })
  }
}

/** The top of the git repository that holds the folder; undefined outside of any. */
function repositoryOf(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder
  const parent = dirname(folder)
  return parent === folder ? undefined : repositoryOf(parent)
}

function refuseNoFolder(folder: string): void {
  const problem = standsInTheWay(folder)
  if (problem !== undefined) throw new UserError(`assay init ${folder}: ${problem}. Name a folder, or one to be made.`)
}

/** What keeps a path from being a folder, or from becoming one: it, or something above it, is none. */
function standsInTheWay(path: string): string | undefined {
  const entry = entryAt(path)
  if (entry === undefined) return dirname(path) === path ? undefined : standsInTheWay(dirname(path))
  try {
    return statSync(path).isDirectory() ? undefined : `${path} is no folder`
  } catch {
    return `${path} is a link that leads nowhere`
  }
}

/** Folders below the user's own are made or entered only where they are: a link may lead to where nobody expects files. */
function refuseWayOut(folder: string, path: string): void {
  const parent = dirname(path)
  if (path === '.') return
  refuseWayOut(folder, parent)
  const full = join(folder, path)
  if (entryAt(full) === undefined) return
  const problem =
    standsInTheWay(full) ?? (isInside(full, folder) ? undefined : `${full} is a link that leads elsewhere`)
  if (problem === undefined) return
  throw new UserError(`assay init: ${problem}, and a folder is needed there. Nothing was written; remove or rename it.`)
}

function isInside(path: string, folder: string): boolean {
  return realpathSync(path).startsWith(realpathSync(folder) + sep)
}

/** What bears the name, links themselves and not what they lead to; undefined: nothing. */
function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new UserError(`${path}: cannot be looked at (${code}). Check that you may read the folder.`, { cause: error })
  }
}

function whatIs(path: string, entry: Stats): string {
  if (entry.isDirectory()) return 'is a folder; it stays as it is'
  if (!entry.isSymbolicLink()) return 'is there already; it stays as it is'
  return `${existsSync(path) ? 'is a link' : 'is a link that leads nowhere'}; it stays as it is`
}
