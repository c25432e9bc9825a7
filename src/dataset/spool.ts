/**
 * Where do the samples wait until their turn? In a JSONL file in the run folder: the first line is
 * `{"formatVersion":1,"seed":…}`, every other line one sample as JSON, in dataset order. It is complete once finish() has
 * returned. Per sample 16 bytes stay in memory: its offset in the file and its key in the dispatch order.
 */
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { inRunFolder, writing } from '../lib/errors.ts'
import { LineFile } from '../lib/line-file.ts'
import { writeAll } from '../lib/write-all.ts'
import { dispatchOrder, orderKey } from './select.ts'
import type { Sample, Spool } from './types.ts'

const FORMAT_VERSION = 1
/** Written at once: a system call per sample would cost more than making its JSON. */
const WRITE_BYTES = 256 * 1024

export interface SpoolWriter {
  /** Appends one sample. Throws WriteError when the file system refuses. */
  add(sample: Sample): void
  /** Puts the file on disk, closes it and opens it for reading. */
  finish(): Spool
  /** Closes the file of a spool that will not be finished. */
  abandon(): void
}

/** Starts a spool file; `seed` decides the dispatch order. Throws WriteError. */
export function createSpool(path: string, { seed }: { seed: number }): SpoolWriter {
  const fd = inRunFolder(path, () => openSync(path, 'w'))
  const offsets = new DoubleList()
  const keys = new DoubleList()
  let queued: string[] = []
  let queuedBytes = 0
  let end = 0

  const append = (line: string): void => {
    const bytes = Buffer.byteLength(line)
    queued.push(line)
    queuedBytes += bytes
    end += bytes
    if (queuedBytes >= WRITE_BYTES) flush()
  }
  const flush = (): void => {
    const bytes = Buffer.from(queued.join(''))
    queued = []
    queuedBytes = 0
    writing(path, () => writeAll(fd, bytes))
  }

  append(`${JSON.stringify({ formatVersion: FORMAT_VERSION, seed })}\n`)
  return {
    add: (sample) => {
      offsets.push(end)
      keys.push(orderKey(seed, sample.id))
      append(`${JSON.stringify(sample)}\n`)
    },
    finish: () => {
      try {
        flush()
        writing(path, () => fsyncSync(fd))
      } finally {
        closeSync(fd)
      }
      return indexedSpool(new LineFile(path), { offsets: offsets.toArray(), keys: keys.toArray() })
    },
    abandon: () => closeSync(fd),
  }
}

interface SpoolIndex {
  /** Byte at which each sample's line starts. */
  readonly offsets: Float64Array
  readonly keys: Float64Array
}

function indexedSpool(file: LineFile, { offsets, keys }: SpoolIndex): Spool {
  return {
    count: offsets.length,
    read: (index): Sample => {
      const offset = offsets[index]
      if (offset === undefined) throw new RangeError(`no sample ${index} among ${offsets.length}`)
      return JSON.parse(file.lineAt(offset))
    },
    order: () => dispatchOrder(keys),
    close: () => file.close(),
  }
}

/** Numbers in a typed array that doubles as it fills. */
class DoubleList {
  #numbers = new Float64Array(1024)
  #length = 0

  push(number: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = new Float64Array(this.#length * 2)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    this.#numbers[this.#length] = number
    this.#length += 1
  }

  /** Exactly as long as what was pushed, so that nothing spare is kept. */
  toArray(): Float64Array {
    return this.#numbers.slice(0, this.#length)
  }
}
