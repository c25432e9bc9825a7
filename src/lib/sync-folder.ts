/** Are the names in a folder on disk? A file survives a loss of power only when its entry in the folder does. */
import { open } from 'node:fs/promises'

/** Puts the entries of the folder on disk; where the system knows no such thing (Windows) it sees to that itself. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch {
    // A folder that cannot be opened as a file: nothing is lost but the guarantee.
  }
}
