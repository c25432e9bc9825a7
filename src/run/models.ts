/** Which models are asked, and what is known of each: price and context. */
import type { Settings } from '../config/types.ts'
import { UserError } from '../lib/errors.ts'
import { formatUsd } from '../lib/usd.ts'
import { findModel } from '../plan/catalogue.ts'
import type { PriceRow } from '../plan/types.ts'

/** One model of the run, with what is known of it. */
export interface ModelPlan {
  readonly slug: string
  /** Null = unknown: costs then come from the provider's reports alone. */
  readonly price: PriceRow | null
  /** Null = unknown, unchecked. */
  readonly contextTokens: number | null
}

/** Fields of the request that make somebody else answer, or let it cost more than the price row says. */
const PRICE_CHANGING = ['models', 'plugins', 'web_search_options', 'service_tier']

/** Throws UserError when a budget could not be kept: where the most that an attempt can cost is unknown. */
export function planModels(settings: Settings): ModelPlan[] {
  const models = settings.models.map((slug) => modelPlan(slug, settings))
  const { maxCostUsd, endpoint } = settings
  if (maxCostUsd === null) return models
  const budget = `the budget of $${formatUsd(maxCostUsd)} (--max-cost, or maxCost in the config file) cannot be kept`
  const param = PRICE_CHANGING.find((name) => Object.hasOwn(endpoint.params, name))
  if (param !== undefined) {
    throw new UserError(
      `--param ${param} can change what an answer costs, so ${budget}. Leave it out, or run without a budget: --max-cost none.`,
    )
  }
  const unpriced = models.filter(({ price }) => price === null).map(({ slug }) => slug)
  if (unpriced[0] !== undefined) {
    throw new UserError(
      `no price is known for ${unpriced.join(', ')}, so ${budget}. ` +
        `Give one in USD per million tokens, e.g. --price ${unpriced[0]}=0.2/0.6, or run without a budget: --max-cost none.`,
    )
  }
  return models
}

function modelPlan(slug: string, { prices, endpoint }: Settings): ModelPlan {
  const row = findModel(slug, endpoint.profile.name)
  return { slug, price: prices.get(slug) ?? row?.price ?? null, contextTokens: row?.contextTokens ?? null }
}
