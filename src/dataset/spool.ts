/**
 * Where do the samples wait until their turn? In a JSONL file in the run folder: the first line is
 * `{"formatVersion":1,"seed":…}`, every other line one sample as JSON, in dataset order. It is complete once finish() has
 * returned. Per sample 12 bytes stay in memory: its offset in the file and its place in the dispatch order.
 */
import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, statSync } from 'node:fs'
import { inRunFolder, UserError, writing } from '../lib/errors.ts'
import { collectGarbage } from '../lib/heap.ts'
import { isObject, parseJson } from '../lib/json.ts'
import { LineFile } from '../lib/line-file.ts'
import { visitLines } from '../lib/lines.ts'
import { NumberList } from '../lib/number-list.ts'
import { writeAll } from '../lib/write-all.ts'
import { dispatchOrder, orderKey } from './select.ts'
import type { Sample, Spool } from './types.ts'

/** The file with the samples in a run folder, one per line: what dispatch reads. */
export const SAMPLES_FILE = 'samples.jsonl'

const FORMAT_VERSION = 1
/** Written at once: a system call per sample would cost more than making its JSON. */
const WRITE_BYTES = 64 * 1024

/** Ids of so many samples take a few megabytes as garbage (lib/heap.ts). */
const READS_PER_COLLECTION = 50_000

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
  const offsets = new NumberList()
  const keys = new NumberList()
  const hash = createHash('sha256')
  // One for all writes: a new one for each would lie as garbage between what is kept.
  const buffer = Buffer.allocUnsafeSlow(WRITE_BYTES)
  let queuedBytes = 0
  let end = 0

  const append = (line: string): void => {
    const bytes = Buffer.byteLength(line)
    if (queuedBytes + bytes > WRITE_BYTES) flush()
    if (bytes > WRITE_BYTES) writing(path, () => writeAll(fd, Buffer.from(line)))
    else queuedBytes += buffer.write(line, queuedBytes)
    end += bytes
  }
  const flush = (): void => {
    writing(path, () => writeAll(fd, buffer.subarray(0, queuedBytes)))
    queuedBytes = 0
  }

  append(`${JSON.stringify({ formatVersion: FORMAT_VERSION, seed })}\n`)
  return {
    add: (sample) => {
      offsets.push(end)
      keys.push(orderKey(seed, sample.id))
      const line = `${JSON.stringify(sample)}\n`
      hash.update(contentOf(sample, line))
      append(line)
    },
    finish: () => {
      try {
        flush()
        writing(path, () => fsyncSync(fd))
      } finally {
        closeSync(fd)
      }
      return indexedSpool(new LineFile(path), offsets, keys, hash.digest('hex'))
    },
    abandon: () => closeSync(fd),
  }
}

/**
 * Opens the spool of an earlier session. Throws UserError when it is damaged, WriteError when it is gone; rejects with the
 * reason of the signal.
 */
export async function openSpool(path: string, { seed }: { seed: number }, signal: AbortSignal): Promise<Spool> {
  const offsets = new NumberList()
  const keys = new NumberList()
  const hash = createHash('sha256')
  const damaged = (line: number): UserError =>
    new UserError(`${path}:${line}: no sample. The file has been changed since Assay wrote it; begin a new run.`)
  const visit = (text: string, offset: number, line: number): void => {
    const value = parseJson(text)?.value
    if (!isObject(value)) throw damaged(line)
    if (line === 1) {
      if (value['formatVersion'] !== FORMAT_VERSION) throw damaged(line)
      return
    }
    if (typeof value['id'] !== 'string') throw damaged(line)
    offsets.push(offset)
    keys.push(orderKey(seed, value['id']))
    hash.update(contentOf(value as unknown as Sample, `${text}\n`))
  }
  try {
    // It was on disk before it got its name: a torn last line is damage here.
    if ((await visitLines(path, visit, signal)) !== statSync(path).size) throw damaged(offsets.length + 2)
  } catch (error) {
    inRunFolder(path, () => {
      throw error
    })
  }
  return indexedSpool(new LineFile(path), offsets, keys, hash.digest('hex'))
}

/** What two runs of one version have in common: all of a sample but where its row stood in the file. */
function contentOf(sample: Sample, text: string): string {
  // The first key of that name is the sample's own: an id is JSON text, its quotes are escaped.
  if (sample.pairColumns === undefined) return text.replace(/"line":\d+,/, '')
  const { pairColumns, line: _line, ...rest } = sample
  const vars = Object.entries(rest.vars).filter(([column]) => pairColumns.includes(column))
  return `${JSON.stringify({ ...rest, vars: Object.fromEntries(vars) })}\n`
}

/** The keys are let go once the order is known. */
function indexedSpool(file: LineFile, offsets: NumberList, keys: NumberList, sha256: string): Spool {
  const order = dispatchOrder(keys)
  let reads = 0
  return {
    count: offsets.length,
    sha256,
    read: (index): Sample => {
      reads += 1
      if (reads % READS_PER_COLLECTION === 0) collectGarbage()
      const offset = offsets.at(index)
      if (offset === undefined) throw new RangeError(`no sample ${index} among ${offsets.length}`)
      return JSON.parse(file.lineAt(offset))
    },
    order: () => order,
    close: () => file.close(),
  }
}
