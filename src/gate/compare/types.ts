/** How do runs, models and prompts differ, pair by pair? What a comparison says; nothing of it is a verdict. */
import type { Interval } from '../../stats/interval.ts'
import type { PairCounts } from '../types.ts'

/** Whether more is better, and what differences are told in. */
export type ComparedKind =
  /** 0..1, higher is better: pass rates and scores. */
  | 'quality'
  /** Share of failed trials: lower is better. */
  | 'failures'
  /** Any unit, lower is better: cost and tokens. */
  | 'amount'
  /** Milliseconds, lower is better: compared by ratios, since a slow answer is slow by a factor. */
  | 'latency'

/** A ratio candidate / baseline; limits are null where there are none. */
export interface ComparedRatio {
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly method: string
}

/** One metric over the pairs of two model × prompt. Differences are candidate − baseline. */
export interface ComparedMetric extends PairCounts {
  /** pass_rate, score:<label>, failures, cost, tokens or latency. */
  readonly name: string
  readonly kind: ComparedKind
  readonly unit: 'share' | 'USD' | 'tokens' | 'ms'
  /** Means over the samples that have a value on both sides. */
  readonly baseline: number | null
  readonly candidate: number | null
  readonly difference: number | null
  /** Limits at `confidence` of the report; null where the pairs do not tell any. */
  readonly low: number | null
  readonly high: number | null
  readonly method: string
  /** Of amounts the totals, of latency the geometric mean; null for shares. */
  readonly ratio: ComparedRatio | null
  /** Two-sided, of "no difference"; null where it cannot be told. */
  readonly pValue: number | null
  readonly test: string
  /** The p-value for all quality metrics of the report together; for other metrics the p-value itself. */
  readonly adjustedPValue: number | null
  /** Both the interval and the adjusted p-value rule out that nothing differs. */
  readonly isProven: boolean
  /** Samples on which the candidate's value is higher, equal, lower. */
  readonly higher: number
  readonly equal: number
  readonly lower: number
  /** (higher − lower) / samples; null without samples. */
  readonly net: number | null
  /** Share of the higher ones among those that are not equal, with Wilson limits; null where all are equal. */
  readonly higherShare: Interval | null
  /** Difference (latency: change of the ratio) that 80 % of comparisons of this size would prove; null where it cannot be told. */
  readonly minimumDetectable: number | null
  /** The difference if every missing value were the worst for the candidate, and the best; null where few are missing. */
  readonly worstCase: { readonly low: number; readonly high: number } | null
  /** What a reader has to know beside the numbers. */
  readonly flags: readonly string[]
}

/** The main metric over the rows of one slice. */
export interface ComparedSlice extends ComparedMetric {
  /** `column=value`. */
  readonly slice: string
  readonly column: string
  readonly value: string
}

/** Which answers are meant. */
export interface ComparedPlace {
  /** Run id. */
  readonly run: string
  readonly model: string
  readonly prompt: string
}

/** Shares 0..1 of the answers by who served them; '' is unknown. */
export interface ServedShares {
  readonly models: Readonly<Record<string, number>>
  readonly providers: Readonly<Record<string, number>>
}

/** One answer of a sample that passes on one side alone. */
export interface Flip {
  /** `wrong`: the baseline passes, the candidate fails. */
  readonly went: 'wrong' | 'right'
  readonly sample: string
  readonly epoch: number
  readonly candidate: FlipSide
  readonly baseline: FlipSide
  /** The right answers; null when the run folder has no samples. */
  readonly expected: readonly string[] | null
}

export interface FlipSide extends ComparedPlace {
  /** Null when the run folder has no journal. */
  readonly output: string | null
  /** Whether the answer was cut off at the token limit, as the endpoint told. */
  readonly isTruncated: boolean
  /** Why it passes or fails, in the scorer's words. */
  readonly reason: string
}

/** How many answers flipped, and the first of them. */
export interface FlipCounts {
  readonly metric: string
  readonly wrong: number
  readonly right: number
  /** As many of each as were asked for, in the order of sending. */
  readonly listed: readonly Flip[]
}

/** One model × prompt against the one that it is compared with. */
export interface ComparedPair {
  readonly candidate: ComparedPlace
  readonly baseline: ComparedPlace
  /** Trials that both have asked, and that one alone has. */
  readonly trials: { readonly both: number; readonly onlyCandidate: number; readonly onlyBaseline: number }
  /** The first quality metric, if there is any, is the main one: that of slices and flips. */
  readonly metrics: readonly ComparedMetric[]
  readonly slices: readonly ComparedSlice[]
  /** Scores that are the pass rate in every row, and so no metrics of their own. */
  readonly sameAsPassRate: readonly string[]
  readonly servedBy: { readonly candidate: ServedShares; readonly baseline: ServedShares }
  /** Null where no metric tells passes from failures. */
  readonly flips: FlipCounts | null
  /** Changes beside the answers, such as other upstream providers. */
  readonly notes: readonly string[]
}

/** A run that takes part. */
export interface ComparedRun {
  readonly run: string
  readonly startedAt: string
  readonly dataset: string
  readonly samples: number
}

/** How p-values are adjusted for the number of comparisons. */
export type Adjustment = 'holm' | 'bh'

/** Everything that `assay compare` says. */
export interface ComparisonReport {
  readonly formatVersion: 1
  readonly simulated: boolean
  readonly confidence: number
  readonly baseline: ComparedRun
  /** The other runs; empty where models and prompts of one run are compared. */
  readonly candidates: readonly ComparedRun[]
  readonly pairs: readonly ComparedPair[]
  /** How many p-values are adjusted together, and how. */
  readonly adjusted: {
    readonly quality: { readonly method: Adjustment; readonly comparisons: number }
    readonly slices: { readonly method: Adjustment; readonly comparisons: number }
  }
  /** What was left out of the comparison, and why. */
  readonly notes: readonly string[]
}
