/** Which rows changed against the baseline, and what had it answered? */
import type { Flip } from '../../../gate/compare/types.ts'
import type { ReportedRun, ResultRow } from '../../types.ts'
import type { ChangedCounts } from './format.ts'

/** A change with the words that filters use. */
export interface NamedFlip extends Flip {
  readonly words: 'went wrong' | 'went right'
}

export class Flips {
  /** Null where there is no comparison that tells. */
  readonly counts: ChangedCounts | null
  readonly #byRow = new Map<string, NamedFlip>()

  constructor({ comparison, manifest }: ReportedRun) {
    const counted = (comparison?.pairs ?? [])
      .filter(({ candidate }) => candidate.run === manifest.runId)
      .flatMap(({ flips }) => (flips === null ? [] : [flips]))
    for (const { listed } of counted) {
      for (const flip of listed) {
        const words = flip.went === 'wrong' ? 'went wrong' : 'went right'
        this.#byRow.set(keyOf(flip.candidate.model, flip.candidate.prompt, flip.sample, flip.epoch), { ...flip, words })
      }
    }
    const sum = (field: 'wrong' | 'right'): number => counted.reduce((total, flips) => total + flips[field], 0)
    this.counts = counted.length === 0 ? null : { wrong: sum('wrong'), right: sum('right'), listed: this.#byRow.size }
  }

  /** Undefined where the row has not changed, or is not among those listed. */
  of({ model, prompt, sample, epoch }: ResultRow): NamedFlip | undefined {
    return this.#byRow.get(keyOf(model, prompt, sample.id, epoch))
  }
}

function keyOf(model: string, prompt: string, sample: string, epoch: number): string {
  return JSON.stringify([model, prompt, sample, epoch])
}
