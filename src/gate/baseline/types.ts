/** What is a kept baseline, and what does one see of it? */
import type { Estimate } from '../../stats/types.ts'
import type { ServedBy, SideFacts } from '../types.ts'

/** The first line of a baseline file; format.ts tells the rest. */
export interface BaselineHeader {
  readonly type: 'baseline'
  readonly formatVersion: 1
  readonly assayVersion: string
  /** What decides whether a run may be compared with it. */
  readonly facts: SideFacts
  readonly groups: readonly BaselineGroup[]
  /** Rows of all groups. */
  readonly rows: number
}

/** One model × prompt. */
export interface BaselineGroup {
  readonly model: string
  readonly prompt: string
  /** Names of the values of its rows, in their order. */
  readonly columns: readonly string[]
  /** Hashes of the names of its clusters, by number; empty without --cluster. */
  readonly clusters: readonly string[]
  readonly servedBy: ServedBy
}

/** A baseline for people and programs. */
export interface BaselineShown {
  /** The name it is kept by; for runs and files how they are called. */
  readonly name: string
  /** Relative to the working folder; null while it is no file. */
  readonly file: string | null
  /** Size of the file; null while it is none. */
  readonly bytes: number | null
  readonly runIds: readonly string[]
  /** When the last of the runs began, ISO 8601. */
  readonly startedAt: string
  readonly simulated: boolean
  readonly dataset: string
  /** Hash of the samples asked; null where the run did not keep it. */
  readonly datasetVersion: string | null
  readonly scorers: readonly string[]
  /** Trials per model × prompt, of one run. */
  readonly trials: number
  readonly groups: readonly BaselineGroupShown[]
}

export interface BaselineGroupShown {
  readonly model: string
  readonly prompt: string
  /** Trials of one run. */
  readonly rows: number
  /** Share of failed trials; null without trials. */
  readonly failures: number | null
  readonly passRate: Estimate
  /** Mean of each scorer's values, by label. */
  readonly scores: Readonly<Record<string, Estimate>>
  /** Answers by the name of the model that served them; '' is unknown. */
  readonly servedModels: Readonly<Record<string, number>>
}

/** What `assay baseline accept` and `export` have done. */
export interface BaselineWritten {
  readonly baseline: BaselineShown
  /** Runs of the baseline that had the name before; null: none had. */
  readonly replaced: readonly string[] | null
  /** What a reader has to know before trusting it. */
  readonly notes: readonly string[]
}
