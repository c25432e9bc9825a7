/** Where do the samples wait until the run has a folder of its own, and what is left when it never gets one? */
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { writing } from '../lib/errors.ts'

export interface Staging {
  /** On the disk of the run folder, so that moving the file there is a rename. */
  readonly path: string
  /** Removes what is still there: the file, and the folders that were made for it as far as they are empty. */
  remove(): void
}

/** `outDir` null: the run folder will be under results/. Throws WriteError. */
export function openStaging(outDir: string | null, cwd: string): Staging {
  const folder = resolve(cwd, outDir ?? 'results')
  const topmostMade = writing(folder, () => mkdirSync(folder, { recursive: true }))
  const path = join(folder, `.staging-${process.pid}-${randomUUID()}.jsonl`)
  return {
    path,
    remove: () => {
      rmSync(path, { force: true })
      if (topmostMade !== undefined) removeEmptyFolders(folder, topmostMade)
    },
  }
}

/** From the deepest upwards, until one is not empty. */
function removeEmptyFolders(deepest: string, topmost: string): void {
  try {
    for (let folder = deepest; folder.length >= topmost.length; folder = dirname(folder)) rmdirSync(folder)
  } catch {
    // A folder that holds something by now, or is gone, is no business of ours.
  }
}
