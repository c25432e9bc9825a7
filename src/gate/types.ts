/** Did it get worse? What a comparison is made of and what comes out of it. */
import type { Manifest, ManifestScoring } from '../journal/types.ts'
import type { Rows } from './rows.ts'

/** A run, or several pooled, as comparisons know it. */
export interface SideFacts {
  /** How messages name it: a run id, or the name of a kept baseline. */
  readonly name: string
  readonly runIds: readonly string[]
  /** Ids of the shards that they were merged from: answers of those are theirs. Absent: each was run as one. */
  readonly shards?: readonly string[]
  /** When the last of the runs began, ISO 8601. */
  readonly startedAt: string
  /** A built-in simulator answered or judged. */
  readonly simulated: boolean
  readonly provider: Manifest['provider']
  readonly dataset: Manifest['dataset']
  readonly prompts: readonly { readonly name: string; readonly id: string }[]
  readonly scoring: ManifestScoring
  readonly judges: Manifest['judges']
  readonly embeddings: Manifest['embeddings']
  readonly seed: number
  readonly epochs: number
  /** Trials planned per model × prompt, of one run. */
  readonly planned: number
  /** Column whose values say which samples hang together; null: none. */
  readonly clusterColumn: string | null
  /** Settings that decide the answers, by config key; baselines that were kept earlier lack them. */
  readonly answerSettings?: Readonly<Record<string, unknown>>
}

/** Rows of every model × prompt of a side, with who served them. */
export interface Side {
  readonly facts: SideFacts
  readonly groups: readonly SideGroup[]
}

/** One model × prompt. */
export interface SideGroup {
  readonly rows: Rows
  readonly servedBy: ServedBy
  /** Answers that were made in other runs, by run id: they came from the cache, or were recorded. */
  readonly answeredIn?: Readonly<Record<string, number>>
}

/** Who served the answers: answers by name of the served model, and by upstream provider; '' is unknown. */
export interface ServedBy {
  readonly models: Readonly<Record<string, number>>
  readonly providers: Readonly<Record<string, number>>
}

export type VerdictWord = 'PASS' | 'REGRESSION' | 'INCONCLUSIVE'

/** Which statement REGRESSION proves: the drop is beyond the margin, or there is any. */
export type AlarmOn = 'over-margin' | 'any-drop'

/** In which direction a metric is worse, and what its margin is a share of. */
export type MetricKind =
  /** Higher is better, values 0..1; the margin is a drop in the same unit. */
  | 'quality'
  /** Lower is better, values 0 or 1; the margin is a rise in the same unit. */
  | 'failures'
  /** Lower is better, any unit; the margin is a rise as a share of the baseline. */
  | 'amount'
  /** The same for a percentile. */
  | 'percentile'

export interface MetricAsked {
  /** As reports name it: pass_rate, score:<label>, failures, cost, tokens, latency_p95. */
  readonly name: string
  /** In which direction the metric is worse, and what its margin is a share of. */
  readonly kind: MetricKind
  /**
   * Change that is still accepted: of quality and failures in the same unit 0..1, of amounts and percentiles as a share of the baseline.
   */
  readonly margin: number
}

/** What the gate was asked, fixed before the first answer. */
export interface GateDesignAsked {
  /** What is compared, with the margins. */
  readonly metrics: readonly MetricAsked[]
  /** Share of runs that may get a wrong alarm, and a wrong PASS, 0..1. */
  readonly alpha: number
  /** Which statement REGRESSION proves: the drop is beyond the margin, or there is any. */
  readonly alarmOn: AlarmOn
  /** Whether the run was looked at row by row and could stop early. */
  readonly sequential: boolean
  /** Names the streams of resampled intervals. */
  readonly seed: number
}

/** Pairs that there are and those that are not. */
export interface PairCounts {
  /** Trials with a value on both sides. */
  readonly pairs: number
  /** Samples that these belong to: the epochs of one are no independent evidence. */
  readonly samples: number
  /** Clusters of samples; equal to `samples` without --cluster. */
  readonly clusters: number
  /** Trials that both sides have asked and the candidate has no value for: failed, or not scored. */
  readonly missingCandidate: number
  /** Trials that both sides have asked and the baseline has no value for. */
  readonly missingBaseline: number
  /** Trials that are missing on one side or on both. */
  readonly missing: number
  /** Trials that the candidate alone has asked. */
  readonly onlyCandidate: number
  /** Trials that the baseline alone has asked. */
  readonly onlyBaseline: number
}

/** One metric of one model × prompt against the baseline's. */
export interface MetricVerdict extends PairCounts {
  /** What was compared. */
  readonly metric: MetricAsked
  /** Model of the candidate. */
  readonly model: string
  /** Prompt of the candidate, by its short name. */
  readonly prompt: string
  /** The baseline's model × prompt, where it is another one. */
  readonly against: string
  /** What is proven of this metric. */
  readonly verdict: VerdictWord
  /** Mean of the baseline over the pairs (percentile: its value); null without pairs. */
  readonly baseline: number | null
  /** Mean of the candidate over the pairs (percentile: its value); null without pairs. */
  readonly candidate: number | null
  /**
   * Candidate − baseline; for amounts and percentiles candidate / baseline − 1. Negative is worse for quality, positive for
   * all others.
   */
  readonly difference: number | null
  /** Lower limit of the two-sided interval at `confidence`, consistent with the verdict; null: none. */
  readonly low: number | null
  /** Upper limit of the same interval; null: none. */
  readonly high: number | null
  /** Level of the interval, 0..1: 1 − 2α, sequential 1 − α_pass − α_regression. */
  readonly confidence: number
  /** How the limits were found. */
  readonly method: string
  /** P-value of "worse by at most the margin" (any-drop: "not worse"), adjusted over the family; null when sequential. */
  readonly pRegression: number | null
  /** P-value of "worse by the margin or more"; null when sequential. */
  readonly pPass: number | null
  /** Why a verdict is withheld that the values alone would give; null: it is not. */
  readonly withheld: 'missing' | 'incomplete' | 'copies' | null
  /** Whether "not worse at all" is rejected at level α for this metric alone: shown, and acted upon with any-drop only. */
  readonly isDropProven: boolean
  /** Difference, worst for the candidate, if every missing value were the worst, and the best; null where none is missing. */
  readonly worstCase: { readonly low: number; readonly high: number } | null
  /** Drop that would be a REGRESSION in 80 % of runs of this size; null where it cannot be told. */
  readonly minimumDetectable: number | null
  /** Rows that would settle an INCONCLUSIVE one, if the difference seen is the true one; null: none would, or it cannot be told. */
  readonly rowsToSettle: number | null
  /** What a reader has to know: degenerate, many missing, few pairs. */
  readonly flags: readonly string[]
}

/** What stopping early has saved. */
export interface Saving {
  /** Trials that the verdict rests on. */
  readonly rowsUsed: number
  /** Trials of the plan. */
  readonly rowsPlanned: number
  /** Trials that were never sent. */
  readonly trialsSaved: number
  /** What they would have cost at the mean cost of those that were, decimal USD; null when unknown. */
  readonly savedUsd: string | null
}

/** The verdict of a run against a baseline. */
export interface GateReport {
  /** Rises when a field changes its meaning or goes. */
  readonly formatVersion: 1
  /** The worst of the metrics: REGRESSION, else INCONCLUSIVE, else PASS. */
  readonly verdict: VerdictWord
  /** The run that is judged. */
  readonly candidate: { readonly name: string; readonly runIds: readonly string[] }
  /** What it is held against: a run, or several pooled. */
  readonly baseline: { readonly name: string; readonly runIds: readonly string[] }
  /** A built-in simulator has answered or judged. */
  readonly simulated: boolean
  /** What the gate was asked, fixed before the first answer. */
  readonly design: GateDesignAsked
  /** SHA-256 prefix over design, baseline and order: a change after seeing data is a new gate. */
  readonly designHash: string
  /** Verdicts by model × prompt × metric; the worst is the whole one's. */
  readonly metrics: readonly MetricVerdict[]
  /** Null without --sequential. */
  readonly saving: Saving | null
  /** Changes beside the answers: other served models or upstreams than the baseline's, few runs in it. */
  readonly notes: readonly string[]
}
