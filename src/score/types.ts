/** Was it right? What a scorer is and what it returns. */
import type { Message } from '../prompt/types.ts'
import type { ToolCall } from '../provider/types.ts'

/** What a scorer may look at. All of it is text from outside: never run, never resolved to a file. */
export interface ScoreInput {
  /** The model's answer; reasoning is not part of it. */
  readonly output: string
  /** The right answers of this sample; matching any one of them is enough. Empty when the dataset has none. */
  readonly expected: readonly string[]
  /** All columns of the sample, by column name. */
  readonly vars: Readonly<Record<string, string>>
  /** What the model was asked. */
  readonly messages: readonly Message[]
  /** How the answer came. */
  readonly facts: AnswerFacts
}

/** What is known of an answer beside its text. Null = unknown, e.g. the latency of an answer that was not made now. */
export interface AnswerFacts {
  /** `stop`, `length`, `tool_calls`, `content_filter` … */
  readonly finishReason: string | null
  /** The model's own words where it declined by the API's field for that. */
  readonly refusal: string | null
  readonly toolCalls: readonly Pick<ToolCall, 'name' | 'arguments'>[]
  /** Of the attempt that was answered. */
  readonly latencyMs: number | null
  readonly ttftMs: number | null
  /** Decimal USD. */
  readonly costUsd: string | null
  readonly completionTokens: number | null
}

export interface Score {
  /** Share of full marks, 0..1; null when the scorer could not judge (then `reason` says why). */
  readonly value: number | null
  /** Whether the score meets the scorer's threshold; null exactly when `value` is null. */
  readonly pass: boolean | null
  /** One short sentence for people: what was compared with what. */
  readonly reason: string
  /** What the scorer's run-level metric takes of this answer. */
  readonly observation?: Observation
}

/** A few facts of one answer, as the metric of its scorer defines them; kept in scores.jsonl. */
export type Observation = readonly (string | number)[]

/**
 * Scores one answer. Must not throw for any output; a scorer that cannot judge returns null with a reason. Only scorers that
 * ask models use `judges`; they let its NotJudged pass through.
 */
export type ScoreFunction = (input: ScoreInput, judges: Judges) => Score | Promise<Score>

/** The models that grade, as scorers may call them: budget, journal, retries and cache are seen to by the run. */
export interface Judges {
  /** The panel, in the order given; empty without --judge. */
  readonly models: readonly string[]
  /** How several judges come to one score. */
  readonly panel: 'majority' | 'mean'
  /** The text that the judge answers. Rejects with NotJudged when it does not come. */
  ask(question: JudgeQuestion): Promise<string>
  /** Cosine similarity, −1..1, of the embedding of a text to that of each other text. Rejects with NotJudged. */
  similarities(text: string, others: readonly string[]): Promise<readonly number[]>
}

export interface JudgeQuestion {
  /** One of `Judges.models`. */
  readonly model: string
  readonly messages: readonly Message[]
  /** JSON schema of the answer, sent where the endpoint takes one. */
  readonly schema: Readonly<Record<string, unknown>>
}

/** A judge gave no answer (out of budget, stopped, endpoint down): the answer is to be judged by a later session. */
export class NotJudged extends Error {
  override readonly name = 'NotJudged'
}

/** Where a scorer stands in the index of the docs; one that asks a model stands among those. */
export type ScorerGroup = 'text' | 'numbers' | 'formats' | 'answer'

/** One entry of the registry: everything true of a scorer is written here, and docs and checks are derived from it. */
export interface Scorer {
  /** As typed after --scorer. Lower case, kebab-case. */
  readonly name: string
  /** One sentence for the docs: what makes an answer pass. */
  readonly summary: string
  /** The rest of the docs in Markdown: how it is computed, edge cases, the source of a formula. */
  readonly details?: string
  /** `text` unless given. */
  readonly group?: ScorerGroup
  /** Shown on the scorer's page, and tested. */
  readonly examples?: readonly ScorerExample[]
  /** What may follow the colon in `--scorer name:argument`, for the docs; null when nothing may. */
  readonly argument: string | null
  /** True when samples without an expected answer cannot be scored: refused before anything is sent. */
  readonly needsExpected: boolean
  /** Which models it asks: without them it is refused before anything is sent. */
  readonly asks?: 'judge' | 'embeddings'
  /** How many calls it makes for one answer and each judge of the panel; 1 unless given. */
  readonly callsPerJudge?: number
  /** What all its observations come to over a run. */
  readonly metric?: RunMetric
  /**
   * `type` words of promptfoo's `__expected` cells that mean this scorer, with the argument each stands for. `{number}` in an
   * argument is the number in the cell's parentheses, as in `latency(200)`, and has to be there; `{number=5}` may be left out.
   * In a cell of any other word such a number is the score from which the answer passes.
   */
  readonly promptfooTypes?: Readonly<Record<string, string | undefined>>
  /** The argument as labels show it, where that is not as typed: no path may get into a report. */
  labelOf?(argument: string): string
  /** The path of the file that the argument names: when its content changes, scores are made again. */
  fileOf?(argument: string): string | undefined
  /** Reads the argument once per run. Throws UserError when it is wrong. */
  create(argument: string | undefined): ScoreFunction
  /** Why this sample cannot be scored by the scorer (e.g. expected is no number), or undefined when it can. */
  checkSample?(sample: Pick<ScoreInput, 'expected' | 'vars'>, argument: string | undefined): string | undefined
}

/** An entry of the registry; a scorer of the user's own and a negated one have no page. */
export interface DocumentedScorer extends Scorer {
  readonly details: string
  readonly examples: readonly ScorerExample[]
}

/** One answer with the score that it gets. */
export interface ScorerExample {
  readonly argument?: string
  readonly output: string
  readonly expected?: readonly string[]
  readonly vars?: Readonly<Record<string, string>>
  readonly facts?: Partial<AnswerFacts>
  /** What the judges answer, in the order in which they are asked. */
  readonly judgeSays?: readonly string[]
  /** The value may be rounded to three decimals. */
  readonly score: Pick<Score, 'value' | 'pass'>
}

/**
 * Figures over all answers of a run that are no means of scores, such as macro-F1. They are made of sums over the answers, so
 * that any part of the answers can be weighed anew: their intervals come from resampling.
 */
export interface RunMetric {
  /** Names and meanings of the figures, for the docs. */
  readonly figures: Readonly<Record<string, string>>
  /** Figures that are shares of the answers, each telling by itself whether it counts: their interval is that of a pass rate. */
  readonly shares?: readonly string[]
  /** Figures that resampling has no fair interval for, such as a maximum. */
  readonly withoutInterval?: readonly string[]
  /** For one model × prompt × slice; memory must not grow with the answers. */
  create(): MetricSums
}

/** How the sums are made, and what they come to. They are kept by the caller: for all answers, and for parts of them. */
export interface MetricSums {
  /** What an answer adds, as place and amount in turn. Places count from 0 and are given out as they are needed. */
  termsOf(observation: Observation): readonly number[]
  /** By name; null where it is not defined (no answer of a class). What is beyond the end of `sums` is 0. */
  figuresOf(sums: ArrayLike<number>): Readonly<Record<string, number | null>>
  /** A table of counts for people, such as a confusion matrix: rows are expected, columns predicted. */
  tableOf?(sums: ArrayLike<number>): MetricTable | undefined
}

export interface MetricTable {
  /** What is counted. */
  readonly title: string
  /** Heads of the columns. */
  readonly columns: readonly string[]
  /** A label and its cells, one for each column; null: not defined. */
  readonly rows: readonly { readonly label: string; readonly cells: readonly (number | null)[] }[]
}

/** A scorer as asked for: its name and argument, read. */
export interface ParsedScorer {
  /** As typed, e.g. `last-line > f1:0.8`, a file without its folder; names the score in reports. */
  readonly label: string
  /** Its entry; negated or behind a filter, what is true of it then. */
  readonly scorer: Scorer
  readonly argument: string | undefined
  readonly score: ScoreFunction
  /** Equal as long as equal answers get equal scores; null when nobody can know, and scores are made anew by each session. */
  readonly fingerprint: string | null
}

/** All scores of one answer, and what they come to. */
export interface TrialScore {
  /** Whether the answer passes, as `combine` says; null when a scorer that would decide could not judge. */
  readonly pass: boolean | null
  /** Weighted mean of the values that are not null, 0..1; null when there is none. */
  readonly score: number | null
  /** By label. */
  readonly scores: Readonly<Record<string, Score>>
  /** One line for people, at most 200 characters. */
  readonly reason: string
  /** False when a judge gave no answer: the score is to be made again by a later session. */
  readonly isFinal: boolean
}
