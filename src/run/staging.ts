/** Where do the samples wait until the run has a folder of its own, and what is left when it never gets one? */
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { writing } from '../lib/errors.ts'

export interface Staging {
  readonly path: string
  /** Removes what is still there: the file or folder, and the folders that were made for it as far as they are empty. */
  remove(): void
}

const PREFIX = '.staging-'

/** Whether a file is one that a process left behind which was killed while it read its dataset. */
export function isStaging(name: string): boolean {
  return name.startsWith(PREFIX)
}

/**
 * `parent` is an absolute path on the disk of the run folder, so that moving the file there is a rename. Null: there will
 * be no run; the file waits among the temporary files, where nobody else may read it. Throws WriteError.
 */
export function openStaging(parent: string | null): Staging {
  return stagingIn(parent === null ? privateFolder() : folderAt(parent), '.jsonl')
}

/** The same for a whole run folder, which is renamed when it is complete: until then its name says that it is none. */
export function openStagingFolder(parent: string): Staging {
  const staging = stagingIn(folderAt(parent), '')
  writing(staging.path, () => mkdirSync(staging.path))
  return staging
}

function stagingIn({ folder, topmostMade }: StagingFolder, ending: string): Staging {
  const path = join(folder, `${PREFIX}${process.pid}-${randomUUID()}${ending}`)
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true })
      if (topmostMade !== undefined) removeEmptyFolders(folder, topmostMade)
    },
  }
}

interface StagingFolder {
  readonly folder: string
  /** Undefined when all of the path existed. */
  readonly topmostMade: string | undefined
}

function folderAt(folder: string): StagingFolder {
  return { folder, topmostMade: writing(folder, () => mkdirSync(folder, { recursive: true })) }
}

function privateFolder(): StagingFolder {
  const prefix = join(tmpdir(), 'assay-')
  const folder = writing(prefix, () => mkdtempSync(prefix))
  return { folder, topmostMade: folder }
}

/** From the deepest upwards, until one is not empty. */
function removeEmptyFolders(deepest: string, topmost: string): void {
  try {
    for (let folder = deepest; folder.length >= topmost.length; folder = dirname(folder)) rmdirSync(folder)
  } catch {
    // A folder that holds something by now, or is gone, is no business of ours.
  }
}
