/** Can a run be kept: may its folder be written, does the disk keep what it is told, and is there room? */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EXIT, errorCode, UserError } from '../../lib/errors.ts'
import { bytes } from '../../report/numbers.ts'
import { failure, ok, warning } from './finding.ts'
import { datasetPath } from './settings-checks.ts'
import type { Check, Subject } from './types.ts'

/** Where runs are kept. */
const FOLDER = 'results'

export const writable: Check = {
  name: 'results',
  run: ({ cwd }) => {
    const folder = join(cwd, FOLDER)
    const wasThere = existsSync(folder)
    try {
      if (!wasThere) mkdirSync(folder)
      try {
        tryToWrite(folder)
      } finally {
        if (!wasThere) rmdirSync(folder)
      }
      return [ok(`${FOLDER}/ can be written; the disk takes sync and rename`)]
    } catch (error) {
      const code = errorCode(error)
      if (code === undefined) throw error
      return [
        failure(
          `${FOLDER}/ cannot be written (${code})`,
          'Free space, mend the rights of the folder, or run from another folder.',
          EXIT.cannotWrite,
        ),
      ]
    }
  },
}

/** What a run does with its files: write, put on disk, rename. */
function tryToWrite(folder: string): void {
  const [first, second] = ['a', 'b'].map((name) => join(folder, `.doctor-${process.pid}-${name}`)) as [string, string]
  try {
    const file = openSync(first, 'wx')
    try {
      writeSync(file, 'assay doctor\n')
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(first, second)
  } finally {
    rmSync(first, { force: true })
    rmSync(second, { force: true })
  }
}

/** Bytes of a trial in journal, scores and results.csv, its answer left aside: measured 1,760 with short questions. */
const TRIAL_BYTES = 2_000

/** A token has about 4 bytes, and an answer stands in the journal and in results.csv. */
const ANSWER_BYTES_PER_TOKEN = 8

/** Samples are kept as JSON lines: measured 2.9 times a CSV file of short rows. */
const SAMPLE_FACTOR = 3

export const space: Check = {
  name: 'disk space',
  run: async (subject) => {
    const folder = existingAbove(join(subject.cwd, FOLDER))
    const { bavail, bsize } = await statfs(folder)
    const free = bavail * bsize
    const need = roughNeed(subject)
    if (need === null) return [ok(`${bytes(free)} free`)]
    const needs = `a run of this dataset needs ${bytes(need)} at most, roughly`
    return [
      free < need
        ? warning(`${bytes(free)} free, and ${needs}`, 'Free space, or run elsewhere.')
        : ok(`${bytes(free)} free; ${needs}`),
    ]
  },
}

function existingAbove(path: string): string {
  return existsSync(path) ? path : existingAbove(dirname(path))
}

/** Null when no dataset is named, or there is none. */
function roughNeed(subject: Subject): number | null {
  const { settings } = subject
  if (settings === null) return null
  try {
    const path = datasetPath(subject)
    if (path === null) return null
    const { size } = statSync(path)
    const trials = linesOf(path, size) * settings.models.length * settings.epochs * (settings.prompts?.length ?? 1)
    return size * SAMPLE_FACTOR + trials * (TRIAL_BYTES + ANSWER_BYTES_PER_TOKEN * settings.endpoint.maxTokens)
  } catch (error) {
    // That it is not there is told by the check of the dataset.
    if (error instanceof UserError || errorCode(error) !== undefined) return null
    throw error
  }
}

/** How many lines a file has, by those of its first 256 KiB. */
function linesOf(path: string, size: number): number {
  const start = Buffer.alloc(Math.min(size, 256 * 1024))
  const file = openSync(path, 'r')
  try {
    const read = start.subarray(0, readSync(file, start))
    const lines = read.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0)
    return Math.ceil((Math.max(1, lines) * size) / Math.max(1, read.length))
  } finally {
    closeSync(file)
  }
}
