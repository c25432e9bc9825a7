/** What exactly is asked of a judge or an embedding model, under which key, and at what cost at most? */
import type { Learned } from '../dispatch/types.ts'
import { key128 } from '../lib/hash.ts'
import { worstCost } from '../plan/cost.ts'
import { requestKey } from '../plan/keys.ts'
import { promptTokensBound } from '../prompt/tokens.ts'
import type { Message } from '../prompt/types.ts'
import type { Completion, Embeddings, Provider, ProviderError, Usage } from '../provider/types.ts'
import type { JudgeQuestion } from '../score/types.ts'
import type { Call } from './attempts.ts'
import type { ModelPlan } from './models.ts'
import { type Billing, billingOf } from './record.ts'

/** What came back, whichever kind of model was asked. */
export interface Judgement {
  /** The judge's words; for embeddings the similarities as a JSON list. */
  readonly text: string
  readonly billing: Billing
  readonly latencyUs: number
  readonly servedModel: string | null
  readonly generationId: string | null
  readonly learned: Learned
}

/** A call with what its record says of it. */
export interface JudgeCall extends Call<Judgement> {
  readonly kind: 'judge' | 'embedding'
  /** Equal for equal questions, of whichever answer: names it in the response cache. */
  readonly requestKey: string
}

/** One model at one endpoint. */
export interface JudgeModel {
  readonly plan: ModelPlan
  readonly provider: Provider
}

export interface JudgeAsking {
  /** Key of the trial whose answer is judged. */
  readonly trialKey: string
  readonly seed: number
  readonly maxTokens: number
}

/** Fields of the request that some models refuse: then they are asked without. */
export interface Lenience {
  readonly withoutSchema: boolean
  readonly withoutTemperature: boolean
}

export const STRICT: Lenience = { withoutSchema: false, withoutTemperature: false }

/** The name of the answer's JSON schema. */
const SCHEMA_NAME = 'verdict'

/** What a token limit is kept by until the first answers tell better. */
const BYTES_PER_TOKEN = 4

/** A question to a judge. Its key does not depend on what the endpoint takes. */
export function judgeCall(
  { plan, provider }: JudgeModel,
  { messages, schema }: Pick<JudgeQuestion, 'messages' | 'schema'>,
  { trialKey, seed, maxTokens }: JudgeAsking,
  lenience: Lenience,
): JudgeCall {
  const bodyOf = ({ withoutSchema, withoutTemperature }: Lenience): string =>
    provider.encode({
      model: plan.slug,
      messages,
      maxTokens,
      temperature: withoutTemperature ? null : 0,
      seed,
      stream: false,
      params: {},
      responseSchema: withoutSchema ? null : { name: SCHEMA_NAME, schema },
    })
  const request = requestKey(provider.identity, bodyOf(STRICT), 1)
  const body = bodyOf(lenience)
  const tokensAtMost = promptTokensBound(messages, { schema })
  return {
    kind: 'judge',
    key: callKey(trialKey, request),
    requestKey: request,
    model: plan.slug,
    worstUsd: plan.price === null ? null : worstCost(tokensAtMost, maxTokens, plan.price),
    estimateTokens: () => Math.ceil(tokensAtMost / BYTES_PER_TOKEN + maxTokens / BYTES_PER_TOKEN),
    send: async (signal) => judgementOf(await provider.complete(body, signal), { messages, model: plan }, maxTokens),
    learn: ({ learned }) => learned,
  }
}

/** The similarity of a text to each of others, by their embeddings. */
export function embeddingCall(
  { plan, provider }: JudgeModel,
  text: string,
  others: readonly string[],
  trialKey: string,
): JudgeCall {
  const inputs = [text, ...others]
  const body = provider.encodeEmbedding({ model: plan.slug, inputs })
  const request = requestKey(provider.identity, body, 1)
  const tokensAtMost = inputs.reduce((sum, input) => sum + 16 + Buffer.byteLength(input), 0)
  return {
    kind: 'embedding',
    key: callKey(trialKey, request),
    requestKey: request,
    model: plan.slug,
    worstUsd: plan.price === null ? null : worstCost(tokensAtMost, 0, plan.price),
    estimateTokens: () => Math.ceil(tokensAtMost / BYTES_PER_TOKEN),
    send: async (signal) => similaritiesOf(await provider.embed(body, signal), inputs, plan),
    learn: ({ learned }) => learned,
  }
}

/** The same question about another answer is another call: what each score cost stays known. */
function callKey(trialKey: string, request: string): string {
  return key128(`judge\n${trialKey}\n${request}`)
}

function judgementOf(
  completion: Completion,
  asked: { readonly messages: readonly Message[]; readonly model: ModelPlan },
  maxTokens: number,
): Judgement {
  const { text, usage, rateLimits, timing, servedModel, generationId } = completion
  return {
    text,
    billing: billingOf(asked, completion, maxTokens),
    latencyUs: timing.latencyUs,
    servedModel,
    generationId,
    learned: { tokens: tokensOf(usage), rateLimits },
  }
}

function similaritiesOf(answer: Embeddings, inputs: readonly string[], model: ModelPlan): Judgement {
  const { vectors, usage, reportedCostUsd, rateLimits, timing, servedModel } = answer
  const [first = new Float32Array(), ...others] = vectors
  return {
    text: JSON.stringify(others.map((other) => cosine(first, other))),
    billing: billingOf(
      { messages: inputs.map((content) => ({ role: 'user', content })), model },
      { usage, reportedCostUsd, text: '', reasoningText: '', toolCalls: [] },
      0,
    ),
    latencyUs: timing.latencyUs,
    servedModel,
    generationId: null,
    learned: { tokens: tokensOf(usage), rateLimits },
  }
}

/** −1..1; 0 when either is the zero vector, which points nowhere. */
function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0]
    dot += x * y
    aa += x * x
    bb += y * y
  }
  const scale = Math.sqrt(aa) * Math.sqrt(bb)
  return scale === 0 ? 0 : Math.max(-1, Math.min(1, dot / scale))
}

function tokensOf(usage: Usage | null): number | null {
  return usage === null ? null : usage.promptTokens + usage.completionTokens
}

/** Some models take no temperature but their own. */
export function refusesTemperature({ kind, message }: ProviderError): boolean {
  return kind === 'invalid_request' && /temperature/i.test(message)
}
