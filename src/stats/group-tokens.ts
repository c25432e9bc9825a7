/** How many tokens do the answers of a group take? */
import type { TrialRecord } from '../journal/types.ts'
import { amountEstimate, ClusterTotals, type Place } from './cluster-totals.ts'
import type { GroupSummary } from './types.ts'

/** The figures of a group that are made here. */
export type TokenFigures = Pick<
  GroupSummary,
  'promptTokens' | 'completionTokens' | 'reasoningTokens' | 'cachedTokens' | 'tokensEstimated' | 'tokensPerAnswer'
>

/** Of completed trials. */
export class GroupTokens {
  readonly #prompt = new Tokens()
  readonly #completion = new Tokens()
  readonly #reasoning = new Tokens()
  readonly #cached = new Tokens()
  #estimated = 0

  add(place: Place, record: TrialRecord): void {
    this.#prompt.add(place, record.promptTokens)
    this.#completion.add(place, record.completionTokens)
    this.#reasoning.add(place, record.reasoningTokens)
    this.#cached.add(place, record.cachedTokens)
    if (record.tokensSource === 'estimated') this.#estimated += 1
  }

  finish(confidence: number): TokenFigures {
    const perAnswer = (tokens: Tokens): TokenFigures['tokensPerAnswer']['prompt'] =>
      amountEstimate(tokens.perAnswer.totals(), confidence)
    return {
      promptTokens: this.#prompt.sum,
      completionTokens: this.#completion.sum,
      reasoningTokens: this.#reasoning.sum,
      cachedTokens: this.#cached.sum,
      tokensPerAnswer: {
        prompt: perAnswer(this.#prompt),
        completion: perAnswer(this.#completion),
        reasoning: perAnswer(this.#reasoning),
      },
      tokensEstimated: this.#estimated,
    }
  }
}

/** Tokens of one kind. */
class Tokens {
  readonly perAnswer = new ClusterTotals()
  sum = 0

  /** Null: nobody knows. */
  add(place: Place, tokens: number | null): void {
    if (tokens === null) return
    this.sum += tokens
    this.perAnswer.add(place, tokens)
  }
}
