/** What happened? */
import type { CostSource } from '../plan/types.ts'
import type { ErrorKind, ToolCall } from '../provider/types.ts'
import type { Observation } from '../score/types.ts'

/** An attempt is about to be sent. Without a later line for it, it may have been billed. */
export interface StartedLine {
  readonly type: 'started'
  /** Trial key, or the key of the judge call. */
  readonly trial: string
  /** From 1. */
  readonly attempt: number
  /** Worst cost of the attempt, decimal USD; null when the model has no price. */
  readonly reservedUsd: string | null
}

/** An attempt failed: of a trial, one that will be tried again; of a judge call, any. */
export interface RetryingLine {
  readonly type: 'retrying'
  /** Trial key, or the key of the judge call. */
  readonly trial: string
  readonly attempt: number
  readonly errorKind: ErrorKind
  readonly error: string
  readonly status: number | null
  /** What the attempt billed, or at most may have billed, decimal USD; null when unknown. */
  readonly costUsd: string | null
  /** Whether that is a guess at the most it can be, since the server did not say. */
  readonly possiblyBilled: boolean
  readonly generationId: string | null
  readonly waitMs: number
}

/** The journal's line for a trial: its final attempt, with everything that results.csv needs. */
export interface TrialRecord {
  readonly type: 'settled'
  readonly trial: string
  readonly requestKey: string
  readonly sample: string
  readonly prompt: string
  readonly model: string
  readonly epoch: number
  readonly status: 'completed' | 'failed'
  /** Wall time of settlement, ISO 8601. */
  readonly at: string
  readonly attempts: number
  /** The answer; for a failed trial what had arrived of it. */
  readonly output: string
  readonly reasoning: string
  readonly refusal: string | null
  readonly toolCalls: readonly ToolCall[]
  readonly finishReason: string | null
  readonly promptTokens: number | null
  readonly completionTokens: number | null
  readonly reasoningTokens: number | null
  readonly cachedTokens: number | null
  readonly tokensSource: 'reported' | 'estimated' | null
  /** Cost of the attempt that counted, decimal USD; null when unknown. */
  readonly costUsd: string | null
  readonly costSource: CostSource | null
  /** Where the answer was made that the response cache had; null when it was made for this trial. */
  readonly fromCache: AnswerOrigin | null
  /** What the other attempts billed or may have billed, decimal USD; null when unknown. */
  readonly retryCostUsd: string | null
  /** Attempts of this trial that may have been billed though no answer of them counts. */
  readonly possiblyBilled: number
  readonly queueUs: number
  readonly ttftUs: number | null
  readonly latencyUs: number | null
  readonly retryUs: number
  readonly totalUs: number
  readonly errorKind: ErrorKind | null
  readonly error: string | null
  /** How many times in a row the trial has been given up with this same error; 0 when it was answered. */
  readonly sameFailures: number
  readonly servedModel: string | null
  readonly servedProvider: string | null
  readonly generationId: string | null
  readonly systemFingerprint: string | null
  readonly serviceTier: string | null
}

/** The run that paid for an answer. */
export interface AnswerOrigin {
  readonly runId: string
  /** When it was answered, ISO 8601. */
  readonly at: string
  /** What it cost then, decimal USD; null when unknown. */
  readonly costUsd: string | null
}

/** What a judge or an embedding model answered about one answer. A call that came to nothing has no such line. */
export interface JudgeRecord {
  readonly type: 'judged'
  /** Key of the call: the trial and what was asked about it. */
  readonly trial: string
  readonly kind: 'judge' | 'embedding'
  readonly model: string
  /** ISO 8601. */
  readonly at: string
  readonly attempts: number
  /** The judge's words; for embeddings the cosine similarities as a JSON list. */
  readonly text: string
  readonly promptTokens: number | null
  readonly completionTokens: number | null
  /** Cost of the attempt that counted, decimal USD; null when unknown. */
  readonly costUsd: string | null
  readonly costSource: CostSource | null
  /** What the other attempts billed or may have billed, decimal USD; null when unknown. */
  readonly retryCostUsd: string | null
  readonly possiblyBilled: number
  readonly latencyUs: number | null
  readonly servedModel: string | null
  readonly generationId: string | null
}

export type JournalLine = StartedLine | RetryingLine | TrialRecord | JudgeRecord

/** One trial scored in one pass: a line of scores.jsonl. */
export interface ScoreLine {
  readonly trial: string
  /** Which scoring pass, from 1; `assay eval` makes the first. */
  readonly pass: number
  /** Which scorers, as a key. */
  readonly scoring: string
  /** Joins the same question of two runs. */
  readonly pairKey: string
  /** What was asked of whom and what it took: runs are compared by their scores alone. Lines of older runs lack these. */
  readonly sample: string
  readonly epoch: number
  readonly model: string
  readonly prompt: string
  /** Cost of the answer when it was made, whoever paid it, decimal USD; null when unknown. */
  readonly costUsd: string | null
  readonly latencyUs: number | null
  /** Prompt and completion tokens; null when unknown. */
  readonly tokens: number | null
  readonly servedModel: string | null
  readonly servedProvider: string | null
  /** The run that the answer was made in, where that is another one: it came from the cache, or was recorded. */
  readonly answeredIn?: string
  /** Value of the --cluster column; left out without one. */
  readonly cluster?: string
  /** True when every scorer passes, null when one could not judge. */
  readonly passed: boolean | null
  /** Mean of the scores that are known, 0..1. */
  readonly score: number | null
  readonly scores: Readonly<Record<string, number | null>>
  readonly reason: string
  /** By label: whether the scorer passes; null when it could not judge. Left out where one scorer alone decides `passed`. */
  readonly passes?: Readonly<Record<string, boolean | null>>
  /** By label: what the scorer's run-level metric takes of this answer. */
  readonly observations?: Readonly<Record<string, Observation>>
  /** What the judges and embeddings behind it cost, whenever they were paid, decimal USD; null when unknown. */
  readonly judgeCostUsd: string | null
  /** True when a judge gave no answer: a later session makes the score again. */
  readonly isOpen: boolean
}

/** Which question of which model a line of scores.jsonl is about. */
export type ScorePlace = Pick<
  ScoreLine,
  'trial' | 'pass' | 'pairKey' | 'sample' | 'epoch' | 'model' | 'prompt' | 'cluster'
>

/** A trial that was asked and has no score, beside the scores of the others. A later line of the trial replaces it. */
export interface UnscoredLine extends ScorePlace {
  /** Null: it was answered, and nothing scores the row. */
  readonly failed: ErrorKind | null
}

/** What earlier lines say of this question holds no longer: it is asked anew in other words or with other settings. */
export interface StaleLine extends ScorePlace {
  readonly stale: true
}

/** What makes a run repeatable. Written before the first request; never holds a key. */
export interface Manifest {
  readonly formatVersion: 1
  readonly runId: string
  readonly startedAt: string
  readonly assayVersion: string
  readonly nodeVersion: string
  /** Commit of the folder the run was started in; null outside git. */
  readonly gitCommit: string | null
  /** True when a built-in simulator answered: never comparable with a real run. */
  readonly simulated: boolean
  /** Settings as used, by config key; what would name this machine (absolute paths, ports, keys) is left out. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly dataset: {
    readonly name: string
    readonly format: string
    /** SHA-256 of the bytes; null when reading stopped before the end (--limit). */
    readonly sha256: string | null
    /** Samples selected. */
    readonly samples: number
    /** Hash of the selected samples: two runs of one version have asked the same questions. Absent in older runs. */
    readonly version?: string
  }
  readonly prompts: readonly { readonly name: string; readonly id: string; readonly text: string }[]
  readonly provider: { readonly name: string; readonly baseUrl: string }
  /** Models that judge, and where; null: none. */
  readonly judges: ManifestJudges | null
  /** The model that makes embeddings; null: none. */
  readonly embeddings: ManifestJudges | null
  /** Price rows as used, decimal USD per million tokens; null = unknown. */
  readonly prices: readonly ManifestPrice[]
  readonly scorers: readonly string[]
  readonly trials: number
  readonly seed: number
  /** What was typed, by config key: a resume without them means these. Never a key; paths relative to the working folder. */
  readonly flags: Readonly<Record<string, unknown>>
  /** The runs that this one is compared with, by id; null: none. Absent in older runs. */
  readonly baselineRuns?: readonly string[] | null
  /** Ids of the shards that the run was merged from, in their order. Absent: it was run as one. */
  readonly shards?: readonly string[]
  /** Every later session, in order; of a merged run those of its shards first. */
  readonly resumes: readonly ManifestResume[]
  /** Every pass of scorers over the answers, once; the reports show the last. */
  readonly scorings: readonly ManifestScoring[]
}

/** One pass of scorers: what the lines of scores.jsonl with its number were made by. */
export interface ManifestScoring {
  readonly pass: number
  readonly at: string
  /** Which scorers, as their lines tell it. Absent in older runs. */
  readonly key?: string
  /** Scorers whose code nobody can know to be the same the next time: `key` is another one then, whatever they do. */
  readonly codeUnknown?: readonly string[]
  /** The same key with those scorers at their names: what two runs are compared by. Absent in older runs. */
  readonly knownKey?: string
  readonly scorers: readonly string[]
  readonly judges: readonly string[]
  /** As in `settings`: what the scorers weigh, from when they pass, and how they are combined. */
  readonly weight: unknown
  readonly threshold: unknown
  readonly combine: unknown
}

export interface ManifestJudges {
  readonly models: readonly string[]
  readonly name: string
  readonly baseUrl: string
}

/** One session that went on with the run. */
export interface ManifestResume {
  readonly at: string
  readonly assayVersion: string
  /** Trials whose answers (or failures) of earlier sessions hold. */
  readonly reused: number
  /** Failed trials that are asked again. */
  readonly retried: number
  /** Trials with an answer to an older wording, asked anew. */
  readonly rerun: number
  /** Trials never answered so far. */
  readonly remaining: number
  /** Answers in the journal that no trial asks for any more. */
  readonly dropped: number
  /** Settings that differ from the session before, by config key. */
  readonly changed: readonly string[]
}

export interface ManifestPrice {
  readonly model: string
  readonly inputUsdPerMillion: string | null
  readonly outputUsdPerMillion: string | null
  readonly cacheReadUsdPerMillion: string | null
  readonly source: string
  readonly asOf: string | null
}
