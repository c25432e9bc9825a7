/** How many tokens, and what will it cost? For `assay plan`, which sends nothing. */
import type { Settings } from '../config/types.ts'
import { formatUsd, perMillion, times, type Usd } from '../lib/usd.ts'
import { worstCost } from '../plan/cost.ts'
import { countPromptTokens, promptTokensBound, type TokenFamily, tokenFamily } from '../prompt/tokens.ts'
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
  for await (const { messages } of everyPrompt(prepared, turns)) {
    bound += promptTokensBound(messages, settings.endpoint.params)
    for (const [family, sum] of tokens) tokens.set(family, sum + countPromptTokens(messages, family))
  }
  const { samples, prompts, epochs } = prepared.shape
  const trials = samples * prompts * epochs
  return prepared.models.map((model) => {
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
}

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
