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

/** Places to be found: of some rows of a model × prompt, by their numbers. */
export interface WantedPlaces {
  readonly rows: Rows
  readonly byRow: ReadonlyMap<number, LinePlaces>
}

/** A row that passes on one side alone, by the places of its lines. */
export interface FlipPlaces {
  readonly went: Flip['went']
  readonly candidate: LinePlaces
  readonly baseline: LinePlaces
}
