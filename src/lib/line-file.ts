/**
 * Reads single lines of a file by their byte offset, without holding the rest. The file no longer changes: what the last
 * read brought along is used for the lines that follow, so that reading in order costs a system call per 8 KB.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { inRunFolder } from './errors.ts'

const FIRST_READ_BYTES = 8 * 1024
const LINE_FEED = 0x0a

export class LineFile {
  readonly #fd: number
  #buffer = Buffer.allocUnsafe(FIRST_READ_BYTES)
  /** The bytes of the file that the buffer holds: `#length` of them from `#start` on. */
  #start = 0
  #length = 0

  /** Throws WriteError when the file is gone. */
  constructor(path: string) {
    this.#fd = inRunFolder(path, () => openSync(path, 'r'))
  }

  /** The line that starts at `offset`, without its line feed. */
  lineAt(offset: number): string {
    if (offset < this.#start || offset >= this.#start + this.#length) this.#moveTo(offset)
    let from = offset - this.#start
    let searched = from
    for (;;) {
      const end = this.#buffer.subarray(0, this.#length).indexOf(LINE_FEED, searched)
      if (end >= 0) return this.#buffer.toString('utf8', from, end)
      // The line goes on beyond the buffer: begin the buffer with it, then read more.
      if (from > 0) {
        this.#moveTo(offset)
        from = 0
        searched = 0
        continue
      }
      searched = this.#length
      if (!this.#readMore()) return this.#buffer.toString('utf8', from, this.#length)
    }
  }

  close(): void {
    closeSync(this.#fd)
  }

  #moveTo(offset: number): void {
    this.#start = offset
    this.#length = 0
    this.#readMore()
  }

  /** Reads what follows the buffer's bytes, into a larger one when it is full. False at the end of the file. */
  #readMore(): boolean {
    if (this.#length === this.#buffer.length) {
      const larger = Buffer.allocUnsafe(this.#length * 2)
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    const room = this.#buffer.length - this.#length
    const read = readSync(this.#fd, this.#buffer, this.#length, room, this.#start + this.#length)
    this.#length += read
    return read > 0
  }
}
