/** What if one machine is not enough? Each asks its part of one run, and the parts are put together afterwards. */
import type { Manifest } from '../journal/types.ts'
import type { KeyTable } from '../lib/key-table.ts'
import type { Summary } from '../stats/types.ts'

/** One part of a run: its `number`-th of `count`. */
export interface Shard {
  readonly number: number
  readonly count: number
  /** Absolute path. */
  readonly dir: string
  readonly manifest: Manifest
  /** As messages name it: `2/8 (artifacts/shard-2)`. */
  readonly name: string
}

/** What a shard has come to. */
export interface Part {
  readonly shard: Shard
  /** Hash of the samples that its part was taken from. */
  readonly samplesSha256: string
  readonly summary: Summary
  /** Those of its notes that its figures do not tell. */
  readonly notes: readonly string[]
  /** Trials that were left unasked, by `subjectKey`: the place in `SKIPPED` says why. */
  readonly skipped: KeyTable
}
