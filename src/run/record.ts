/** outcome → record: the journal's line for a trial, with tokens and money as far as they are known. */
import type { CachedAnswer } from '../cache/types.ts'
import { RETRY_TABLE } from '../dispatch/retry.ts'
import type { Outcome } from '../dispatch/types.ts'
import type { AnswerOrigin, TrialRecord } from '../journal/types.ts'
import type { Clock } from '../lib/clock.ts'
import { formatUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import { costOf } from '../plan/cost.ts'
import { countPromptTokens, countTokens, tokenFamily } from '../prompt/tokens.ts'
import type { Message } from '../prompt/types.ts'
import { type Completion, ProviderError, type Usage } from '../provider/types.ts'
import type { PreparedTrial } from './prepare-trial.ts'
import type { ReplayedAnswer } from './replay.ts'
import type { Failure } from './resume.ts'

/** Money of attempts that do not count. */
export interface Losses {
  /** What they billed or may have billed; null when one may have been billed and there is no price to tell how much. */
  readonly lostUsd: Usd | null
  /** How many of them may have been billed. */
  readonly possiblyBilled: number
}

export const NOTHING_LOST: Losses = { lostUsd: ZERO_USD, possiblyBilled: 0 }

export function sumOfLosses(one: Losses, other: Losses): Losses {
  return {
    lostUsd: one.lostUsd === null || other.lostUsd === null ? null : one.lostUsd + other.lostUsd,
    possiblyBilled: one.possiblyBilled + other.possiblyBilled,
  }
}

/** What came before the attempt that decides a trial. */
export interface Earlier extends Losses {
  /** Of earlier sessions. */
  readonly attempts: number
  /** The failure that the record replaces. */
  readonly failure: Failure | null
}

/** What an answer used and cost. */
export interface Billing {
  readonly usage: Usage
  /** Null when unknown. */
  readonly costUsd: Usd | null
  readonly source: TrialRecord['costSource']
}

export function completedRecord(
  prepared: PreparedTrial,
  outcome: Extract<Outcome<Completion>, { kind: 'completed' }>,
  billing: Billing,
  earlier: Earlier,
  clock: Clock,
): TrialRecord {
  const completion = outcome.value
  // One literal without a spread: V8 then makes the object at once, where a spread costs 27 KB of garbage per trial.
  return {
    type: 'settled',
    trial: prepared.trialKey,
    requestKey: prepared.requestKey,
    sample: prepared.sample.id,
    prompt: prepared.prompt.name,
    model: prepared.model.slug,
    epoch: prepared.trial.epoch,
    status: 'completed',
    at: clock.wallTime().toISOString(),
    attempts: earlier.attempts + outcome.attempts,
    output: completion.text,
    reasoning: completion.reasoningText,
    refusal: completion.refusal,
    toolCalls: completion.toolCalls,
    finishReason: completion.finishReason,
    promptTokens: billing.usage.promptTokens,
    completionTokens: billing.usage.completionTokens,
    reasoningTokens: billing.usage.reasoningTokens,
    cachedTokens: billing.usage.cachedTokens,
    tokensSource: completion.usage === null ? 'estimated' : 'reported',
    costUsd: billing.costUsd === null ? null : formatUsd(billing.costUsd),
    costSource: billing.source,
    fromCache: null,
    retryCostUsd: earlier.lostUsd === null ? null : formatUsd(earlier.lostUsd),
    possiblyBilled: earlier.possiblyBilled,
    queueUs: outcome.queueUs,
    ttftUs: completion.timing.ttftUs,
    latencyUs: completion.timing.latencyUs,
    retryUs: outcome.retryUs,
    totalUs: outcome.queueUs + outcome.retryUs + completion.timing.latencyUs,
    errorKind: null,
    error: null,
    sameFailures: 0,
    servedModel: completion.servedModel,
    servedProvider: completion.servedProvider,
    generationId: completion.generationId,
    systemFingerprint: completion.systemFingerprint,
    serviceTier: completion.serviceTier,
  }
}

/** An answer of the response cache. */
export function cachedRecord(
  prepared: PreparedTrial,
  { runId, at, costUsd, ...answer }: CachedAnswer,
  earlier: Earlier,
  clock: Clock,
): TrialRecord {
  return existingRecord(prepared, { answer, origin: { runId, at, costUsd }, source: 'cache' }, earlier, clock)
}

/** A recorded answer; a failure where the earlier run has none. */
export function replayedRecord(
  prepared: PreparedTrial,
  { answer, origin }: ReplayedAnswer,
  earlier: Earlier,
  clock: Clock,
): TrialRecord {
  if (answer !== null) return existingRecord(prepared, { answer, origin, source: 'replay' }, earlier, clock)
  const error = new ProviderError(
    'empty',
    'the replayed run has no answer for this row as it is now, prompt, model and epoch',
  )
  return failedRecord(prepared, { kind: 'failed', error, attempts: 0, queueUs: 0, retryUs: 0 }, earlier, clock)
}

interface ExistingAnswer {
  readonly answer: Omit<CachedAnswer, keyof AnswerOrigin>
  readonly origin: AnswerOrigin | null
  readonly source: 'cache' | 'replay'
}

/** Nothing was sent: it costs nothing and took no time, and how fast the answer once came is not measured here. */
function existingRecord(
  prepared: PreparedTrial,
  { answer, origin, source }: ExistingAnswer,
  earlier: Earlier,
  clock: Clock,
): TrialRecord {
  return {
    type: 'settled',
    trial: prepared.trialKey,
    requestKey: prepared.requestKey,
    sample: prepared.sample.id,
    prompt: prepared.prompt.name,
    model: prepared.model.slug,
    epoch: prepared.trial.epoch,
    status: 'completed',
    at: clock.wallTime().toISOString(),
    attempts: earlier.attempts,
    output: answer.output,
    reasoning: answer.reasoning,
    refusal: answer.refusal,
    toolCalls: answer.toolCalls,
    finishReason: answer.finishReason,
    promptTokens: answer.promptTokens,
    completionTokens: answer.completionTokens,
    reasoningTokens: answer.reasoningTokens,
    cachedTokens: answer.cachedTokens,
    tokensSource: answer.tokensSource,
    costUsd: '0',
    costSource: source,
    fromCache: origin,
    retryCostUsd: earlier.lostUsd === null ? null : formatUsd(earlier.lostUsd),
    possiblyBilled: earlier.possiblyBilled,
    queueUs: 0,
    ttftUs: null,
    latencyUs: null,
    retryUs: 0,
    totalUs: 0,
    errorKind: null,
    error: null,
    sameFailures: 0,
    servedModel: answer.servedModel,
    servedProvider: answer.servedProvider,
    generationId: answer.generationId,
    systemFingerprint: answer.systemFingerprint,
    serviceTier: answer.serviceTier,
  }
}

/** Tokens and cost of a failed trial are unknown; what its attempts may have billed is in the losses. */
export function failedRecord(
  prepared: PreparedTrial,
  outcome: Extract<Outcome<Completion>, { kind: 'failed' }>,
  earlier: Earlier,
  clock: Clock,
): TrialRecord {
  const { error } = outcome
  return {
    ...NO_ANSWER,
    trial: prepared.trialKey,
    requestKey: prepared.requestKey,
    sample: prepared.sample.id,
    prompt: prepared.prompt.name,
    model: prepared.model.slug,
    epoch: prepared.trial.epoch,
    status: 'failed',
    at: clock.wallTime().toISOString(),
    attempts: earlier.attempts + outcome.attempts,
    output: error.partialText,
    retryCostUsd: earlier.lostUsd === null ? null : formatUsd(earlier.lostUsd),
    possiblyBilled: earlier.possiblyBilled,
    queueUs: outcome.queueUs,
    retryUs: outcome.retryUs,
    totalUs: outcome.queueUs + outcome.retryUs + error.elapsedUs,
    errorKind: error.kind,
    error: error.message,
    sameFailures: sameFailures(earlier.failure, error),
    generationId: error.generationId,
  }
}

/** Only what may lie in the trial itself is counted: an endpoint that was down says nothing of the row. */
function sameFailures(before: Failure | null, error: ProviderError): number {
  const { endpoint, stopsRun } = RETRY_TABLE[error.kind]
  if (endpoint !== 'alive' || stopsRun) return 0
  return isSameFailure(before, error) ? before.sameFailures + 1 : 1
}

/** Numbers and ids in a message differ from time to time though the failure is the same. */
function isSameFailure(before: Failure | null, { kind, message }: ProviderError): before is Failure {
  const words = (text: string): string => text.replace(/[0-9a-f-]{8,}|\d+/gi, '#')
  return before !== null && before.errorKind === kind && words(before.error ?? '') === words(message)
}

/** A failed trial has no answer: unknown, never 0. */
const NO_ANSWER = {
  type: 'settled',
  reasoning: '',
  refusal: null,
  toolCalls: [],
  finishReason: null,
  promptTokens: null,
  completionTokens: null,
  reasoningTokens: null,
  cachedTokens: null,
  tokensSource: null,
  costUsd: null,
  costSource: null,
  fromCache: null,
  ttftUs: null,
  latencyUs: null,
  servedModel: null,
  servedProvider: null,
  systemFingerprint: null,
  serviceTier: null,
} as const

/** What the provider reports, else what its tokens cost, else what estimated tokens cost, else unknown. */
export function billingOf(
  { messages, model }: Pick<PreparedTrial, 'messages' | 'model'>,
  completion: BilledAnswer,
  maxTokens: number,
): Billing {
  const usage = completion.usage ?? estimatedUsage(messages, completion, model.slug, maxTokens)
  if (completion.reportedCostUsd !== null) return { usage, costUsd: completion.reportedCostUsd, source: 'reported' }
  if (model.price === null) return { usage, costUsd: null, source: null }
  const source = completion.usage === null ? 'estimated' : 'computed'
  return { usage, costUsd: costOf(usage, model.price), source }
}

/** What of an answer its cost depends on. */
type BilledAnswer = Pick<Completion, 'usage' | 'reportedCostUsd' | 'text' | 'reasoningText' | 'toolCalls'>

function estimatedUsage(
  messages: readonly Message[],
  completion: BilledAnswer,
  model: string,
  maxTokens: number,
): Usage {
  const family = tokenFamily(model)
  const calls = completion.toolCalls.map(({ name, arguments: args }) => name + args).join('')
  return {
    promptTokens: countPromptTokens(messages, family),
    // The server was told to stop there, so an estimate beyond it is wrong.
    completionTokens: Math.min(maxTokens, countTokens(completion.text + completion.reasoningText + calls, family)),
    reasoningTokens: null,
    cachedTokens: null,
    cacheWriteTokens: null,
  }
}
