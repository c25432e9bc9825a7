/** A flip by the places of its lines → what was asked, expected and answered. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SAMPLES_FILE } from '../../dataset/spool.ts'
import { assertedAnswers, type Sample } from '../../dataset/types.ts'
import { JOURNAL_FILE, SCORES_FILE } from '../../journal/format.ts'
import type { ScoreLine, TrialRecord } from '../../journal/types.ts'
import { LineFile } from '../../lib/line-file.ts'
import type { FlipPlaces, LinePlaces } from './flip-places.ts'
import type { Flip, FlipSide } from './types.ts'

/** The two runs whose files are read. */
export interface FlipFiles {
  readonly candidate: { readonly dir: string; readonly run: string }
  readonly baseline: { readonly dir: string; readonly run: string }
}

/** The open files of both runs. */
export class FlipLines {
  readonly #files: FlipFiles
  readonly #open = new Map<string, LineFile | null>()

  constructor(files: FlipFiles) {
    this.#files = files
  }

  read({ went, candidate, baseline }: FlipPlaces): Flip {
    const { sample, epoch, side: ours } = this.#side(this.#files.candidate, candidate)
    const { side: theirs } = this.#side(this.#files.baseline, baseline)
    return { went, sample, epoch, candidate: ours, baseline: theirs, expected: this.#expected(candidate.sample) }
  }

  close(): void {
    for (const file of this.#open.values()) file?.close()
  }

  #side(
    { dir, run }: FlipFiles['candidate'],
    { score, record }: LinePlaces,
  ): { sample: string; epoch: number; side: FlipSide } {
    // A flip was found by a line of the scores, so there is one.
    const { sample, epoch, model, prompt, reason } = this.#line(join(dir, SCORES_FILE), score) as ScoreLine
    const answer = this.#line(join(dir, JOURNAL_FILE), record) as TrialRecord | undefined
    const [output, isTruncated] = [answer?.output ?? null, answer?.finishReason === 'length']
    return { sample, epoch, side: { run, model, prompt, output, isTruncated, reason } }
  }

  #expected(place: number | undefined): readonly string[] | null {
    const sample = this.#line(join(this.#files.candidate.dir, SAMPLES_FILE), place) as Sample | undefined
    if (sample === undefined) return null
    return sample.expected.length > 0 ? sample.expected : assertedAnswers(sample.assertions)
  }

  #line(path: string, place: number | undefined): unknown {
    if (place === undefined) return undefined
    let file = this.#open.get(path)
    if (file === undefined) this.#open.set(path, (file = existsSync(path) ? new LineFile(path) : null))
    return file === null ? undefined : JSON.parse(file.lineAt(place))
  }
}
