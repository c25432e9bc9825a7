/** Where the lines of flipped trials stand in the files of their runs. */
import type { Rows } from '../rows.ts'
import type { Flip } from './types.ts'

/** Bytes at which the lines of one trial start; undefined where there is none. */
export interface LinePlaces {
  score: number | undefined
  record: number | undefined
  /** Of its sample; looked for on the candidate's side. */
  sample: number | undefined
}

/** Places to be found in the files of one run. A row that flips against several others has one place for all of them. */
export class WantedPlaces {
  readonly #groups = new Map<Rows, Map<number, LinePlaces>>()

  /** The place of a row, new or the one that is wanted already. */
  add(rows: Rows, row: number): LinePlaces {
    let byRow = this.#groups.get(rows)
    if (byRow === undefined) this.#groups.set(rows, (byRow = new Map()))
    let places = byRow.get(row)
    if (places === undefined) byRow.set(row, (places = { score: undefined, record: undefined, sample: undefined }))
    return places
  }

  /** Those of a pair key: at most one per model × prompt. */
  *withKey(key: string): Generator<{ readonly model: string; readonly prompt: string; readonly places: LinePlaces }> {
    for (const [rows, byRow] of this.#groups) {
      const row = rows.rowOf(key)
      const places = row === undefined ? undefined : byRow.get(row)
      if (places !== undefined) yield { model: rows.model, prompt: rows.prompt, places }
    }
  }
}

/** A row that passes on one side alone, by the places of its lines. */
export interface FlipPlaces {
  readonly went: Flip['went']
  readonly candidate: LinePlaces
  readonly baseline: LinePlaces
}
