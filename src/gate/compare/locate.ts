/** Where in a run's files do the lines of some of its trials stand? Each file is read once; nothing of it is held. */
import { join } from 'node:path'
import { SAMPLES_FILE } from '../../dataset/spool.ts'
import type { Sample } from '../../dataset/types.ts'
import { JOURNAL_FILE, SCORES_FILE } from '../../journal/format.ts'
import type { ScoreLine, StaleLine, UnscoredLine } from '../../journal/types.ts'
import { errorCode } from '../../lib/errors.ts'
import { KeyTable } from '../../lib/key-table.ts'
import { visitLines } from '../../lib/lines.ts'
import { pairKey } from '../../plan/keys.ts'
import type { SideFacts } from '../types.ts'
import type { LinePlaces, WantedPlaces } from './flip-places.ts'

const KEY_DIGITS = 32
/** How keys begin in a line. Quotes inside of answers are escaped: the first such text is the line's own field. */
const PAIR_KEY = '"pairKey":"'
const TRIAL = '"trial":"'
const SETTLED = '{"type":"settled"'

/** Fills in the places of scores and records; a file that is gone leaves its places open. */
export async function locateAnswers(
  dir: string,
  { scoring }: SideFacts,
  wanted: WantedPlaces,
  signal: AbortSignal,
): Promise<void> {
  const trials = new KeyTable()
  const found: LinePlaces[] = []
  await visitIfThere(join(dir, SCORES_FILE), signal, (text, offset) => {
    for (const place of wanted.withKey(keyIn(text, PAIR_KEY))) {
      const line = JSON.parse(text) as ScoreLine | UnscoredLine | StaleLine
      if (!('scoring' in line) || line.scoring !== scoring.key) continue
      if (line.model !== place.model || line.prompt !== place.prompt) continue
      place.places.score = offset
      trials.set(line.trial, found.push(place.places) - 1)
    }
  })
  if (found.length === 0) return
  await visitIfThere(join(dir, JOURNAL_FILE), signal, (text, offset) => {
    if (!text.startsWith(SETTLED)) return
    const places = found[trials.get(keyIn(text, TRIAL)) ?? -1]
    if (places !== undefined) places.record = offset
  })
}

/** Fills in the places of samples. */
export async function locateSamples(
  dir: string,
  { epochs }: SideFacts,
  wanted: WantedPlaces,
  signal: AbortSignal,
): Promise<void> {
  await visitIfThere(join(dir, SAMPLES_FILE), signal, (text, offset) => {
    if (offset === 0) return
    const sample = JSON.parse(text) as Sample
    for (let epoch = 1; epoch <= epochs; epoch++) {
      for (const { places } of wanted.withKey(pairKey(sample, epoch))) places.sample = offset
    }
  })
}

async function visitIfThere(
  path: string,
  signal: AbortSignal,
  visit: (text: string, offset: number) => void,
): Promise<void> {
  try {
    await visitLines(path, visit, signal)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

/** The key behind a field's name; the empty text where the line has no whole one. */
function keyIn(text: string, field: string): string {
  const at = text.indexOf(field)
  const key = at < 0 ? '' : text.slice(at + field.length, at + field.length + KEY_DIGITS)
  return key.length === KEY_DIGITS ? key : ''
}
