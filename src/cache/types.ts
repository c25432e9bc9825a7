/** What is kept of an answer, so that a later run need not pay for it again? */
import type { AnswerOrigin, TrialRecord } from '../journal/types.ts'

/** Of a completed trial's record what belongs to the answer, and where the answer comes from. */
export interface CachedAnswer
  extends AnswerOrigin,
    Pick<
      TrialRecord,
      | 'model'
      | 'output'
      | 'reasoning'
      | 'refusal'
      | 'toolCalls'
      | 'finishReason'
      | 'promptTokens'
      | 'completionTokens'
      | 'reasoningTokens'
      | 'cachedTokens'
      | 'tokensSource'
      | 'servedModel'
      | 'servedProvider'
      | 'generationId'
      | 'systemFingerprint'
      | 'serviceTier'
    > {
  readonly costSource: TrialRecord['costSource']
}

/** What a cache holds. */
export interface CacheStats {
  /** Requests that have an answer. */
  readonly answers: number
  readonly files: number
  readonly bytes: number
  /** Lines that are passed over because their checksum does not hold. */
  readonly damagedLines: number
  /** When the oldest and the newest answer were made, ISO 8601; null without answers. */
  readonly oldest: string | null
  readonly newest: string | null
  /** In alphabetical order. */
  readonly models: readonly ModelAnswers[]
}

/** The answers of one model. */
export interface ModelAnswers {
  readonly model: string
  readonly answers: number
  /** What they cost when they were made as far as that is known, decimal USD. */
  readonly costUsd: string
}
