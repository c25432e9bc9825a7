/** Which score does an answer of a finished run have? Its journal and scores, read once; what stays is a few bytes a trial. */
import { join } from 'node:path'
import { decodeLine, JOURNAL_FILE, SCORES_FILE } from '../journal/format.ts'
import { scoreKey } from '../journal/scan-scores.ts'
import type { Manifest, ScoreLine, TrialRecord } from '../journal/types.ts'
import type { Sample } from '../dataset/types.ts'
import { errorCode } from '../lib/errors.ts'
import { key128 } from '../lib/hash.ts'
import { isObject, parseJson } from '../lib/json.ts'
import { KeyTable } from '../lib/key-table.ts'
import { LineFile } from '../lib/line-file.ts'
import { visitLines } from '../lib/lines.ts'
import { pairKey } from '../plan/keys.ts'
import type { PreviousRun } from '../journal/find-run.ts'

export interface ScoredAnswers {
  /** Undefined where there is no answer, or no score of it. */
  scoreOf(sample: Sample, prompt: string, model: string, epoch: number): ScoreLine | undefined
  close(): void
}

/** Stands for an answer that came to nothing after an earlier one. */
const FAILED = -1

/** `see` is told of every answer, in the order of the journal. Throws UserError at a damaged journal. */
export async function readScoredAnswers(
  { dir, manifest }: PreviousRun,
  see: (answer: TrialRecord) => void,
  signal: AbortSignal,
): Promise<ScoredAnswers> {
  const scoresPath = join(dir, SCORES_FILE)
  const scoredAt = await scoresOf(scoresPath, manifest, signal)
  const journalPath = join(dir, JOURNAL_FILE)
  const answers = new KeyTable()
  await visitIfThere(
    journalPath,
    (text, offset, number) => {
      const line = decodeLine(text, `${journalPath}:${number}`)
      if (line.type !== 'settled') return
      see(line)
      // Of two records of one question the last one holds.
      answers.set(
        keyOf(line.sample, line.prompt, line.model, line.epoch),
        line.status === 'completed' ? offset : FAILED,
      )
    },
    signal,
  )
  let journal: LineFile | undefined
  let scores: LineFile | undefined
  return {
    scoreOf: (sample, prompt, model, epoch) => {
      const offset = answers.get(keyOf(sample.id, prompt, model, epoch)) ?? FAILED
      if (offset === FAILED) return undefined
      journal ??= new LineFile(journalPath)
      const { trial } = decodeLine(journal.lineAt(offset), `${journalPath} (byte ${offset})`) as TrialRecord
      // A score against right answers that the row had before is none of the row as it is.
      const scored = scoredAt.get(scoreKey(trial, pairKey(sample, epoch)))
      if (scored === undefined) return undefined
      scores ??= new LineFile(scoresPath)
      return JSON.parse(scores.lineAt(scored)) as ScoreLine
    },
    close: () => {
      journal?.close()
      scores?.close()
    },
  }
}

/** By `scoreKey`: where the score by the run's present scorers stands, the last one made. */
async function scoresOf(path: string, manifest: Manifest, signal: AbortSignal): Promise<KeyTable> {
  const scoredAt = new KeyTable()
  const passes = presentPasses(manifest)
  const visit = (text: string, offset: number): void => {
    const line = parseJson(text)?.value
    if (!isObject(line) || !isObject(line['scores'])) return
    const { trial, pairKey: pair } = line
    if (typeof trial !== 'string' || typeof pair !== 'string') return
    if (passes === undefined || passes.has(line['pass'])) scoredAt.set(scoreKey(trial, pair), offset)
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
