/** Reads lines of many files by number and offset, few of them open at a time: a process may open only so many. */
import { errorCode } from '../lib/errors.ts'
import { LineFile } from '../lib/line-file.ts'
import { cacheError } from './format.ts'

/** A segment per run adds up over the years. */
const MOST_OPEN = 64

export class Segments {
  readonly #paths: readonly string[]
  /** By number; the one that was used last stands last. */
  readonly #open = new Map<number, LineFile>()

  constructor(paths: readonly string[]) {
    this.#paths = paths
  }

  /** The line that starts at `offset`; undefined when the file has gone. */
  lineAt(segment: number, offset: number): string | undefined {
    const path = this.#paths[segment] ?? ''
    try {
      return this.#fileOf(segment, path).lineAt(offset)
    } catch (error) {
      if (error instanceof Error && errorCode(error.cause) === 'ENOENT') return undefined
      throw cacheError(path, error)
    }
  }

  close(): void {
    for (const file of this.#open.values()) file.close()
    this.#open.clear()
  }

  #fileOf(segment: number, path: string): LineFile {
    const file = this.#open.get(segment) ?? new LineFile(path)
    this.#open.delete(segment)
    this.#open.set(segment, file)
    const [leastUsed] = this.#open
    if (this.#open.size > MOST_OPEN && leastUsed !== undefined) {
      leastUsed[1].close()
      this.#open.delete(leastUsed[0])
    }
    return file
  }
}
