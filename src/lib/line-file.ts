/** Reads single lines of a file by their byte offset, without holding the rest. */
import { closeSync, openSync, readSync } from 'node:fs'
import { inRunFolder } from './errors.ts'

const FIRST_READ_BYTES = 8 * 1024

export class LineFile {
  readonly #fd: number
  #buffer = Buffer.allocUnsafe(FIRST_READ_BYTES)

  /** Throws WriteError when the file is gone. */
  constructor(path: string) {
    this.#fd = inRunFolder(path, () => openSync(path, 'r'))
  }

  /** The line that starts at `offset`, without its line feed. */
  lineAt(offset: number): string {
    let length = 0
    for (;;) {
      const read = readSync(this.#fd, this.#buffer, length, this.#buffer.length - length, offset + length)
      const end = this.#buffer.subarray(0, length + read).indexOf(0x0a, length)
      if (end >= 0) return this.#buffer.toString('utf8', 0, end)
      if (read === 0) return this.#buffer.toString('utf8', 0, length)
      length += read
      if (length === this.#buffer.length) {
        const larger = Buffer.allocUnsafe(length * 2)
        this.#buffer.copy(larger, 0, 0, length)
        this.#buffer = larger
      }
    }
  }

  close(): void {
    closeSync(this.#fd)
  }
}
