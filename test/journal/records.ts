/** Records and scores as a run would leave them, with what a test wants different. */
import type { ScoreLine, TrialRecord } from '../../src/journal/types.ts'

/** A trial that was answered at the first attempt. */
export function completed(changes: Partial<TrialRecord> = {}): TrialRecord {
  return {
    type: 'settled',
    trial: '00000000000000000000000000000001',
    requestKey: '000000000000000000000000000000aa',
    sample: 'q1',
    prompt: 'question',
    model: 'mistralai/mistral-small',
    epoch: 1,
    status: 'completed',
    at: '2025-01-15T10:00:00.000Z',
    attempts: 1,
    output: 'Paris',
    reasoning: '',
    refusal: null,
    toolCalls: [],
    finishReason: 'stop',
    promptTokens: 18,
    completionTokens: 2,
    reasoningTokens: 0,
    cachedTokens: 0,
    tokensSource: 'reported',
    costUsd: '0.0000048',
    costSource: 'reported',
    fromCache: null,
    retryCostUsd: '0',
    possiblyBilled: 0,
    queueUs: 120,
    ttftUs: 61_500,
    latencyUs: 80_000,
    retryUs: 0,
    totalUs: 80_120,
    errorKind: null,
    error: null,
    sameFailures: 0,
    servedModel: 'mistralai/mistral-small-2409',
    servedProvider: 'Mistral',
    generationId: 'gen-1',
    systemFingerprint: null,
    serviceTier: null,
    ...changes,
  }
}

/** A trial that failed for good: nothing about an answer is known. */
export function failed(changes: Partial<TrialRecord> = {}): TrialRecord {
  return completed({
    status: 'failed',
    attempts: 6,
    output: '',
    finishReason: null,
    promptTokens: null,
    completionTokens: null,
    reasoningTokens: null,
    cachedTokens: null,
    tokensSource: null,
    costUsd: null,
    costSource: null,
    ttftUs: null,
    latencyUs: null,
    errorKind: 'provider_error',
    error: 'the provider answered 502',
    servedModel: null,
    servedProvider: null,
    generationId: null,
    ...changes,
  })
}

/** The score of one scorer, `exact`, unless told otherwise. */
export function scored(value: number | null, changes: Partial<ScoreLine> = {}): ScoreLine {
  return {
    trial: '00000000000000000000000000000001',
    pass: 1,
    scoring: 'these',
    pairKey: '000000000000000000000000000000bb',
    sample: '7',
    epoch: 1,
    model: 'mistralai/mistral-small',
    prompt: 'question',
    costUsd: '0.00001',
    latencyUs: 1_000,
    tokens: 20,
    servedModel: null,
    servedProvider: null,
    passed: value === null ? null : value === 1,
    score: value,
    scores: { exact: value },
    reason: value === 1 ? 'equal' : 'expected "Paris", found "paris?"',
    judgeCostUsd: '0',
    isOpen: false,
    ...changes,
  }
}
