/** Where does a run live? The run folder, with manifest and samples in it. */
import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Settings } from '../config/types.ts'
import type { Manifest } from '../journal/types.ts'
import { writeAtomically } from '../lib/atomic-file.ts'
import type { Clock } from '../lib/clock.ts'
import { asWriteError, errorCode, UserError, writing } from '../lib/errors.ts'
import { draftManifest, runIdOf } from './manifest.ts'
import type { Prepared } from './prepare.ts'

/** Makes the folder; from here on there is a run. */
export async function openRunFolder(
  prepared: Prepared,
  settings: Settings,
  { cwd, clock }: { readonly cwd: string; readonly clock: Clock },
): Promise<{ dir: string; manifest: Manifest }> {
  const draft = await draftManifest(prepared, settings, cwd)
  const startedAt = clock.wallTime()
  const { dir, runId } = createFolder(
    settings.outDir === null ? null : resolve(cwd, settings.outDir),
    runIdOf(draft, startedAt),
    cwd,
  )
  const manifest: Manifest = { ...draft, runId, startedAt: startedAt.toISOString() }
  writing(dir, () => renameSync(prepared.stagedPath, join(dir, 'samples.jsonl')))
  writeAtomically(join(dir, 'manifest.json'), [`${JSON.stringify(manifest, null, 2)}\n`])
  return { dir, manifest }
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
    if (readdirSync(dir).length > 0) {
      throw new UserError(
        `--out ${asTyped}: the folder is not empty. A run needs a folder of its own; name one that does not exist yet.`,
      )
    }
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOTDIR') throw new UserError(`--out ${asTyped}: there is a file of that name. Name a folder.`)
    if (code !== 'ENOENT') throw asWriteError(dir, error)
  }
}
