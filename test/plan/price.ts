/** Price rows for tests, written as price lists write them. */
import { parseUsd, type Usd } from '../../src/lib/usd.ts'
import type { PriceRow } from '../../src/plan/types.ts'

/** Exact money from its decimal text. */
export function usd(text: string): Usd {
  const amount = parseUsd(text)
  if (amount === undefined) throw new Error(`"${text}" is no amount`)
  return amount
}

/** A row with USD per token; what is left out has no price of its own. */
export function priceRow(
  promptUsd: string,
  completionUsd: string,
  others: { cacheRead?: string; cacheWrite?: string; reasoning?: string; request?: string } = {},
): PriceRow {
  const optional = (text: string | undefined): Usd | null => (text === undefined ? null : usd(text))
  return {
    model: 'acme/test',
    promptUsd: usd(promptUsd),
    completionUsd: usd(completionUsd),
    cacheReadUsd: optional(others.cacheRead),
    cacheWriteUsd: optional(others.cacheWrite),
    reasoningUsd: optional(others.reasoning),
    requestUsd: optional(others.request),
    source: 'a test',
    asOf: null,
  }
}
