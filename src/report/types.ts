/** What does a report see of a run, and what does it make of it? */
import type { ComparisonReport } from '../gate/compare/types.ts'
import type { Sample } from '../dataset/types.ts'
import type { Manifest, ScoreLine, TrialRecord } from '../journal/types.ts'
import type { Message } from '../prompt/types.ts'
import type { Summary } from '../stats/types.ts'

/** What became of a trial. */
export type TrialStatus = 'completed' | 'failed' | 'skipped_budget' | 'skipped_stopped' | 'pending'

/** Everything one line is made of. */
export interface ResultRow {
  readonly sample: Sample
  readonly epoch: number
  readonly prompt: string
  readonly model: string
  readonly status: TrialStatus
  /** A simulator answered, not the model. */
  readonly simulated: boolean
  /** Undefined when the trial did not settle. */
  readonly record: TrialRecord | undefined
  /** Undefined when the trial has no score. */
  readonly score: ScoreLine | undefined
}

/** A run as all reports see it, just ended or opened again. */
export interface ReportedRun {
  readonly summary: Summary
  readonly manifest: Manifest
  /** Row by row against the run that it was gated with; null: there was none, or its folder is gone. */
  readonly comparison: ComparisonReport | null
  /** Labels of the scorers, in the order of the command line. */
  readonly scoreLabels: readonly string[]
  /** Dataset columns that results.csv carries over. */
  readonly keep: readonly string[]
  /** False: what depends on the course of events is left out, so that equal answers give equal bytes. */
  readonly timings: boolean
  /** The dataset from the root of the repository, with forward slashes; left out where it is no file in there. */
  readonly datasetFile?: string
  /** Every trial in dataset order, read from disk anew at each call. */
  rows(): Iterable<ResultRow>
  /** What was sent for a row: its prompt rendered again. */
  messagesOf(row: ResultRow): readonly Message[]
}

/** One format. Everything true of it is written here; report/index.ts lists them all. */
export interface Reporter {
  /** As typed after --reporter. */
  readonly name: string
  /** One sentence without a full stop at its end, for the help. */
  readonly about: string
  /** Its name in the run folder; null: it is lines for standard output. */
  readonly file: string | null
  /** Throws UserError where the report cannot be made here; asked before anything is sent. */
  readonly check?: () => void
  /** Pieces of the text, in order; rows are streamed, never held. */
  render(run: ReportedRun): Iterable<string>
}
