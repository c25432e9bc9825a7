/** How have the models done over the nights? What history.csv holds, and what is made of it. */
import type { VerdictWord } from '../types.ts'

/** One figure of one run: a line of history.csv. */
export interface HistoryLine {
  readonly runId: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly dataset: string
  /** Hash of the samples asked: runs of one version have asked the same questions. */
  readonly datasetVersion: string
  /** Equal where the scorers, their judges and weights are. */
  readonly scoring: string
  /** The same in words. */
  readonly scorers: string
  readonly prompt: string
  readonly promptId: string
  readonly model: string
  readonly metric: string
  /** Shares 0..1, USD, milliseconds, or a number; null: unknown. */
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  /** Level of the interval; null without one. */
  readonly confidence: number | null
  readonly method: string
  /** Observations behind the value. */
  readonly n: number
  /** Trials planned for the model and prompt. */
  readonly planned: number
  readonly simulated: boolean
  /** What the gate said of this metric; null without --baseline. */
  readonly verdict: VerdictWord | null
  readonly gitCommit: string | null
}

/** One run in the trend of a metric. */
export interface HistoryNight
  extends Pick<
    HistoryLine,
    'runId' | 'startedAt' | 'value' | 'low' | 'high' | 'confidence' | 'n' | 'planned' | 'verdict'
  > {
  /** Share of its trials that failed, 0..1; null: unknown. */
  readonly failed: number | null
  /** Part of the control chart: a value over nearly all that was planned. */
  readonly isCharted: boolean
  /** It ended early, and may do so because of its own answers: --sequential, or a choice. */
  readonly wasStoppedEarly: boolean
  /** Distance from the mean in σ; null where no chart is. */
  readonly z: number | null
  /** A sum of the chart crossed its limit here: the level had risen, or fallen. */
  readonly alarm: 'upper' | 'lower' | null
}

/** CUSUM over the runs of a segment. */
export interface Chart {
  /** Mean and σ from run to run, of the first `reference` runs. */
  readonly mean: number
  readonly sigma: number
  readonly reference: number
  /** Tolerated, and limit, in σ. */
  readonly k: number
  readonly h: number
  /** Mean number of runs between two false alarms of this chart. */
  readonly falseAlarmEvery: number
  /** Mean number of runs until a lasting shift of 1 σ is found. */
  readonly foundAfter: number
  readonly alarms: number
}

/** When the level changed, looked at afterwards. */
export interface LevelChange {
  /** The first run of the new level. */
  readonly runId: string
  readonly startedAt: string
  readonly before: number
  readonly after: number
  readonly pValue: number
}

/** Runs that asked and judged the same: only these may be compared. */
export interface HistorySegment {
  readonly simulated: boolean
  readonly datasetVersion: string
  readonly scorers: string
  readonly scoring: string
  readonly promptId: string
  readonly planned: number
  /** What differs from the segment before; empty for the first. */
  readonly changed: readonly string[]
  readonly nights: readonly HistoryNight[]
  /** Null: too few runs for it, or all alike. */
  readonly chart: Chart | null
  /** Runs that a chart still needs; 0 where there are enough. */
  readonly missing: number
  readonly changes: readonly LevelChange[]
}

/** One metric of one model × prompt. */
export interface HistorySeries {
  readonly dataset: string
  readonly model: string
  readonly prompt: string
  readonly metric: string
  readonly segments: readonly HistorySegment[]
}

/** A row whose pass or failure changes from run to run. */
export interface FlakyRow {
  readonly sample: string
  readonly epoch: number
  /** Runs in which it has a verdict. */
  readonly nights: number
  readonly flips: number
  /** Share of neighbouring runs between which the verdict changed, 0..1. */
  readonly flipRate: number
  /** Share of those runs in which it passed. */
  readonly passRate: number
}

/** A row that changed once and stayed so. */
export interface ShiftedRow {
  readonly sample: string
  readonly epoch: number
  /** What it came to. */
  readonly to: 'pass' | 'fail'
  /** The first run with the new verdict. */
  readonly since: string
  /** Runs before, and runs since. */
  readonly before: number
  readonly after: number
}

/** Rows of the latest segment of one model × prompt. */
export interface RowsOverTime {
  readonly dataset: string
  readonly model: string
  readonly prompt: string
  readonly simulated: boolean
  /** Runs whose rows were read. */
  readonly runs: number
  /** Runs whose folders are gone or cannot be read. */
  readonly gone: readonly string[]
  readonly rows: number
  /** Rows that changed more than once. */
  readonly changedRows: number
  /** Flip rate of the row in the middle: that of plain sampling noise. Null without a row that two runs have. */
  readonly medianFlipRate: number | null
  /** Rows that changed more than once and clearly more often than the one in the middle, and the most changeable of them. */
  readonly flakyRows: number
  readonly flaky: readonly FlakyRow[]
  /** Rows that changed once and stayed so, and the latest of them. */
  readonly shiftedToFail: number
  readonly shiftedToPass: number
  readonly shifted: readonly ShiftedRow[]
}

export interface HistoryReport {
  readonly formatVersion: 1
  readonly metric: string
  readonly series: readonly HistorySeries[]
  /** Empty unless the metric is the pass rate. */
  readonly rows: readonly RowsOverTime[]
}
