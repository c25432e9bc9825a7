/**
 * A file that is only appended to. Lines of one turn of the event loop share one write; those of one fdatasync share it
 * (group commit), so durability costs a disk flush per group and not per line.
 */
import { closeSync, fdatasync, ftruncateSync, openSync } from 'node:fs'
import { promisify } from 'node:util'
import { asWriteError, inRunFolder } from './errors.ts'
import { writeAll } from './write-all.ts'

const syncData = promisify(fdatasync)

interface Waiter {
  resolve(): void
  reject(error: unknown): void
}

export class AppendFile {
  readonly #path: string
  readonly #fd: number
  #queued: string[] = []
  /** Bytes of the file, written or not: where the next line starts. */
  #end: number
  #flushScheduled = false
  #flushWaiters: Waiter[] = []
  #syncWaiters: Waiter[] = []
  #syncing = false
  #failure: unknown
  #closed = false

  /**
   * Creates the file, which must not exist. With `keptBytes` it does, and goes on after so many of its bytes: what follows
   * them is cut off, since a line after half a line would be damage.
   */
  constructor(path: string, keptBytes?: number) {
    this.#path = path
    this.#end = keptBytes ?? 0
    this.#fd = inRunFolder(path, () => openSync(path, keptBytes === undefined ? 'ax' : 'a'))
    if (keptBytes !== undefined) inRunFolder(path, () => ftruncateSync(this.#fd, keptBytes))
  }

  /** Queues text, which ends with a line feed; returns the byte offset at which it starts. */
  append(text: string): number {
    const offset = this.#end
    this.#queued.push(text)
    this.#end += Buffer.byteLength(text)
    if (!this.#flushScheduled) {
      this.#flushScheduled = true
      setImmediate(() => this.#flush())
    }
    return offset
  }

  /** Resolves when all that was appended has reached the operating system: it survives the process. */
  flushed(): Promise<void> {
    return this.#settled(this.#flushWaiters, this.#flushScheduled)
  }

  /** Resolves when all that was appended is on disk: it survives the machine. */
  synced(): Promise<void> {
    return this.#settled(this.#syncWaiters, true)
  }

  /** Writes what is queued and closes the file. */
  async close(): Promise<void> {
    await this.synced()
    this.closeNow()
  }

  /** The same without waiting for the disk: for a process that has to leave at once. A closed file stays as it is. */
  closeNow(): void {
    if (this.#closed) return
    this.#closed = true
    this.#flush()
    closeSync(this.#fd)
  }

  #settled(waiters: Waiter[], pending: boolean): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (!pending) return Promise.resolve()
    return new Promise((resolve, reject) => {
      waiters.push({ resolve, reject })
      if (waiters === this.#syncWaiters && !this.#flushScheduled) this.#startSync()
    })
  }

  #flush(): void {
    this.#flushScheduled = false
    const bytes = Buffer.from(this.#queued.join(''))
    this.#queued = []
    // A write that failed may have left half a line, which has to be the last.
    if (this.#failure !== undefined) return
    try {
      writeAll(this.#fd, bytes)
    } catch (error) {
      this.#fail(error)
      return
    }
    for (const waiter of this.#flushWaiters.splice(0)) waiter.resolve()
    this.#startSync()
  }

  #startSync(): void {
    if (this.#syncing || this.#syncWaiters.length === 0) return
    this.#syncing = true
    const group = this.#syncWaiters.splice(0)
    syncData(this.#fd).then(
      () => {
        this.#syncing = false
        for (const waiter of group) waiter.resolve()
        if (!this.#flushScheduled) this.#startSync()
      },
      (error: unknown) => {
        this.#syncWaiters.push(...group)
        this.#fail(error)
      },
    )
  }

  /** After one failed write nothing more is promised: every waiter, now and later, gets the error. */
  #fail(error: unknown): void {
    this.#failure = asWriteError(this.#path, error)
    for (const waiter of [...this.#flushWaiters.splice(0), ...this.#syncWaiters.splice(0)]) waiter.reject(this.#failure)
  }
}
