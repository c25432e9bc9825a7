/** Which models are asked, and what is known of each: price and context. */
import type { EndpointChoice, Settings } from '../config/types.ts'
import { UserError } from '../lib/errors.ts'
import { formatUsd, type Usd } from '../lib/usd.ts'
import { findModel } from '../plan/catalogue.ts'
import type { PriceRow } from '../plan/types.ts'
import type { Scorer } from '../score/types.ts'

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
  const { replay, scoreOnly, endpoint, prices } = settings
  // Recorded outputs cost nothing, and what is not asked neither.
  if (replay !== null) return settings.models.map((slug) => ({ slug, price: null, contextTokens: null }))
  const models = settings.models.map((slug) => modelPlan(slug, endpoint, prices))
  if (scoreOnly) return models
  const param = PRICE_CHANGING.find((name) => Object.hasOwn(endpoint.params, name))
  if (param !== undefined && settings.maxCostUsd !== null) {
    throw new UserError(
      `--param ${param} can change what an answer costs, so ${unkept(settings.maxCostUsd)}. Leave it out, or run without a budget: --max-cost none.`,
    )
  }
  refuseUnpriced(models, settings)
  return models
}

/** The models that scorers ask. Throws UserError as `planModels` does. */
export function planJudges(
  settings: Settings,
  asked: ReadonlySet<Scorer['asks']>,
): { judges: ModelPlan[]; embeddings: ModelPlan | null } {
  const { judging, prices } = settings
  const judges = asked.has('judge') ? judging.models.map((slug) => modelPlan(slug, judging.endpoint, prices)) : []
  const embeddings = asked.has('embeddings') ? judging.embeddings : null
  const embedding = embeddings === null ? null : modelPlan(embeddings.model, embeddings.endpoint, prices)
  refuseUnpriced([...judges, ...(embedding === null ? [] : [embedding])], settings)
  return { judges, embeddings: embedding }
}

function refuseUnpriced(models: readonly ModelPlan[], { maxCostUsd }: Settings): void {
  const unpriced = models.filter(({ price }) => price === null).map(({ slug }) => slug)
  if (maxCostUsd === null || unpriced[0] === undefined) return
  throw new UserError(
    `no price is known for ${unpriced.join(', ')}, so ${unkept(maxCostUsd)}. ` +
      `Give one in USD per million tokens, e.g. --price ${unpriced[0]}=0.2/0.6, or run without a budget: --max-cost none.`,
  )
}

function unkept(maxCostUsd: Usd): string {
  return `the budget of $${formatUsd(maxCostUsd)} (--max-cost, or maxCost in the config file) cannot be kept`
}

function modelPlan(slug: string, { profile }: EndpointChoice, prices: Settings['prices']): ModelPlan {
  const row = findModel(slug, profile.name)
  return { slug, price: prices.get(slug) ?? row?.price ?? null, contextTokens: row?.contextTokens ?? null }
}
