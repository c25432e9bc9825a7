/** What can a gate see? Of the false alarms and the power of one, and of how many rows it needs. */
import type { Estimate } from '../../stats/types.ts'
import type { GateDesignAsked, MetricAsked } from '../types.ts'

/** How much two answers of an unchanged model differ. */
export interface Noise {
  /** Mean squared difference of two answers to one sample, 0..1: for pass and fail the share of samples where they differ. */
  readonly discordance: number
  readonly source: 'measured' | 'assumed'
  /** Samples with several answers that a measured one comes from; 0 for an assumed one. */
  readonly samples: number
  /** Runs that these answers are of. */
  readonly runIds: readonly string[]
}

/** Rows (samples) that prove an unchanged model to be not worse by the margin. */
export interface RowsNeeded {
  /** By a test when all rows are in, in 80 % and in 95 % of runs. */
  readonly fixed80: number
  readonly fixed95: number
  /** Looking after every row: enough in seven of eight runs, and used by a run in the mean. */
  readonly sequentialMost: number
  readonly sequentialMean: number
}

/** What a run could show, for one metric. */
export interface PowerPlan {
  readonly metric: string
  /** Null: none was given. */
  readonly margin: number | null
  readonly alpha: number
  readonly noise: Noise
  /** Answers to each sample that are planned. */
  readonly epochs: number
  /** Samples of the run, and answers to each on either side that are compared: pairs are made by epoch. */
  readonly rows: number
  readonly candidateAnswers: number
  readonly baselineAnswers: number
  /** The smallest drop that 80 % of such runs prove to be one, 0..1; null without rows. */
  readonly minimumDetectable: number | null
  /** Null without a margin. */
  readonly rowsNeeded: RowsNeeded | null
}

/** A gate tried out on the answers of finished runs. */
export interface GateCalibration {
  readonly formatVersion: 1
  readonly runIds: readonly string[]
  readonly simulated: boolean
  readonly design: GateDesignAsked
  /** Nights behind each share. */
  readonly nights: number
  /** Level of the intervals of the shares. */
  readonly confidence: number
  readonly groups: readonly CalibratedGate[]
  /** What a reader has to know before acting on the numbers. */
  readonly notes: readonly string[]
}

/** One metric of one model × prompt. */
export interface CalibratedGate {
  readonly model: string
  readonly prompt: string
  readonly metric: MetricAsked
  /** Mean of the answers. */
  readonly value: number
  readonly samples: number
  /** Clusters that are drawn as one; equal to `samples` without --cluster. */
  readonly clusters: number
  readonly noise: Noise
  /** In rising order, from no drop at all. */
  readonly drops: readonly DropOutcome[]
  readonly rowsNeeded: RowsNeeded
}

/** What became of nights with this true drop. */
export interface DropOutcome {
  /** Of the metric, 0..1; for failures a rise. */
  readonly drop: number
  /** Shares of nights. */
  readonly regression: Estimate
  readonly pass: Estimate
  readonly inconclusive: Estimate
  /** Mean share of the rows that were looked at, 0..1. */
  readonly rowsUsed: number
}
