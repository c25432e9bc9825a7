/** Where does a run live? The run folder, with manifest and samples in it, and one process that writes there. */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Settings } from '../config/types.ts'
import { SAMPLES_FILE } from '../dataset/spool.ts'
import { lockRun, type RunLock } from '../journal/lock.ts'
import type { Manifest } from '../journal/types.ts'
import { writeAtomically } from '../lib/atomic-file.ts'
import type { Clock } from '../lib/clock.ts'
import { asWriteError, errorCode, inRunFolder, UserError, WriteError } from '../lib/errors.ts'
import { draftManifest, runIdOf, scoringOf } from './manifest.ts'
import type { Prepared } from './prepare.ts'
import { MANIFEST_FILE } from '../journal/find-run.ts'
import { isStaging } from './staging.ts'

export interface RunFolder {
  readonly dir: string
  readonly manifest: Manifest
  readonly lock: RunLock
}

interface FolderIo {
  readonly cwd: string
  readonly clock: Clock
  /** Which scorers, as a key. */
  readonly scoring: string
  /** The runs that this one is compared with, by id; null: none. */
  readonly baselineRuns: readonly string[] | null
}

/**
 * Makes the folder; from here on there is a run. Throws UserError when another run took the folder in the meantime, whose
 * files stay as they are.
 */
export async function openRunFolder(
  prepared: Prepared,
  settings: Settings,
  { cwd, clock, scoring, baselineRuns }: FolderIo,
): Promise<RunFolder> {
  const draft = await draftManifest(prepared, settings, cwd)
  const startedAt = clock.wallTime()
  const { dir, runId } = createFolder(
    settings.outDir === null ? null : resolve(cwd, settings.outDir),
    runIdOf(draft, startedAt),
    cwd,
  )
  const manifest: Manifest = {
    runId,
    startedAt: startedAt.toISOString(),
    ...draft,
    baselineRuns,
    scorings: [scoringOf(1, draft, { at: startedAt, key: scoring, prepared, judging: settings.judging })],
  }
  const path = join(dir, MANIFEST_FILE)
  reserve(path, settings.outDir ?? dir)
  const lock = lockRun(dir, startedAt)
  try {
    await fillRunFolder(dir, prepared, manifest)
  } catch (error) {
    lock.release()
    rmSync(path, { force: true })
    throw error
  }
  return { dir, manifest, lock }
}

/** Puts samples and manifest into the folder, in this order: a manifest stands for a run that can be resumed. */
export async function fillRunFolder(dir: string, { stagedPath }: Prepared, manifest: Manifest): Promise<void> {
  if (stagedPath !== null) inRunFolder(dir, () => renameSync(stagedPath, join(dir, SAMPLES_FILE)))
  await writeAtomically(join(dir, MANIFEST_FILE), [`${JSON.stringify(manifest, null, 2)}\n`])
}

/** Of two runs that found the folder empty, the one that makes the manifest has it; its content follows. */
function reserve(manifestPath: string, folder: string): void {
  try {
    closeSync(inRunFolder(manifestPath, () => openSync(manifestPath, 'wx')))
  } catch (error) {
    if (error instanceof WriteError && errorCode(error.cause) === 'EEXIST') {
      throw new UserError(`--out ${folder}: another run has just started in this folder. Give each run its own.`)
    }
    throw error
  }
}

/**
 * A folder given with --out is there already: the samples were staged in it. Two runs of one second with equal settings
 * would have one name under results/; the second gets a number.
 */
function createFolder(outDir: string | null, runId: string, cwd: string): { dir: string; runId: string } {
  if (outDir !== null) return { dir: outDir, runId }
  for (let copy = 1; ; copy++) {
    const name = copy === 1 ? runId : `${runId}-${copy}`
    const dir = resolve(cwd, 'results', name)
    try {
      mkdirSync(dir)
      return { dir, runId: name }
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw asWriteError(dir, error)
    }
  }
}

/** Asked before the dataset is read: a run never mixes with what is there. */
export function refuseUsedFolder(dir: string, asTyped: string): void {
  try {
    if (readdirSync(dir).some((name) => !isStaging(name))) {
      throw new UserError(
        `--out ${asTyped}: the folder is not empty. A run needs a folder of its own; name one that does not exist yet.`,
      )
    }
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOTDIR') throw new UserError(`--out ${asTyped}: there is a file of that name. Name a folder.`)
    if (code !== 'ENOENT') throw asWriteError(dir, error)
    tryToMake(dir)
  }
}

/**
 * Makes the topmost folder that is missing and removes it again: Node would try for ever where none can be (/proc). A run that
 * begins at the same moment may make it first, and use it at once.
 */
function tryToMake(dir: string): void {
  let topmost = dir
  while (!existsSync(dirname(topmost))) topmost = dirname(topmost)
  try {
    mkdirSync(topmost)
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return
    throw new WriteError(
      `${topmost}: the folder cannot be made (${errorCode(error)}). Choose another one with --out.`,
      {
        cause: error,
      },
    )
  }
  try {
    rmdirSync(topmost)
  } catch {
    // Used already.
  }
}
