/** What work, and at most what cost? */
import type { Usd } from '../lib/usd.ts'

/** What one model charges, in USD per token or per request, with where the figure comes from. Null = no own price. */
export interface PriceRow {
  readonly model: string
  readonly promptUsd: Usd
  readonly completionUsd: Usd
  /** Prompt tokens read from the provider's cache; null: they cost like any other. */
  readonly cacheReadUsd: Usd | null
  /** Prompt tokens written to that cache; null: they cost like any other. */
  readonly cacheWriteUsd: Usd | null
  /** Reasoning tokens; null: they cost like any other output. */
  readonly reasoningUsd: Usd | null
  /** Per call, whatever its length; null: nothing. */
  readonly requestUsd: Usd | null
  /** Where the figures were read. */
  readonly source: string
  /** Date of the figures, YYYY-MM or YYYY-MM-DD; null when they were given by hand. */
  readonly asOf: string | null
}

/** A model of the catalogue. */
export interface ModelRow {
  readonly model: string
  /** Prompt and answer together must fit, in tokens; null = unknown, unchecked. */
  readonly contextTokens: number | null
  readonly price: PriceRow
}

/** One row of results.csv before it has happened: which sample, prompt, model and repetition. */
export interface Trial {
  /** Position in dataset order: sample, then prompt, model and epoch. */
  readonly index: number
  readonly sampleIndex: number
  readonly promptIndex: number
  readonly modelIndex: number
  /** From 1. */
  readonly epoch: number
}

/** Where a cost comes from; empty in reports when unknown. An answer from the response cache costs nothing. */
export type CostSource = 'reported' | 'computed' | 'estimated' | 'cache' | 'replay'
