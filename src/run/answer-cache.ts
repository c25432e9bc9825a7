/** Which trials are answered already by an earlier run? The response cache, as trials see it. */
import type { ResponseCache } from '../cache/index.ts'
import type { CachedAnswer } from '../cache/types.ts'
import type { Settings } from '../config/types.ts'
import type { JudgeRecord, TrialRecord } from '../journal/types.ts'
import { key128 } from '../lib/hash.ts'
import { VERSION } from '../lib/version.ts'
import { answersOf } from './answers.ts'
import type { PreparedTrial } from './prepare-trial.ts'

export class AnswerCache {
  readonly #cache: ResponseCache
  readonly #runId: string
  readonly #endpoint: Settings['endpoint']

  /** `runId` names the run that pays for what is kept. */
  constructor(cache: ResponseCache, runId: string, endpoint: Settings['endpoint']) {
    this.#cache = cache
    this.#runId = runId
    this.#endpoint = endpoint
  }

  /** The answer that an equal request got before this run began. */
  find(prepared: PreparedTrial): CachedAnswer | undefined {
    return this.#cache.get(this.#keyOf(prepared))
  }

  /** Keeps the answer of a completed trial for later runs. */
  keep(prepared: PreparedTrial, record: TrialRecord): void {
    this.#cache.put(this.#keyOf(prepared), answerOf(record, this.#runId))
  }

  /**
   * A real endpoint is asked nothing but the request. What the simulator answers follows from more: which answers are right
   * for the row, how good the model is told to be, and from its own rules, which may change with the version.
   */
  #keyOf({ requestKey, sample, model }: PreparedTrial): string {
    const { profile, simulator } = this.#endpoint
    if (profile.name !== 'simulator') return requestKey
    const deciding = [VERSION, simulator.skills?.[model.slug] ?? null, answersOf(sample)]
    return key128(`simulated\n${requestKey}\n${JSON.stringify(deciding)}`)
  }
}

/** What simulated judges say follows from the version as well, and from how good they are told to be. */
export function judgeCacheScope({ judging, endpoint }: Pick<Settings, 'judging' | 'endpoint'>): string {
  const isSimulated = [judging.endpoint, judging.embeddings?.endpoint].some(
    (choice) => choice?.profile.name === 'simulator',
  )
  return isSimulated ? key128(JSON.stringify([VERSION, endpoint.simulator.skills ?? null])) : ''
}

/** A judge's answer as the cache keeps it: of its facts the text and the cost are enough. */
export function cachedJudgement(record: JudgeRecord, runId: string): CachedAnswer {
  return {
    model: record.model,
    output: record.text,
    reasoning: '',
    refusal: null,
    toolCalls: [],
    finishReason: null,
    promptTokens: record.promptTokens,
    completionTokens: record.completionTokens,
    reasoningTokens: null,
    cachedTokens: null,
    tokensSource: null,
    costUsd: record.costUsd,
    costSource: record.costSource,
    servedModel: record.servedModel,
    servedProvider: null,
    generationId: record.generationId,
    systemFingerprint: null,
    serviceTier: null,
    runId,
    at: record.at,
  }
}

function answerOf(record: TrialRecord, runId: string): CachedAnswer {
  return {
    model: record.model,
    output: record.output,
    reasoning: record.reasoning,
    refusal: record.refusal,
    toolCalls: record.toolCalls,
    finishReason: record.finishReason,
    promptTokens: record.promptTokens,
    completionTokens: record.completionTokens,
    reasoningTokens: record.reasoningTokens,
    cachedTokens: record.cachedTokens,
    tokensSource: record.tokensSource,
    costUsd: record.costUsd,
    costSource: record.costSource,
    servedModel: record.servedModel,
    servedProvider: record.servedProvider,
    generationId: record.generationId,
    systemFingerprint: record.systemFingerprint,
    serviceTier: record.serviceTier,
    runId,
    at: record.at,
  }
}
