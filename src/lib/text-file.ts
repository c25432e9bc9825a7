/** What does a file say that need not be there? */
import { readFileSync } from 'node:fs'
import { errorCode } from './errors.ts'

/** Its text; the empty one where there is no file. Throws where the file system refuses. */
export function textIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ''
    throw error
  }
}
