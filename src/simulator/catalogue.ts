/** Which models are served, and for how much? */
import { DEFAULT_MODEL } from '../lib/default-model.ts'
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { parseUsd } from '../lib/usd.ts'
import type { Usd } from '../lib/usd.ts'
import { errorReply, RequestRefused } from './errors.ts'
import type { SimulatorOptions, TokenPrices } from './types.ts'

/** US dollars per token. */
export interface ExactPrices {
  readonly prompt: Usd
  readonly completion: Usd
}

export interface Catalogue {
  /** What a token of this model costs. Throws RequestRefused (400 model_not_found) when the model is not served. */
  pricesOf(model: string): ExactPrices
  /** The body of GET /models. */
  listJson(): string
  /** The body of GET /models/{author}/{slug}/endpoints. Throws RequestRefused as `pricesOf` does. */
  endpointsJson(model: string): string
}

const DEFAULT_PRICES: TokenPrices = { prompt: '0.0000002', completion: '0.0000006' }

/** Tokens of the longest prompt, or of the longest text to be embedded. */
export const CONTEXT_LENGTH = 32_768
const SUPPORTED_PARAMETERS = [
  'max_tokens',
  'max_completion_tokens',
  'seed',
  'temperature',
  'top_p',
  'stop',
  'response_format',
  'structured_outputs',
]

/** Throws UserError when a price is not a decimal amount. */
export function createCatalogue(options: Pick<SimulatorOptions, 'models' | 'prices'>): Catalogue {
  const texts = new Map([[DEFAULT_MODEL, DEFAULT_PRICES], ...Object.entries(options.prices ?? {})])
  const exact = new Map([...texts].map(([model, prices]) => [model, exactly(model, prices)]))
  const fallbackText = texts.get(DEFAULT_MODEL) ?? DEFAULT_PRICES
  const fallback = exactly(DEFAULT_MODEL, fallbackText)
  const listed = options.models ?? [...texts.keys()]
  const served = options.models === undefined ? null : new Set(options.models)

  const insistOn = (model: string): void => {
    if (served !== null && !served.has(model)) throw new RequestRefused(modelNotFound(model, listed))
  }
  const describe = (model: string): Record<string, unknown> => describeModel(model, texts.get(model) ?? fallbackText)

  return {
    pricesOf(model) {
      insistOn(model)
      return exact.get(model) ?? fallback
    },
    listJson: () => JSON.stringify({ data: listed.map(describe), total_count: listed.length, links: { next: null } }),
    endpointsJson(model) {
      insistOn(model)
      return JSON.stringify({
        data: { ...describe(model), endpoints: [describeEndpoint(model, texts.get(model) ?? fallbackText)] },
      })
    },
  }
}

function exactly(model: string, prices: TokenPrices): ExactPrices {
  const read = (part: keyof TokenPrices): Usd => {
    const price = parseUsd(prices[part])
    if (price !== undefined && price >= 0n) return price
    throw new UserError(
      `Price of ${model}, ${part}: found "${prices[part]}", expected US dollars per token as a decimal, e.g. "0.0000002".`,
    )
  }
  return { prompt: read('prompt'), completion: read('completion') }
}

function modelNotFound(model: string, listed: readonly string[]): RequestRefused['reply'] {
  return errorReply(400, 'invalid_request', `${model} is not a valid model ID.${didYouMean(model, listed)}`, {
    availability: { code: 'model_not_found', retryable: false, requested_models: [model] },
  })
}

function describeModel(model: string, pricing: TokenPrices): Record<string, unknown> {
  return {
    id: model,
    canonical_slug: model,
    name: `${model} (simulated)`,
    created: 0,
    description: 'Answered by the simulator; no language model is behind it.',
    context_length: CONTEXT_LENGTH,
    architecture: {
      modality: 'text->text',
      input_modalities: ['text'],
      output_modalities: ['text'],
      tokenizer: 'Other',
      instruct_type: null,
    },
    pricing,
    top_provider: { context_length: CONTEXT_LENGTH, max_completion_tokens: null, is_moderated: false },
    per_request_limits: null,
    supported_parameters: SUPPORTED_PARAMETERS,
    default_parameters: null,
    expiration_date: null,
    hugging_face_id: null,
  }
}

function describeEndpoint(model: string, pricing: TokenPrices): Record<string, unknown> {
  return {
    name: `Simulator | ${model}`,
    model_id: model,
    model_name: `${model} (simulated)`,
    provider_name: 'Simulator',
    tag: 'simulator',
    context_length: CONTEXT_LENGTH,
    max_prompt_tokens: null,
    max_completion_tokens: null,
    pricing,
    quantization: 'unknown',
    supported_parameters: SUPPORTED_PARAMETERS,
    status: 0,
    uptime_last_30m: null,
    latency_last_30m: null,
    throughput_last_30m: null,
    supports_implicit_caching: false,
  }
}
