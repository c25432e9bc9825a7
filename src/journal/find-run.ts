/** Which run is meant? The folder of an earlier run, with its manifest. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { errorCode, UserError } from '../lib/errors.ts'
import { isObject, parseJson } from '../lib/json.ts'
import { LineFile } from '../lib/line-file.ts'
import { didYouMean } from '../lib/suggest.ts'
import { oneLine } from '../lib/text.ts'
import { JOURNAL_FILE } from './format.ts'
import type { Manifest } from './types.ts'

export interface PreviousRun {
  /** Absolute path. */
  readonly dir: string
  readonly manifest: Manifest
}

/** Where runs live that nobody gave another place. */
export const RESULTS = 'results'
/** Its folder for kept baselines. */
export const BASELINES = 'baselines'
export const MANIFEST_FILE = 'manifest.json'

/**
 * `asked` is a run folder, the name of one under results/, the id of a run in one of those, or `latest`; `flag` is what it was
 * typed after. Throws UserError when there is no such run.
 */
export function findRun(asked: string, cwd: string, flag = '--resume'): PreviousRun {
  if (asked === 'latest') return latestRun(cwd, flag)
  const dir = [resolve(cwd, asked), resolve(cwd, RESULTS, asked)].find(isFolder)
  if (dir === undefined) {
    // A folder that was named by --out holds a run with an id, which reports go by.
    const named = allRuns(cwd).find(({ manifest }) => manifest.runId === asked)
    if (named !== undefined) return named
    const runIds = runsOfBaseline(asked, cwd)
    if (runIds !== undefined) {
      const names = namesOfRuns(runIds, cwd).join(', ')
      throw new UserError(
        `${flag} ${oneLine(asked, 200)}: a kept baseline, which holds no answers. Name a run that it was made of: ${oneLine(names, 300)}.`,
      )
    }
    throw new UserError(
      `${flag} ${oneLine(asked, 200)}: no such folder.${didYouMean(asked, ['latest', ...runNames(cwd)])} Give a run folder, or latest.`,
    )
  }
  return { dir, manifest: manifestOf(dir, asked, flag) }
}

/** The runs that a baseline was made of, by the name that it is kept by or its file; undefined: it is none. */
function runsOfBaseline(asked: string, cwd: string): readonly string[] | undefined {
  const path = [resolve(cwd, RESULTS, BASELINES, `${asked}.jsonl`), resolve(cwd, asked)].find(isFile)
  if (path === undefined) return undefined
  const file = new LineFile(path)
  try {
    const value = parseJson(file.lineAt(0))?.value
    if (!isObject(value) || value['type'] !== 'baseline' || !isObject(value['facts'])) return undefined
    const { runIds } = value['facts']
    return Array.isArray(runIds) ? runIds.map(String) : undefined
  } finally {
    file.close()
  }
}

/** Names of the folders that runs are in, which users may have chosen; ids of those that are not under results/. */
function namesOfRuns(runIds: readonly string[], cwd: string): string[] {
  const runs = allRuns(cwd)
  return runIds.map((id) => {
    const run = runs.find(({ manifest }) => manifest.runId === id)
    return run === undefined ? id : basename(run.dir)
  })
}

/** A part of a run alone, made with --shard. */
export function isShard({ settings: { shard } }: Manifest): boolean {
  return typeof shard === 'string'
}

/** The run that began last, of those under results/. A shard that has been merged is part of a run that is there. */
function latestRun(cwd: string, flag: string): PreviousRun {
  const runs = allRuns(cwd)
  const merged = new Set(runs.flatMap(({ manifest }) => manifest.shards ?? []))
  const latest = runs.find(({ manifest }) => !merged.has(manifest.runId))
  if (latest !== undefined) return latest
  throw new UserError(`${flag} latest: there is no run under ${RESULTS}/. Begin one with assay eval.`)
}

/** Every run under results/ that can be read, the one that began last first. */
export function allRuns(cwd: string): PreviousRun[] {
  const runs = runNames(cwd).flatMap((name) => {
    const dir = resolve(cwd, RESULTS, name)
    try {
      const manifest = readManifest(dir)
      return manifest === undefined ? [] : [{ dir, manifest }]
    } catch (error) {
      // Of a later version, or not readable: whoever means this one can name it.
      if (error instanceof UserError) return []
      throw error
    }
  })
  const begin = ({ manifest }: PreviousRun): string => manifest.startedAt
  return runs.sort((one, other) => (begin(one) === begin(other) ? 0 : begin(one) > begin(other) ? -1 : 1))
}

/** Names of the folders under results/ that may be runs. */
export function runNames(cwd: string): string[] {
  try {
    return readdirSync(resolve(cwd, RESULTS), { withFileTypes: true })
      .filter((entry) => !entry.isFile() && !entry.name.startsWith('.') && entry.name !== BASELINES)
      .map(({ name }) => name)
  } catch {
    return []
  }
}

function manifestOf(dir: string, asked: string, flag: string): Manifest {
  const manifest = readManifest(dir)
  if (manifest !== undefined) return manifest
  const fix = existsSync(join(dir, JOURNAL_FILE))
    ? 'Its answers are there: restore the manifest from a copy.'
    : 'It is no run, or one that ended before anything was sent: begin a new one with assay eval.'
  throw new UserError(`${flag} ${oneLine(asked, 200)}: no readable ${MANIFEST_FILE} in that folder. ${fix}`)
}

/** Fields that manifests of older runs lack. */
const LATER_ADDED = { flags: {}, resumes: [], judges: null, embeddings: null, scorings: [] }

/** Undefined when there is none, or none that makes sense. Throws UserError at one that a later version has written. */
function readManifest(dir: string): Manifest | undefined {
  const path = join(dir, MANIFEST_FILE)
  const value = parseJson(textOf(path))?.value
  if (
    !isObject(value) ||
    !isObject(value['settings']) ||
    !isObject(value['dataset']) ||
    !Array.isArray(value['prompts'])
  )
    return undefined
  if (value['formatVersion'] === 1) return { ...LATER_ADDED, ...value } as unknown as Manifest
  throw new UserError(
    `${path}: written in format ${String(value['formatVersion'])} by Assay ${String(value['assayVersion'])}; this version reads ` +
      'format 1. Go on with the version that began the run.',
  )
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return ''
    throw new UserError(`${path}: cannot be read (${code}).`, { cause: error })
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
