/** What was used and what did it cost, in the provider's own words? (openrouter.md section 3) */
import { parseUsd, type Usd } from '../lib/usd.ts'
import { fieldsOf } from './json.ts'
import type { Usage } from './types.ts'

/** Token counts; null when either of the two main counts is missing or no count at all (null, negative, fractional, absurd). */
export function readUsage(value: unknown): Usage | null {
  const usage = fieldsOf(value)
  const promptTokens = count(usage['prompt_tokens'])
  const completionTokens = count(usage['completion_tokens'])
  if (promptTokens === null || completionTokens === null) return null
  const promptDetails = fieldsOf(usage['prompt_tokens_details'])
  return {
    promptTokens,
    completionTokens,
    reasoningTokens: count(fieldsOf(usage['completion_tokens_details'])['reasoning_tokens']),
    cachedTokens: count(promptDetails['cached_tokens']),
    cacheWriteTokens: count(promptDetails['cache_write_tokens']),
  }
}

/** The same for embeddings, which have no completion; some servers tell only the total. */
export function readEmbeddingUsage(value: unknown): Usage | null {
  const usage = fieldsOf(value)
  const promptTokens = count(usage['prompt_tokens']) ?? count(usage['total_tokens'])
  if (promptTokens === null) return null
  return { promptTokens, completionTokens: 0, reasoningTokens: null, cachedTokens: null, cacheWriteTokens: null }
}

/**
 * What the provider charged, exactly: the shortest decimal that reads back as the JSON number is what the server wrote.
 * With a key of one's own at the upstream provider (BYOK) `cost` is only the fee, so the upstream's price is added; when
 * that is not told, the cost is unknown. Null when unknown, never 0.
 */
export function readCost(value: unknown): Usd | null {
  const usage = fieldsOf(value)
  const cost = amount(usage['cost'])
  if (cost === null || usage['is_byok'] !== true) return cost
  const upstream = amount(fieldsOf(usage['cost_details'])['upstream_inference_cost'])
  return upstream === null ? null : cost + upstream
}

/** A hundred times the largest context that any model has; what is beyond it was not counted. */
const MOST_TOKENS = 1e9

/** More than so many tokens cost with any model; what is beyond it was not charged. */
const MOST_USD = 1e6

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS ? value : null
}

function amount(value: unknown): Usd | null {
  if (typeof value !== 'number' || value < 0 || value > MOST_USD) return null
  return parseUsd(String(value)) ?? null
}
