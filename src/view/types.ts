/** What do the pages know of runs, finished and going on? */
import type { Manifest } from '../journal/types.ts'
import type { Interval } from '../stats/interval.ts'
import type { Estimate } from '../stats/types.ts'
import type { VerdictWord } from '../gate/types.ts'

/** How far a run has come. */
export type RunStatus =
  /** A process writes in its folder. */
  | 'running'
  /** Every trial was asked, and the reports are there. */
  | 'finished'
  /** The gate knew its verdict before the last trial. */
  | 'decided'
  /** The reports are there, and some trials were not asked: interrupted, out of budget, or left by the endpoint. */
  | 'incomplete'
  /** Its process has gone without reports, or was killed while it went on with the run. */
  | 'broken'

/** A run that can be shown: its name in addresses, where it is, and what it is about. */
export interface ShownRun {
  /** Of the folder under results/; of a run elsewhere its path as seen from the working folder. */
  readonly name: string
  /** Absolute path. */
  readonly dir: string
  readonly manifest: Manifest
  /** In the order of the command line. */
  readonly models: readonly string[]
}

/** What the list tells of a run beside its manifest. */
export interface RunFigures {
  readonly completed: number
  readonly failed: number
  /** Decimal USD of answers, lost attempts and judges together; null: unknown. */
  readonly costUsd: string | null
  readonly groups: readonly { readonly model: string; readonly prompt: string; readonly passRate: Estimate }[]
  readonly verdict: VerdictWord | null
}

/** A line of the list. */
export interface ListedRun extends ShownRun {
  readonly status: RunStatus
  /** Null: there are no reports yet. */
  readonly figures: RunFigures | null
}

/** A folder that ought to be a run and cannot be read. */
export interface UnreadableRun {
  readonly name: string
  readonly reason: string
}

/** A kept baseline, as its first line tells it. */
export interface ListedBaseline {
  readonly name: string
  /** Null: the file cannot be read. */
  readonly facts: {
    readonly dataset: string
    readonly simulated: boolean
    /** ISO 8601. */
    readonly startedAt: string
    readonly runIds: readonly string[]
    readonly models: readonly string[]
  } | null
}

/** Everything under results/. */
export interface Listing {
  /** The one that began last first. */
  readonly runs: readonly ListedRun[]
  readonly unreadable: readonly UnreadableRun[]
  readonly baselines: readonly ListedBaseline[]
}

/** Counts of the trials of one model × prompt. */
export interface GroupProgress {
  readonly model: string
  readonly prompt: string
  readonly planned: number
  readonly settled: number
  readonly failed: number
  readonly scored: number
  readonly passed: number
  readonly passRate: Interval
}

/** An attempt that came to nothing. */
export interface ProgressError {
  readonly kind: string
  readonly message: string
  /** The trial is given up; false: it is tried again. */
  readonly isFinal: boolean
}

/** How far a run has come: counts, whatever its size. */
export interface RunProgress {
  readonly planned: number
  readonly settled: number
  readonly failed: number
  readonly scored: number
  readonly passed: number
  readonly passRate: Interval
  /** Attempts that were sent and have no end in the journal. */
  readonly inFlight: number
  /** Attempts that failed and were, or will be, repeated. */
  readonly retries: number
  /** Decimal USD of all that has settled, judges and lost attempts included. */
  readonly costUsd: string
  /** Settled trials and judge calls whose cost nobody knows. */
  readonly costUnknown: number
  readonly promptTokens: number
  readonly completionTokens: number
  /** Trials that settled in the last minute, per minute; null: none did. */
  readonly ratePerMinute: number | null
  readonly groups: readonly GroupProgress[]
  readonly errorKinds: Readonly<Record<string, number>>
  /** The last first. */
  readonly lastErrors: readonly ProgressError[]
}

/** What the page of a run that goes on is told, again and again. */
export interface LiveSnapshot extends RunProgress {
  readonly run: string
  readonly status: RunStatus
  /** Since the session began; null where it is over. */
  readonly elapsedMs: number | null
  /** Null where nothing tells. */
  readonly etaMs: number | null
}
