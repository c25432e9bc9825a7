/** How do the files of shards become those of one run? Line by line, in the order of the shards; nothing of them is held. */
import { closeSync, copyFileSync, fsyncSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { SAMPLES_FILE } from '../dataset/spool.ts'
import { encodeLine, HEADER, JOURNAL_FILE, SCORES_FILE } from '../journal/format.ts'
import type { Manifest } from '../journal/types.ts'
import { errorCode, UserError, writing } from '../lib/errors.ts'
import { isObject, parseJson } from '../lib/json.ts'
import { visitLines } from '../lib/lines.ts'
import { writeAll } from '../lib/write-all.ts'
import type { Shard } from './types.ts'

const WRITE_CHARACTERS = 64 * 1024

/**
 * Puts samples, journal and scores into the folder. The shards have been read once by now, checksum by checksum. Throws UserError at
 * a line of scores that makes no sense, WriteError when the file system refuses; rejects with the reason of the signal.
 */
export async function joinFiles(shards: readonly Shard[], dir: string, signal: AbortSignal): Promise<void> {
  const [first] = shards
  if (first === undefined) return
  // All shards were cut from the same samples.
  const samples = join(dir, SAMPLES_FILE)
  writing(samples, () => copyFileSync(join(first.dir, SAMPLES_FILE), samples))
  await joinLines(join(dir, JOURNAL_FILE), encodeLine(HEADER), async (append) => {
    for (const shard of shards) {
      await visitIfThere(join(shard.dir, JOURNAL_FILE), signal, (text, number) => {
        if (number > 1) append(`${text}\n`)
      })
    }
  })
  await joinLines(
    join(dir, SCORES_FILE),
    `${JSON.stringify({ type: 'scores', formatVersion: 1 })}\n`,
    async (append) => {
      for (const shard of shards) {
        const path = join(shard.dir, SCORES_FILE)
        const renamed = renamedScorings(shard.manifest, first.manifest)
        await visitIfThere(path, signal, (text, number) => {
          if (number > 1) append(`${scoreLine(text, `${path}:${number}`, renamed)}\n`)
        })
      }
    },
  )
}

/** Scorers whose code nobody can know have another key in every run: those of the first shard stand for all. */
function renamedScorings(own: Manifest, first: Manifest): ReadonlyMap<string, string> {
  return new Map(
    own.scorings.flatMap(({ key }, index): [string, string][] => {
      const shown = first.scorings[index]?.key
      return key === undefined || shown === undefined || key === shown ? [] : [[key, shown]]
    }),
  )
}

function scoreLine(text: string, where: string, renamed: ReadonlyMap<string, string>): string {
  const line = parseJson(text)?.value
  if (!isObject(line) || typeof line['trial'] !== 'string') {
    throw new UserError(
      `${where}: not a line as Assay has written it. Make the scores of the shard again with assay score, then merge.`,
    )
  }
  const scoring = renamed.get(String(line['scoring']))
  return scoring === undefined ? text : JSON.stringify({ ...line, scoring })
}

/** A new file, on disk when this resolves. */
async function joinLines(
  path: string,
  header: string,
  fill: (append: (text: string) => void) => Promise<void>,
): Promise<void> {
  const fd = writing(path, () => openSync(path, 'wx'))
  let gathered = header
  const flush = (): void => {
    writing(path, () => writeAll(fd, Buffer.from(gathered)))
    gathered = ''
  }
  try {
    await fill((text) => {
      gathered += text
      if (gathered.length >= WRITE_CHARACTERS) flush()
    })
    flush()
    writing(path, () => fsyncSync(fd))
  } finally {
    closeSync(fd)
  }
}

/** A shard that has nothing to ask has no journal. */
async function visitIfThere(
  path: string,
  signal: AbortSignal,
  visit: (text: string, number: number) => void,
): Promise<void> {
  try {
    await visitLines(path, (text, _offset, number) => visit(text, number), signal)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}
