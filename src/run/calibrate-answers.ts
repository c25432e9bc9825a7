/** Which score does an answer of a finished run have? Its journal and scores, read once; what stays is a few bytes a trial. */
import { join } from 'node:path'
import { decodeLine, JOURNAL_FILE, SCORES_FILE } from '../journal/format.ts'
import type { Manifest, ScoreLine } from '../journal/types.ts'
import { errorCode } from '../lib/errors.ts'
import { key128 } from '../lib/hash.ts'
import { isObject, parseJson } from '../lib/json.ts'
import { KeyTable } from '../lib/key-table.ts'
import { LineFile } from '../lib/line-file.ts'
import { visitLines } from '../lib/lines.ts'
import type { PreviousRun } from './previous.ts'

export interface ScoredAnswers {
  /** Undefined where there is no answer, or no score of it. */
  scoreOf(sample: string, prompt: string, model: string, epoch: number): ScoreLine | undefined
  close(): void
}

/** Stands for an answer that came to nothing after an earlier one. */
const FAILED = -1

/** Throws UserError at a damaged journal. */
export async function readScoredAnswers({ dir, manifest }: PreviousRun, signal: AbortSignal): Promise<ScoredAnswers> {
  const scoresPath = join(dir, SCORES_FILE)
  const scoredAt = await scoresOf(scoresPath, manifest, signal)
  const journalPath = join(dir, JOURNAL_FILE)
  const answers = new KeyTable()
  await visitIfThere(
    journalPath,
    (text, _offset, number) => {
      const line = decodeLine(text, `${journalPath}:${number}`)
      if (line.type !== 'settled') return
      // Of two records of one question the last one holds.
      const offset = line.status === 'completed' ? scoredAt.get(line.trial) : undefined
      answers.set(keyOf(line.sample, line.prompt, line.model, line.epoch), offset ?? FAILED)
    },
    signal,
  )
  let scores: LineFile | undefined
  return {
    scoreOf: (sample, prompt, model, epoch) => {
      const offset = answers.get(keyOf(sample, prompt, model, epoch)) ?? FAILED
      if (offset === FAILED) return undefined
      scores ??= new LineFile(scoresPath)
      return JSON.parse(scores.lineAt(offset)) as ScoreLine
    },
    close: () => scores?.close(),
  }
}

/** By trial key: where its score by the run's present scorers stands, the last one made. */
async function scoresOf(path: string, manifest: Manifest, signal: AbortSignal): Promise<KeyTable> {
  const scoredAt = new KeyTable()
  const passes = presentPasses(manifest)
  const visit = (text: string, offset: number): void => {
    const line = parseJson(text)?.value
    if (!isObject(line) || typeof line['trial'] !== 'string' || !isObject(line['scores'])) return
    if (passes === undefined || passes.has(line['pass'])) scoredAt.set(line['trial'], offset)
  }
  await visitIfThere(path, visit, signal)
  return scoredAt
}

/** Passes over the answers that were made by the scorers that the manifest names; undefined: all of them. */
function presentPasses({ scorings = [], scorers }: Partial<Manifest>): ReadonlySet<unknown> | undefined {
  const present = scorings.filter(({ scorers: own }) => JSON.stringify(own) === JSON.stringify(scorers))
  const last = present.at(-1)
  return last === undefined ? undefined : new Set([last.pass])
}

async function visitIfThere(path: string, ...[visit, signal]: [Parameters<typeof visitLines>[1], AbortSignal]) {
  try {
    await visitLines(path, visit, signal)
  } catch (error) {
    // The run ended before it could make the file.
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

function keyOf(sample: string, prompt: string, model: string, epoch: number): string {
  return key128(`answer\n${JSON.stringify([sample, prompt, model, epoch])}`)
}
