/** trial → request: what exactly is sent for it, under which keys, and what it can cost at most. */
import type { Sample } from '../dataset/types.ts'
import type { Usd } from '../lib/usd.ts'
import { worstCost } from '../plan/cost.ts'
import { requestKey, trialKey } from '../plan/keys.ts'
import type { Trial } from '../plan/types.ts'
import { render } from '../prompt/render.ts'
import { promptTokensBound } from '../prompt/tokens.ts'
import type { Message, PromptTemplate } from '../prompt/types.ts'
import type { CompletionRequest, Provider } from '../provider/types.ts'
import type { ModelPlan } from './models.ts'
import type { ReplayedAnswer, ReplaySource } from './replay.ts'

/** What requests are made of. */
export interface TrialInputs {
  readonly prompts: readonly PromptTemplate[]
  readonly models: readonly ModelPlan[]
  readonly sampleOf: (trial: Trial) => Sample
  readonly request: Pick<CompletionRequest, 'maxTokens' | 'temperature' | 'stream' | 'params'>
  readonly seed: number
  readonly provider: Pick<Provider, 'encode' | 'identity'>
  /** Where answers come from that exist already; null: the models are asked. */
  readonly replay: ReplaySource | null
}

/** A trial with everything derived from its sample, which is read once. */
export interface PreparedTrial {
  readonly trial: Trial
  readonly sample: Sample
  readonly prompt: PromptTemplate
  readonly model: ModelPlan
  readonly messages: readonly Message[]
  /** The answer that stands in for the model's; null: it is asked. */
  readonly replayed: ReplayedAnswer | null
  readonly body: string
  readonly requestKey: string
  readonly trialKey: string
  /** The most that one attempt can cost; null without a price. */
  readonly worstUsd: Usd | null
}

/** Reads the sample and renders its prompt. */
export function prepareTrial(trial: Trial, inputs: TrialInputs): PreparedTrial {
  const sample = inputs.sampleOf(trial)
  const prompt = at(inputs.prompts, trial.promptIndex)
  const model = at(inputs.models, trial.modelIndex)
  const messages = render(prompt, sample)
  const { maxTokens, params } = inputs.request
  const body = inputs.provider.encode({
    ...inputs.request,
    model: model.slug,
    messages,
    seed: inputs.seed + trial.epoch,
    responseSchema: null,
  })
  const replayed = inputs.replay?.answerTo({ sample, prompt, model: model.slug, epoch: trial.epoch }) ?? null
  // Another recorded output is another answer, as another question would have been.
  const asked = replayed === null ? body : `${body}\n${replayed.fingerprint}`
  const request = requestKey(inputs.provider.identity, asked, trial.epoch)
  return {
    trial,
    sample,
    prompt,
    model,
    messages,
    replayed,
    body,
    requestKey: request,
    trialKey: trialKey(request, sample.id, prompt.id),
    worstUsd: model.price === null ? null : worstCost(promptTokensBound(messages, params), maxTokens, model.price),
  }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index]
  if (item === undefined) throw new Error(`no item ${index} of ${list.length}`)
  return item
}
