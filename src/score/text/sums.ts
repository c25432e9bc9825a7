/** How do the counts of single answers come to those of a run? By addition, place by place. */
import type { Observation } from '../types.ts'

/** Sums of observations that are all numbers; those of a longer one begin where the shorter ones end. */
export class Sums {
  readonly #totals: number[] = []
  #n = 0

  add(observation: Observation): void {
    this.#n += 1
    for (const [place, count] of observation.entries()) this.#totals[place] = (this.#totals[place] ?? 0) + Number(count)
  }

  /** Observations added. */
  get n(): number {
    return this.#n
  }

  get totals(): readonly number[] {
    return this.#totals
  }
}
