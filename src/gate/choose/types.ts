/** Which is the cheapest model that is good enough? What is asked, and what comes out of it. */
import type { Estimate } from '../../stats/types.ts'

/** One that may be chosen: a model with one of the prompts. */
export interface Contender {
  readonly model: string
  readonly prompt: string
  /** USD for a million tokens in and a million out, which ranks it as long as no answer has a known cost; null: unknown. */
  readonly listPriceUsd: number | null
}

/** What is fixed before the first answer. */
export interface ChooseDesign {
  readonly contenders: readonly Contender[]
  /** The contender that all others are held against; null: whichever is best. */
  readonly reference: number | null
  /** δ, by how much a good one may be worse, 0 < δ < 1. */
  readonly margin: number
  /** At most this share of runs makes any mistake; half of it goes to wrong drops, half to wrong acceptances. */
  readonly alpha: number
  /** As reports name it: pass_rate, or score:<label>. */
  readonly metric: string
  /** Names the streams of resampled figures. */
  readonly seed: number
}

export type ContenderState =
  /** The answer. */
  | 'chosen'
  /** "Worse than the best by the margin or more" is rejected. */
  | 'accepted'
  /** "Within the margin of the best" is rejected: not asked any more. */
  | 'dropped'
  | 'undecided'

/** A difference with its limits. */
export interface DifferenceEstimate {
  readonly value: number | null
  readonly low: number
  readonly high: number
}

/** What is known of one contender at the end. */
export interface ContenderReport {
  readonly model: string
  readonly prompt: string
  readonly state: ContenderState
  /** Rows, in committed order, that the verdict has used of it. */
  readonly rows: number
  /** Row at which it was dropped, from 1; null: it was not. */
  readonly droppedAtRow: number | null
  /** Trials without a score among those rows: they count against every hypothesis that they could help to reject. */
  readonly missing: number
  /** Mean score, its interval valid at any stop. */
  readonly quality: Estimate
  /**
   * To the best of all, itself included, so that 0 is the most that it can be; to the reference, where one is named. The limits
   * hold for all contenders and at any stop together. Null: it is the reference.
   */
  readonly difference: DifferenceEstimate | null
  /** Mean cost of 1,000 answers as they were when made, decimal USD, judges apart; null when unknown. */
  readonly costPer1000Usd: string | null
  readonly latencyP50Ms: number | null
  /** Whether no other remaining one is better, cheaper and faster; null for those that were dropped. */
  readonly frontier: FrontierReport | null
}

export interface FrontierReport {
  /** Share of resampled row sets in which it is on the frontier. */
  readonly probability: number
  /** On from 0.95, off up to 0.05. */
  readonly word: 'on' | 'off' | 'undecided'
}

/** Names a contender. */
export type ContenderName = Pick<Contender, 'model' | 'prompt'>

export interface ChoiceReport {
  readonly formatVersion: 1
  readonly verdict: 'CHOSEN' | 'INCONCLUSIVE'
  readonly runId: string
  readonly simulated: boolean
  readonly dataset: string
  readonly design: Omit<ChooseDesign, 'contenders' | 'reference'> & { readonly reference: ContenderName | null }
  /** SHA-256 prefix over design, models and dataset version: a change after seeing data is a new question. */
  readonly designHash: string
  readonly chosen: ContenderName | null
  /** What is open where nothing is chosen: nobody knows yet whether these are good enough. */
  readonly undecided: readonly ContenderName[]
  /** The cheapest that is known to be good enough; null: none. */
  readonly cheapestAccepted: ContenderName | null
  /**
   * About how many more rows would settle it, if what was seen so far is the truth; null: none would, the rows are too few to
   * tell, or nothing is open.
   */
  readonly rowsToSettle: number | null
  /** No number of rows would settle it: not even were the true differences two standard errors further from the margin. */
  readonly isNearMargin: boolean
  readonly rowsUsed: number
  readonly rowsPlanned: number
  readonly trialsAsked: number
  readonly trialsPlanned: number
  /** Decimal USD that the answers of the run were billed; null when unknown. */
  readonly spentUsd: string | null
  /** What asking every model every question would have cost at the mean costs seen, decimal USD; null when unknown. */
  readonly fullGridUsd: string | null
  readonly contenders: readonly ContenderReport[]
  /** Rows that the frontier was resampled from, and what it weighs beside quality. */
  readonly frontier: { readonly rows: number; readonly weighs: readonly string[] }
  /** What a reader has to know before acting on it. */
  readonly notes: readonly string[]
}
