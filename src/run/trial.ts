/** One trial, from its sample to its score: render, send until settled, journal, score. */
import type { LimitFunction } from 'p-limit'
import type { Sample } from '../dataset/types.ts'
import { attemptUntilSettled } from '../dispatch/dispatch.ts'
import { RETRY_TABLE } from '../dispatch/retry.ts'
import type { DispatchContext, DispatchPolicy, Outcome, TrialWork } from '../dispatch/types.ts'
import type { Journal } from '../journal/journal.ts'
import type { ScoreLine, TrialRecord } from '../journal/types.ts'
import { formatUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import type { Budget } from '../plan/budget.ts'
import { costOf, worstCost } from '../plan/cost.ts'
import { pairKey, requestKey, trialKey } from '../plan/keys.ts'
import type { Trial } from '../plan/types.ts'
import { render } from '../prompt/render.ts'
import { countPromptTokens, countTokens, promptTokensBound, tokenFamily } from '../prompt/tokens.ts'
import type { Message, PromptTemplate } from '../prompt/types.ts'
import type { Completion, CompletionRequest, Provider, ProviderError, Usage } from '../provider/types.ts'
import type { TrialInput } from '../score/index.ts'
import type { TrialScore } from '../score/types.ts'
import type { ModelPlan } from './prepare.ts'

/** Everything a trial needs of the run around it. */
export interface TrialContext extends DispatchContext {
  readonly prompts: readonly PromptTemplate[]
  readonly models: readonly ModelPlan[]
  readonly score: (input: TrialInput) => TrialScore | Promise<TrialScore>
  readonly sampleOf: (trial: Trial) => Sample
  readonly request: Pick<CompletionRequest, 'maxTokens' | 'temperature' | 'stream' | 'params'>
  readonly seed: number
  readonly policy: DispatchPolicy
  readonly provider: Provider
  readonly budget: Budget
  readonly journal: Journal
}

/** What the run has to know of a trial that is over. */
export type TrialEnd =
  | {
      readonly kind: 'settled'
      readonly record: TrialRecord
      readonly score: ScoreLine | undefined
      readonly error: ProviderError | null
    }
  | { readonly kind: 'stopped' | 'budget' }

/** A trial with everything derived from its sample, which is read once. */
interface PreparedTrial {
  readonly trial: Trial
  readonly sample: Sample
  readonly prompt: PromptTemplate
  readonly model: ModelPlan
  readonly messages: readonly Message[]
  readonly body: string
  readonly requestKey: string
  readonly trialKey: string
  /** The most that one attempt can cost; null without a price. */
  readonly worstUsd: Usd | null
}

/** Runs one trial to its end; its record is on disk when the promise resolves. Rejects only when the journal cannot be written. */
export async function settleTrial(trial: Trial, context: TrialContext, limit: LimitFunction): Promise<TrialEnd> {
  const attempts = new Attempts(trial, context)
  const outcome = await attemptUntilSettled(attempts, context.policy, context, limit)
  if (outcome.kind === 'unsettled') return { kind: outcome.why }
  return outcome.kind === 'failed'
    ? settleFailure(attempts, outcome, context)
    : settleCompletion(attempts, outcome, context)
}

/** The attempts of one trial, and the money of those that did not count. */
class Attempts implements TrialWork<Completion> {
  readonly #trial: Trial
  readonly #context: TrialContext
  #prepared: PreparedTrial | undefined
  lostUsd: Usd = ZERO_USD
  possiblyBilled = 0

  constructor(trial: Trial, context: TrialContext) {
    this.#trial = trial
    this.#context = context
  }

  /** Made when the first slot is there: a trial that only waits for its turn holds no prompt. */
  get prepared(): PreparedTrial {
    return (this.#prepared ??= prepareTrial(this.#trial, this.#context))
  }

  async admit(attempt: number): Promise<boolean> {
    const { worstUsd, trialKey: trial } = this.prepared
    const { budget, journal } = this.#context
    if (!(await budget.reserve(worstUsd ?? ZERO_USD))) return false
    await journal.started({
      type: 'started',
      trial,
      attempt,
      reservedUsd: worstUsd === null ? null : formatUsd(worstUsd),
    })
    return true
  }

  send(signal: AbortSignal): Promise<Completion> {
    return this.#context.provider.complete(this.prepared.body, signal)
  }

  retrying(attempt: number, error: ProviderError, waitMs: number): void {
    const lostUsd = this.writeOff(error)
    this.#context.journal.retrying({
      type: 'retrying',
      trial: this.prepared.trialKey,
      attempt,
      errorKind: error.kind,
      error: error.message,
      status: error.status,
      costUsd: this.prepared.worstUsd === null && error.possiblyBilled ? null : formatUsd(lostUsd),
      generationId: error.generationId,
      waitMs: Math.round(waitMs),
    })
  }

  /** A failed attempt costs what the server says, nothing when it was refused, and at most the reservation when nobody knows. */
  writeOff(error: ProviderError): Usd {
    const worstUsd = this.prepared.worstUsd ?? ZERO_USD
    const known = error.reportedCostUsd ?? (error.possiblyBilled ? null : ZERO_USD)
    this.#context.budget.settle(worstUsd, known === null ? 'possibly billed' : { costUsd: known })
    this.lostUsd += known ?? worstUsd
    if (known === null) this.possiblyBilled += 1
    return known ?? worstUsd
  }
}

/** True when the failure of one trial is the failure of all: no key, no money, no such model. */
export function stopsRun(error: ProviderError): boolean {
  return RETRY_TABLE[error.kind].stopsRun
}

function prepareTrial(trial: Trial, context: TrialContext): PreparedTrial {
  const sample = context.sampleOf(trial)
  const prompt = at(context.prompts, trial.promptIndex)
  const model = at(context.models, trial.modelIndex)
  const messages = render(prompt, sample)
  const { maxTokens } = context.request
  const body = context.provider.encode({
    ...context.request,
    model: model.slug,
    messages,
    seed: context.seed + trial.epoch,
  })
  const request = requestKey(context.provider.identity, body, trial.epoch)
  return {
    trial,
    sample,
    prompt,
    model,
    messages,
    body,
    requestKey: request,
    trialKey: trialKey(request, sample.id, prompt.id),
    worstUsd: model.price === null ? null : worstCost(promptTokensBound(messages), maxTokens, model.price),
  }
}

async function settleFailure(
  attempts: Attempts,
  outcome: Extract<Outcome<Completion>, { kind: 'failed' }>,
  context: TrialContext,
): Promise<TrialEnd> {
  const { prepared } = attempts
  const { error } = outcome
  attempts.writeOff(error)
  const record: TrialRecord = {
    ...NO_ANSWER,
    trial: prepared.trialKey,
    requestKey: prepared.requestKey,
    sample: prepared.sample.id,
    prompt: prepared.prompt.name,
    model: prepared.model.slug,
    epoch: prepared.trial.epoch,
    status: 'failed',
    at: context.clock.wallTime().toISOString(),
    attempts: outcome.attempts,
    output: error.partialText,
    retryCostUsd: formatUsd(attempts.lostUsd),
    possiblyBilled: attempts.possiblyBilled,
    queueUs: outcome.queueUs,
    retryUs: outcome.retryUs,
    totalUs: outcome.queueUs + outcome.retryUs + error.elapsedUs,
    errorKind: error.kind,
    error: error.message,
    generationId: error.generationId,
  }
  await context.journal.settled(prepared.trial.index, record)
  return { kind: 'settled', record, score: undefined, error }
}

async function settleCompletion(
  attempts: Attempts,
  outcome: Extract<Outcome<Completion>, { kind: 'completed' }>,
  context: TrialContext,
): Promise<TrialEnd> {
  const { prepared } = attempts
  const completion = outcome.value
  const billing = billingOf(prepared, completion)
  context.budget.settle(prepared.worstUsd ?? ZERO_USD, { costUsd: billing.costUsd ?? ZERO_USD })
  // One literal without a spread: V8 then makes the object at once, where a spread costs 27 KB of garbage per trial.
  const record: TrialRecord = {
    type: 'settled',
    trial: prepared.trialKey,
    requestKey: prepared.requestKey,
    sample: prepared.sample.id,
    prompt: prepared.prompt.name,
    model: prepared.model.slug,
    epoch: prepared.trial.epoch,
    status: 'completed',
    at: context.clock.wallTime().toISOString(),
    attempts: outcome.attempts,
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
    retryCostUsd: formatUsd(attempts.lostUsd),
    possiblyBilled: attempts.possiblyBilled,
    queueUs: outcome.queueUs,
    ttftUs: completion.timing.ttftUs,
    latencyUs: completion.timing.latencyUs,
    retryUs: outcome.retryUs,
    totalUs: outcome.queueUs + outcome.retryUs + completion.timing.latencyUs,
    errorKind: null,
    error: null,
    servedModel: completion.servedModel,
    servedProvider: completion.servedProvider,
    generationId: completion.generationId,
    systemFingerprint: completion.systemFingerprint,
    serviceTier: completion.serviceTier,
  }
  const onDisk = context.journal.settled(prepared.trial.index, record)
  const score = await scoreOf(prepared, record, context)
  if (score !== undefined) context.journal.scored(prepared.trial.index, score)
  await onDisk
  return { kind: 'settled', record, score, error: null }
}

/** Scores stand beside the journal: they can be made again from it. Undefined when nothing scores the sample. */
async function scoreOf(
  { sample, trial, trialKey: key }: PreparedTrial,
  { output }: TrialRecord,
  { score }: TrialContext,
): Promise<ScoreLine | undefined> {
  const pending = score({ output, expected: sample.expected, vars: sample.vars, assertions: sample.assertions })
  const scored = pending instanceof Promise ? await pending : pending
  const entries = Object.entries(scored.scores)
  if (entries.length === 0) return undefined
  return {
    trial: key,
    pass: 1,
    pairKey: pairKey(sample, trial.epoch),
    passed: scored.pass,
    score: scored.score,
    scores: Object.fromEntries(entries.map(([label, { value }]) => [label, value])),
    reason: scored.reason,
  }
}

/** What the provider reports, else what its tokens cost, else what estimated tokens cost, else unknown. */
function billingOf(
  { messages, model }: PreparedTrial,
  completion: Completion,
): { usage: Usage; costUsd: Usd | null; source: TrialRecord['costSource'] } {
  const usage = completion.usage ?? estimatedUsage(messages, completion, model.slug)
  if (completion.reportedCostUsd !== null) return { usage, costUsd: completion.reportedCostUsd, source: 'reported' }
  if (model.price === null) return { usage, costUsd: null, source: null }
  const source = completion.usage === null ? 'estimated' : 'computed'
  return { usage, costUsd: costOf(usage, model.price), source }
}

function estimatedUsage(messages: readonly Message[], completion: Completion, model: string): Usage {
  const family = tokenFamily(model)
  const calls = completion.toolCalls.map(({ name, arguments: args }) => name + args).join('')
  return {
    promptTokens: countPromptTokens(messages, family),
    completionTokens: countTokens(completion.text + completion.reasoningText + calls, family),
    reasoningTokens: null,
    cachedTokens: null,
    cacheWriteTokens: null,
  }
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
  ttftUs: null,
  latencyUs: null,
  servedModel: null,
  servedProvider: null,
  systemFingerprint: null,
  serviceTier: null,
} as const

function at<T>(list: readonly T[], index: number): T {
  const item = list[index]
  if (item === undefined) throw new Error(`no item ${index} of ${list.length}`)
  return item
}
