/**
 * Models whose price and context length are known without asking. Prices change weekly: each row carries its date, `--price`
 * overrides it, and what the provider reports as charged always wins.
 */
import { parseUsdPerMillion } from '../lib/usd.ts'
import type { ModelRow } from './types.ts'

const PAGE = { source: "OpenRouter's page of the model", asOf: '2025-01' }
const LIST = { source: "OpenRouter's list prices, by a third-party catalogue", asOf: '2026-09-23' }

/** Slug · USD per million tokens in, out, cache read ('' = none known) · context in tokens. */
const ROWS: readonly (readonly [string, string, string, string, number, { source: string; asOf: string }])[] = [
  ['mistralai/mistral-small', '0.2', '0.6', '', 32_000, PAGE],
  ['mistralai/mistral-small-2603', '0.15', '0.6', '0.015', 262_144, LIST],
  ['mistralai/mistral-small-3.2-24b-instruct', '0.09375', '0.25', '0.01', 256_000, LIST],
  ['mistralai/mistral-small-24b-instruct-2501', '0.05', '0.08', '', 32_768, LIST],
  ['mistralai/ministral-8b-2512', '0.15', '0.15', '0.015', 262_144, LIST],
  ['mistralai/mistral-nemo', '0.019', '0.03', '', 131_072, LIST],
  ['mistralai/mistral-medium-3.1', '0.4', '2', '0.04', 131_072, LIST],
  ['mistralai/mistral-large-2512', '0.5', '1.5', '0.05', 262_144, LIST],
  ['mistralai/codestral-2508', '0.3', '0.9', '0.03', 256_000, LIST],
  ['openai/gpt-4o-mini', '0.15', '0.6', '0.075', 128_000, LIST],
  ['openai/gpt-4o', '2.5', '10', '1.25', 128_000, LIST],
  ['openai/gpt-4.1-nano', '0.1', '0.4', '0.025', 1_047_576, LIST],
  ['openai/gpt-4.1-mini', '0.4', '1.6', '0.1', 1_047_576, LIST],
  ['openai/gpt-4.1', '2', '8', '0.5', 1_047_576, LIST],
  ['openai/gpt-5-mini', '0.25', '2', '0.025', 400_000, LIST],
  ['openai/gpt-5.4-mini', '0.75', '4.5', '0.075', 400_000, LIST],
  ['openai/gpt-5.5', '5', '30', '0.5', 1_050_000, LIST],
  ['openai/gpt-oss-120b', '0.15', '0.6', '0.075', 131_072, LIST],
  ['anthropic/claude-haiku-4.5', '1', '5', '0.1', 200_000, LIST],
  ['anthropic/claude-sonnet-4.6', '3', '15', '0.3', 1_000_000, LIST],
  ['anthropic/claude-opus-5', '5', '25', '0.5', 1_000_000, LIST],
  ['google/gemini-2.5-flash-lite', '0.1', '0.4', '0.01', 1_048_576, LIST],
  ['google/gemini-2.5-flash', '0.3', '2.5', '0.03', 1_048_576, LIST],
  ['google/gemini-2.5-pro', '1.25', '10', '0.125', 1_048_576, LIST],
  ['google/gemini-3.5-flash', '1.5', '9', '0.15', 1_048_576, LIST],
  ['meta-llama/llama-3.1-8b-instruct', '0.05', '0.08', '', 131_072, LIST],
  ['meta-llama/llama-3.3-70b-instruct', '0.1', '0.32', '', 131_072, LIST],
  ['deepseek/deepseek-v3.2', '0.269', '0.4', '0.1345', 163_840, LIST],
  ['qwen/qwen3-235b-a22b-2507', '0.0875', '0.35', '', 262_144, LIST],
  ['moonshotai/kimi-k2.6', '0.95', '4', '0.16', 262_144, LIST],
  ['z-ai/glm-4.6', '0.43', '1.75', '0.08', 204_800, LIST],
  ['x-ai/grok-4.3', '1.25', '2.5', '0.2', 1_000_000, LIST],
  ['cohere/command-r-08-2024', '0.15', '0.6', '', 128_000, LIST],
]

/** All models of the catalogue by slug. */
export const catalogue: ReadonlyMap<string, ModelRow> = new Map(
  ROWS.map(([model, input, output, cacheRead, contextTokens, origin]) => [
    model,
    {
      model,
      contextTokens,
      price: {
        model,
        promptUsd: listed(input),
        completionUsd: listed(output),
        cacheReadUsd: cacheRead === '' ? null : listed(cacheRead),
        cacheWriteUsd: null,
        reasoningUsd: null,
        requestUsd: null,
        ...origin,
      },
    },
  ]),
)

function listed(perMillion: string): bigint {
  const price = parseUsdPerMillion(perMillion)
  if (price === undefined) throw new Error(`catalogue: "${perMillion}" is no price`)
  return price
}

/**
 * Row of a model under any endpoint: Mistral and OpenAI name their own models without the author in front
 * ("gpt-4o-mini" for "openai/gpt-4o-mini").
 */
export function findModel(model: string, provider: string): ModelRow | undefined {
  const author = provider === 'mistral' ? 'mistralai' : provider
  return catalogue.get(model) ?? catalogue.get(`${author}/${model}`)
}
