/** How sure are we? The numbers of a run, computed once and rendered by every report. */
import type { PaceReport } from '../dispatch/types.ts'
import type { GateReport } from '../gate/types.ts'
import type { ErrorKind } from '../provider/types.ts'
import type { MetricTable } from '../score/types.ts'

/** A figure with the interval that says how far to trust it. */
export interface Estimate {
  /** Null when there is nothing to estimate from. */
  readonly value: number | null
  /** Lower limit of the interval; null when none can be given. */
  readonly low: number | null
  /** Upper limit of the interval; null when none can be given. */
  readonly high: number | null
  /** Observations behind it. */
  readonly n: number
  /** Independent units that they come in: samples asked several times, clusters. Left out where each observation is one. */
  readonly units?: number
  /** How the limits were found; `none` where there are none. */
  readonly method: string
}

/** What the answers of a scorer come to over a whole group. */
export interface MetricReport {
  /** Observations behind it. */
  readonly n: number
  /** By name; no value where it is not defined (no answer of a class). */
  readonly figures: Readonly<Record<string, Estimate>>
  /** Counts for people, such as a confusion matrix; left out where there is none. */
  readonly table?: MetricTable
}

/** How far the pass rate of a slice is from that of the rows outside it. */
export interface SliceDifference {
  /** Slice − rest, −1..1. */
  readonly difference: number
  /** Lower limit of the difference; null when none can be given. */
  readonly low: number | null
  /** Upper limit of the difference; null when none can be given. */
  readonly high: number | null
  /** Pass rate outside the slice. */
  readonly restPassRate: number
  /** Two-sided, of "no difference", corrected for the number of slices; null where it is not defined. */
  readonly pAdjusted: number | null
  /** How many slices it is corrected for: those of the column with such a difference. */
  readonly slices: number
  /** How the limits were found. */
  readonly method: string
  /** The test behind the p-value. */
  readonly test: string
}

/** Nearest-rank percentiles in milliseconds over completed trials, each with its distribution-free interval. */
export interface Percentiles {
  /** The median. */
  readonly p50: Estimate
  /** 95th percentile. */
  readonly p95: Estimate
  /** 99th percentile. */
  readonly p99: Estimate
}

/** All figures of one model × prompt, for the whole run or for one slice of it. */
export interface GroupSummary {
  /** Model asked for. */
  readonly model: string
  /** Short name of the prompt. */
  readonly prompt: string
  /** `column=value`; empty for the whole run. */
  readonly slice: string
  /** Trials of the plan. */
  readonly planned: number
  /** Trials with an answer. */
  readonly completed: number
  /** Trials given up without an answer. */
  readonly failed: number
  /** Not sent, or left unsettled: budget used up, run stopped, interrupted. */
  readonly skipped: number
  /** Completed trials whose score is known. */
  readonly scored: number
  /** Scored trials that pass. */
  readonly passed: number
  /** Share of scored trials that pass. */
  readonly passRate: Estimate
  /** Pass rate if every unscored trial had failed, and if every one had passed. */
  readonly passRateBounds: { readonly low: number; readonly high: number }
  /** Mean of each scorer's values. */
  readonly scores: Readonly<Record<string, Estimate>>
  /** By scorer that could not judge every answer: how many it could not, and the reason of the first. */
  readonly unscored: Readonly<Record<string, { readonly count: number; readonly example: string }>>
  /** By reducer: mean over samples of what their epochs come to, by pass and fail. Empty without --reducer. */
  readonly reduced: Readonly<Record<string, Estimate>>
  /** The same by scorer and reducer, for reducers that take graded scores. */
  readonly reducedScores: Readonly<Record<string, Readonly<Record<string, Estimate>>>>
  /** By scorer: what its answers come to over the whole group, for scorers that have such a metric. */
  readonly metrics: Readonly<Record<string, MetricReport>>
  /** The pass rate against people's labels; null where nobody has labelled an answer. */
  readonly calibration: Calibration | null
  /** Null for the whole run, and where one side has no answers. */
  readonly differsFromRest: SliceDifference | null
  /** Of the settled trials, those that failed. */
  readonly failedShare: Estimate
  /** Completed trials cut off at the token limit, and their share. */
  readonly truncated: number
  /** Share of completed trials cut off at the token limit, 0..1. */
  readonly truncatedShare: Estimate
  /** Completed trials with an empty answer, and their share. */
  readonly emptyOutputs: number
  /** Share of completed trials with an empty answer, 0..1. */
  readonly emptyShare: Estimate
  /** Completed trials whose answer an earlier run had paid for: they cost nothing now, and have no latency. */
  readonly cachedAnswers: number
  /** Decimal USD that those answers cost when they were made, as far as it is known. */
  readonly cacheSavedUsd: string
  /** Of those answers the ones whose cost nobody knows: cacheSavedUsd leaves them out. */
  readonly cacheSavedUnknown: number
  /** Failed trials by the kind of their final failure. */
  readonly errorKinds: Readonly<Partial<Record<ErrorKind, number>>>
  /** The first message of each kind, in dataset order. */
  readonly errorExamples: Readonly<Partial<Record<ErrorKind, string>>>
  /** Decimal USD of the attempts that counted; null when no trial has a known cost. */
  readonly costUsd: string | null
  /** Decimal USD that other attempts billed or may have billed. */
  readonly retryCostUsd: string
  /** Trials with attempts that may have been billed at an unknown price: retryCostUsd leaves them out. */
  readonly retryCostUnknown: number
  /** Completed trials whose cost is unknown: costUsd leaves them out. */
  readonly costUnknown: number
  /**
   * (costUsd + retryCostUsd + cacheSavedUsd) / passed, decimal USD rounded to 12 decimals; null without passes or with
   * unknown costs. What a right answer costs does not depend on who paid for it.
   */
  readonly costPerCorrectUsd: string | null
  /** The same sum per 1,000 settled trials, decimal USD rounded to 12 decimals. */
  readonly costPer1000Usd: string | null
  /** Costs as estimates, in USD. */
  readonly meanCostUsd: CostEstimates
  /** Decimal USD of the judge calls and embeddings behind these scores, whenever they were paid; no part of the other costs. */
  readonly judgeCostUsd: string
  /** Answers judged at an unknown price: judgeCostUsd leaves them out. */
  readonly judgeCostUnknown: number
  /** Answers without a score since a judge has not answered. */
  readonly unjudged: number
  /** Tokens sent, over completed trials. */
  readonly promptTokens: number
  /** Tokens answered, reasoning included. */
  readonly completionTokens: number
  /** Part of completionTokens. */
  readonly reasoningTokens: number
  /** Part of promptTokens that the provider had in its cache. */
  readonly cachedTokens: number
  /** Means over the answers whose tokens are known, reported or estimated. */
  readonly tokensPerAnswer: { readonly prompt: Estimate; readonly completion: Estimate; readonly reasoning: Estimate }
  /** Completed trials whose tokens were estimated because none were reported. */
  readonly tokensEstimated: number
  /** HTTP tries, of all settled trials. */
  readonly attempts: number
  /** Attempts after the first of a trial. */
  readonly retries: number
  /** Attempts that may have been billed though no answer of them counts. */
  readonly possiblyBilled: number
  /** Time to first token in milliseconds: start of the final attempt to its first output. */
  readonly ttftMs: Percentiles
  /** Latency in milliseconds: start of the final attempt to its last output. */
  readonly latencyMs: Percentiles
}

/** The same figures as estimates, in USD: how far they would be from those of other rows like these. */
export interface CostEstimates {
  /** Of an answer whose cost is known; what other attempts billed is in the other two. */
  readonly perAnswer: Estimate
  /** `costPer1000Usd` with its interval. */
  readonly per1000: Estimate
  /** `costPerCorrectUsd` with its interval; without a right answer it has a lower limit alone. */
  readonly perCorrect: Estimate
}

/** A judge (any scorer) against people: passes and failures that both gave to the same answers. */
export interface Calibration {
  /** Answers that the judge has scored. */
  readonly scored: number
  /** Of those, the ones that people have labelled. */
  readonly labelled: number
  /** Samples that these belong to: the epochs of one are no independent evidence. */
  readonly labelledSamples: number
  /** Labelled answers that the judge has not scored: nothing is made of them. */
  readonly labelledUnscored: number
  /** Pass rate by the judge, over all that it has scored. */
  readonly judge: Estimate
  /** Pass rate over the labelled answers, by the judge. */
  readonly judgeOfLabelled: Estimate
  /** Pass rate over the labelled answers, by people. */
  readonly human: Estimate
  /** Labelled answers by both verdicts. */
  readonly confusion: Confusion
  /** Share of labelled answers on which both agree. */
  readonly agreement: Estimate
  /** Cohen's kappa, agreement beyond chance; null where both gave one verdict alone. */
  readonly kappa: Estimate
  /** Krippendorff's alpha of the same verdicts. */
  readonly alpha: Estimate
  /** Share of answers passed by people that the judge passes, 0..1. */
  readonly sensitivity: Estimate
  /** Share of answers failed by people that the judge fails, 0..1. */
  readonly specificity: Estimate
  /** Share of answers passed by the judge that people pass, 0..1. */
  readonly precision: Estimate
  /** Share of answers failed by the judge that people fail, 0..1. */
  readonly negativePredictive: Estimate
  /** The pass rate that people would have given to all scored answers. */
  readonly corrected: CorrectedRate
}

/** Labelled answers by both verdicts. */
export interface Confusion {
  /** Answers that both pass. */
  readonly bothPass: number
  /** Answers that people pass and the judge fails. */
  readonly onlyHumanPasses: number
  /** Answers that the judge passes and people fail. */
  readonly onlyJudgePasses: number
  /** Answers that both fail. */
  readonly bothFail: number
}

/** A pass rate by people's measure. */
export interface CorrectedRate extends Estimate {
  /** True: the judge's rate over all answers, corrected by its errors (PPI++). False: that of the labelled answers alone. */
  readonly usesJudge: boolean
  /** How far the judge is trusted, 0..1; null when it is not used. */
  readonly lambda: number | null
  /** What is missing until the judge can be used: labelled samples, and among them such that people fail or pass. */
  readonly missing: { readonly samples: number; readonly failures: number; readonly passes: number }
}

export interface Summary {
  /** Rises when a field changes its meaning or goes; new fields may come at any time. */
  readonly formatVersion: 1
  /** Name of the run folder: UTC time, dataset, six hex digits. */
  readonly runId: string
  /** A built-in simulator has answered or judged: the numbers say nothing about any model. */
  readonly simulated: boolean
  /** Name of the dataset, without folder and extension. */
  readonly dataset: string
  /** Endpoint that was asked, as typed after --provider. */
  readonly provider: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** From the first request to the last settlement, of the last session where the run was gone on with. */
  readonly wallMs: number
  /** Trials of the plan: samples × prompts × models × epochs. */
  readonly planned: number
  /** Trials with an answer. */
  readonly completed: number
  /** Trials given up without an answer. */
  readonly failed: number
  /** Trials not sent, or left unsettled: budget used up, run stopped, interrupted. */
  readonly skipped: number
  /** Completed trials whose answer an earlier run had paid for. */
  readonly cachedAnswers: number
  /** Decimal USD that those answers cost when they were made, as far as it is known. */
  readonly cacheSavedUsd: string
  /** Decimal USD of the attempts that counted; null when no trial has a known cost. */
  readonly costUsd: string | null
  /** Decimal USD that other attempts billed or may have billed, those of unfinished trials and judges included. */
  readonly retryCostUsd: string
  /** Judge calls and embeddings of all scorings of the run, in decimal USD; not in costUsd. */
  readonly judgeCostUsd: string
  /** Calls of judges and embedding models, of all scorings of the run. */
  readonly judgeCalls: number
  /** Attempts that may have been billed though no answer of them counts, those of unfinished trials included. */
  readonly possiblyBilled: number
  /** Completion tokens per second of that time, over all models. */
  readonly outputTokensPerSecond: number | null
  /** How fast it went out, and what the endpoint made of it; of this session alone when the run was resumed. */
  readonly pace: PaceReport
  /** Level of the intervals, 0..1. */
  readonly confidence: number
  /** Model × prompt, in the order of the command line. */
  readonly groups: readonly GroupSummary[]
  /** The same per slice, when slices were asked for. */
  readonly slices: readonly GroupSummary[]
  /** The verdict against the baseline; null without one. */
  readonly gate: GateReport | null
  /** What a reader has to know before acting on the numbers. */
  readonly notes: readonly string[]
}
