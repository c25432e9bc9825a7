/** Was it right? What a scorer is and what it returns. */

/** What a scorer may look at. All of it is text from outside: never run, never resolved to a file. */
export interface ScoreInput {
  /** The model's answer; reasoning is not part of it. */
  readonly output: string
  /** The right answers of this sample; matching any one of them is enough. Empty when the dataset has none. */
  readonly expected: readonly string[]
  /** All columns of the sample, by column name. */
  readonly vars: Readonly<Record<string, string>>
}

export interface Score {
  /** Share of full marks, 0..1; null when the scorer could not judge (then `reason` says why). */
  readonly value: number | null
  /** Whether the score meets the scorer's threshold; null exactly when `value` is null. */
  readonly pass: boolean | null
  /** One short sentence for people: what was compared with what. */
  readonly reason: string
}

/** Scores one answer. Must not throw for any output; a scorer that cannot judge returns null with a reason. */
export type ScoreFunction = (input: ScoreInput) => Score | Promise<Score>

/** One entry of the registry: everything true of a scorer is written here, and docs and checks are derived from it. */
export interface Scorer {
  /** As typed after --scorer. Lower case, kebab-case. */
  readonly name: string
  /** One sentence for the docs: what makes an answer pass. */
  readonly summary: string
  /** What may follow the colon in `--scorer name:argument`, for the docs; null when nothing may. */
  readonly argument: string | null
  /** True when samples without an expected answer cannot be scored: refused before anything is sent. */
  readonly needsExpected: boolean
  /** `type` words of promptfoo's `__expected` cells that mean this scorer, with the argument each stands for. */
  readonly promptfooTypes?: Readonly<Record<string, string | undefined>>
  /** The argument as labels show it, where that is not as typed: no path may get into a report. */
  labelOf?(argument: string): string
  /** Reads the argument once per run. Throws UserError when it is wrong. */
  create(argument: string | undefined): ScoreFunction
  /** Why this sample cannot be scored by the scorer (e.g. expected is no number), or undefined when it can. */
  checkSample?(sample: Pick<ScoreInput, 'expected' | 'vars'>, argument: string | undefined): string | undefined
}

/** A scorer as asked for: its name and argument, read. */
export interface ParsedScorer {
  /** As typed, e.g. `f1:0.8`, a file without its folder; names the score in reports. */
  readonly label: string
  readonly scorer: Scorer
  readonly argument: string | undefined
  readonly score: ScoreFunction
}

/** All scores of one answer, and what they come to. */
export interface TrialScore {
  /** True when every scorer passes, false when one fails, null when none fails but one could not judge. */
  readonly pass: boolean | null
  /** Mean of the values that are not null, 0..1; null when there is none. */
  readonly score: number | null
  /** By label. */
  readonly scores: Readonly<Record<string, Score>>
  /** One line for people, at most 200 characters. */
  readonly reason: string
}
