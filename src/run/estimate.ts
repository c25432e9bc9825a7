/** How many tokens, and what will it cost? For `assay plan`, which sends nothing. */
import type { Settings } from '../config/types.ts'
import { formatUsd, perMillion, times, type Usd } from '../lib/usd.ts'
import { worstCost } from '../plan/cost.ts'
import { countPromptTokens, promptTokensBound, type TokenFamily, tokenFamily } from '../prompt/tokens.ts'
import type { Sample } from '../dataset/types.ts'
import { findScorer } from '../score/index.ts'
import { everyPrompt } from './answers.ts'
import type { ModelPlan } from './models.ts'
import type { Prepared } from './prepare.ts'
import type { Turns } from './turns.ts'

export interface ModelEstimate {
  readonly model: string
  readonly trials: number
  /** Expected tokens of all prompts. */
  readonly promptTokens: number
  /** How they were counted. */
  readonly tokensMethod: string
  /** Tokens of all answers if every one were as long as --max-tokens allows. */
  readonly completionTokensAtMost: number
  /** Expected cost of the prompts alone; null without a price. */
  readonly promptsUsd: Usd | null
  /** The most that can be billed without retries; null without a price. */
  readonly atMostUsd: Usd | null
  readonly price: string
}

/** One pass over all prompts, counted once per family of models. Rejects with the reason of the interrupt when that aborts. */
export async function estimate(prepared: Prepared, settings: Settings, turns: Turns): Promise<ModelEstimate[]> {
  const families = new Map(prepared.models.map(({ slug }) => [slug, tokenFamily(slug)]))
  const tokens = new Map<TokenFamily, number>([...families.values()].map((family) => [family, 0]))
  let bound = 0
  const calls = new JudgeCallCount(prepared.scoring)
  for await (const { sample, messages } of everyPrompt(prepared, turns)) {
    calls.look(sample)
    bound += promptTokensBound(messages, settings.endpoint.params)
    for (const [family, sum] of tokens) tokens.set(family, sum + countPromptTokens(messages, family))
  }
  const { samples, prompts, epochs } = prepared.shape
  const trials = samples * prompts * epochs
  if (settings.replay !== null) return judgeEstimates(prepared, settings, calls, { promptTokens: 0, bound })
  const models = prepared.models.map((model) => {
    const family = families.get(model.slug)
    const promptTokens = family === undefined ? 0 : (tokens.get(family) ?? 0) * epochs
    const completionTokensAtMost = trials * settings.endpoint.maxTokens
    return {
      model: model.slug,
      trials,
      promptTokens,
      tokensMethod: family === undefined ? '' : methodOf(family),
      completionTokensAtMost,
      promptsUsd: model.price === null ? null : times(model.price.promptUsd, promptTokens),
      atMostUsd: model.price === null ? null : allWorst(model.price, bound * epochs, completionTokensAtMost, trials),
      price: priceText(model),
    }
  })
  const [first] = models
  return [...models, ...judgeEstimates(prepared, settings, calls, { promptTokens: first?.promptTokens ?? 0, bound })]
}

/** Instructions and fences around what is judged: 366 to 483 tokens by the scorer, rounded up. */
const JUDGE_OVERHEAD_TOKENS = 500

/** About how long an answer is in the end, where --max-tokens allows it. */
const ANSWER_TOKENS = 256

/** How often judges and embeddings are asked for each trial, by run and row. */
class JudgeCallCount {
  readonly #scoring: Prepared['scoring']
  /** Over all prompts and one epoch, for one model and one judge. */
  judge = 0
  embedding = 0

  constructor(scoring: Prepared['scoring']) {
    this.#scoring = scoring
  }

  look({ assertions }: Sample): void {
    const { scorers, isExplicit } = this.#scoring
    const ofRun = isExplicit || assertions.length === 0 ? scorers.map(({ scorer }) => scorer) : []
    for (const scorer of [...ofRun, ...assertions.map(({ scorer: name }) => findScorer(name))]) {
      if (scorer?.asks === 'judge') this.judge += scorer.callsPerJudge ?? 1
      if (scorer?.asks === 'embeddings') this.embedding += 1
    }
  }
}

/** What judges read is not known before it is answered: an answer of usual length, and at most one of --max-tokens. */
function judgeEstimates(
  { judges, embeddings, models, shape }: Prepared,
  { endpoint, judging }: Settings,
  calls: JudgeCallCount,
  { promptTokens, bound }: { readonly promptTokens: number; readonly bound: number },
): ModelEstimate[] {
  const asked = [
    ...judges.map((plan) => ({ plan, role: 'judge', perPrompt: calls.judge, maxTokens: judging.maxTokens })),
    ...(embeddings === null
      ? []
      : [{ plan: embeddings, role: 'embeddings', perPrompt: calls.embedding, maxTokens: 0 }]),
  ]
  const perEpoch = shape.samples * shape.prompts
  return asked.map(({ plan, role, perPrompt, maxTokens }) => {
    const trials = perPrompt * models.length * shape.epochs
    const overhead = role === 'judge' ? JUDGE_OVERHEAD_TOKENS : 0
    const inEach = promptTokens / Math.max(1, perEpoch * shape.epochs) + ANSWER_TOKENS + overhead
    const inAtMost = bound / Math.max(1, perEpoch) + endpoint.maxTokens * BYTES_PER_TOKEN + overhead * BYTES_PER_TOKEN
    return {
      model: `${plan.slug} (${role})`,
      trials,
      promptTokens: Math.round(trials * inEach),
      tokensMethod: 'estimated: what is judged is not answered yet',
      completionTokensAtMost: trials * maxTokens,
      promptsUsd: plan.price === null ? null : times(plan.price.promptUsd, Math.round(trials * inEach)),
      atMostUsd:
        plan.price === null ? null : allWorst(plan.price, Math.round(trials * inAtMost), trials * maxTokens, trials),
      price: priceText(plan),
    }
  })
}

const BYTES_PER_TOKEN = 4

/** worstCost counts the price per request once; here are many requests. */
function allWorst(
  price: NonNullable<ModelPlan['price']>,
  promptTokens: number,
  completionTokens: number,
  trials: number,
): Usd {
  return worstCost(promptTokens, completionTokens, { ...price, requestUsd: times(price.requestUsd ?? 0n, trials) })
}

function methodOf({ name, exact, encoding, factor }: TokenFamily): string {
  return exact ? `${name}, exact` : `${name}, estimated from ${encoding} × ${factor}`
}

function priceText({ price }: ModelPlan): string {
  if (price === null) return 'unknown: give one with --price'
  const perMillionText = `$${formatUsd(perMillion(price.promptUsd))} in / $${formatUsd(perMillion(price.completionUsd))} out per million`
  return `${perMillionText}, ${price.source}${price.asOf === null ? '' : ` (${price.asOf})`}`
}
