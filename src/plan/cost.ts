/** What did an answer cost, and at most what can it cost? Exact: no step rounds. */
import { times, type Usd, ZERO_USD } from '../lib/usd.ts'
import type { Usage } from '../provider/types.ts'
import type { PriceRow } from './types.ts'

/**
 * Cost by the price row: cached and cache-written tokens are part of the prompt's, reasoning tokens part of the
 * completion's, each charged once (formula: OpenRouter's pricing fields).
 */
export function costOf(usage: Usage, price: PriceRow): Usd {
  const cached = Math.min(usage.cachedTokens ?? 0, usage.promptTokens)
  const written = Math.min(usage.cacheWriteTokens ?? 0, usage.promptTokens - cached)
  const reasoning = Math.min(usage.reasoningTokens ?? 0, usage.completionTokens)
  return (
    times(price.promptUsd, usage.promptTokens - cached - written) +
    times(price.cacheReadUsd ?? price.promptUsd, cached) +
    times(price.cacheWriteUsd ?? price.promptUsd, written) +
    times(price.completionUsd, usage.completionTokens - reasoning) +
    times(price.reasoningUsd ?? price.completionUsd, reasoning) +
    (price.requestUsd ?? ZERO_USD)
  )
}

/** The most that one attempt can cost, given upper bounds of both token counts. */
export function worstCost(promptTokens: number, completionTokens: number, price: PriceRow): Usd {
  const input = dearest(price.promptUsd, price.cacheWriteUsd)
  const output = dearest(price.completionUsd, price.reasoningUsd)
  return times(input, promptTokens) + times(output, completionTokens) + (price.requestUsd ?? ZERO_USD)
}

function dearest(a: Usd, b: Usd | null): Usd {
  return b !== null && b > a ? b : a
}
