/** Which scores have been made so far? scores.jsonl of earlier sessions, read once from the start. */
import { join } from 'node:path'
import { errorCode } from '../lib/errors.ts'
import { key128 } from '../lib/hash.ts'
import { parseJson } from '../lib/json.ts'
import { KeyTable } from '../lib/key-table.ts'
import { visitLines } from '../lib/lines.ts'
import { SCORES_FILE } from './format.ts'
import type { ScoreLine } from './types.ts'

/** Where the scores of a run's scorers stand, and which pass over the answers they are. */
export interface ScoresScan {
  /** By `scoreKey`: where the line starts. */
  readonly scoredAt: KeyTable
  /** Trials with a line that says they have no score, by trial key. */
  readonly unscored: KeyTable
  /** The pass of these scorers, from 1: their own, or the next one when they have made none. */
  readonly pass: number
  /** Length of the valid part in bytes; undefined when there is no file. */
  readonly bytes: number | undefined
}

/** A score holds for an answer to a question with these right answers: the pair key covers them. */
export function scoreKey(trial: string, pair: string): string {
  return key128(`score\n${trial}\n${pair}`)
}

/**
 * The scores that these scorers have made. Lines that make no sense are left out: a score can be made again from its record.
 *
 * @param scoring which scorers, as their lines tell it
 */
export async function scanScores(dir: string, scoring: string, signal: AbortSignal): Promise<ScoresScan> {
  const scoredAt = new KeyTable()
  const unscored = new KeyTable()
  let [own, last] = [0, 0]
  const visit = (text: string, offset: number): void => {
    const line = parseJson(text)?.value as Partial<ScoreLine> | null | undefined
    if (typeof line?.trial !== 'string' || typeof line.pairKey !== 'string') return
    last = Math.max(last, line.pass ?? 1)
    if ('failed' in line) unscored.set(line.trial, offset)
    if (line.scoring !== scoring) return
    own = line.pass ?? 1
    // To be made again: a judge had no answer then.
    if (line.isOpen === true) return
    scoredAt.set(scoreKey(line.trial, line.pairKey), offset)
  }
  const pass = (): number => (own > 0 ? own : last + 1)
  try {
    return { bytes: await visitLines(join(dir, SCORES_FILE), visit, signal), scoredAt, unscored, pass: pass() }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { bytes: undefined, scoredAt, unscored, pass: pass() }
    throw error
  }
}
