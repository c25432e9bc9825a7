/**
 * How is an answer written? As OpenRouter writes it, whole or as server-sent events. Amounts of money are put into the
 * JSON as text, since a number that went through a double would show its noise (3e-7 · 3 is 9.000000000000001e-7).
 */
import { formatUsd } from '../lib/usd.ts'
import type { Usd } from '../lib/usd.ts'

/** One answer that was generated, and billed unless its costs are zero. */
export interface Generation {
  /** `gen-` and the hash of the request body. */
  readonly id: string
  readonly model: string
  /** Unix time in seconds. */
  readonly createdS: number
  readonly streamed: boolean
  /** The text, cut as it is streamed. */
  readonly pieces: readonly string[]
  /** Null when the model never began. */
  readonly finishReason: 'stop' | 'length' | 'error' | null
  readonly promptTokens: number
  readonly completionTokens: number
  readonly promptCostUsd: Usd
  readonly completionCostUsd: Usd
  /** When each piece is written, in ms since the request came; at least one entry, the last is when all is ready. */
  readonly timelineMs: readonly number[]
}

/** A comment event, as OpenRouter sends it to keep idle connections open. */
const COMMENT = ': OPENROUTER PROCESSING\n\n'
const DONE = 'data: [DONE]\n\n'

/** Pieces of a streamed answer, at most. */
const MAX_PIECES = 12

/** A failure that came after generation had begun. */
const BROKEN_OFF = {
  code: 502,
  message: 'Provider connection lost during generation',
  metadata: { error_type: 'provider_unavailable', provider_code: 'upstream_disconnect' },
} as const

export function costOf(generation: Generation): Usd {
  return generation.promptCostUsd + generation.completionCostUsd
}

/** The body of an answer that is not streamed. */
export function completionJson(generation: Generation): string {
  const { finishReason } = generation
  const choice = {
    index: 0,
    logprobs: null,
    finish_reason: finishReason,
    native_finish_reason: finishReason,
    message: { role: 'assistant', content: generation.pieces.join(''), refusal: null, reasoning: null },
    ...(finishReason === 'error' ? { error: BROKEN_OFF } : {}),
  }
  return `${opening(generation, 'chat.completion')},"choices":[${JSON.stringify(choice)}],"usage":${usageJson(generation)}}`
}

/** The parts of a streamed answer, in order; all but `deltas` are sent without delay. */
export interface StreamParts {
  /** A comment and the first delta, which holds a role and no content. */
  readonly head: string
  /** One event per piece of content; a comment stands amid them. */
  readonly deltas: readonly string[]
  /** Finish reason, usage and terminator; or the error that ends it. */
  readonly tail: string
}

export function streamParts(generation: Generation): StreamParts {
  const start = `data: ${opening(generation, 'chat.completion.chunk')},"choices":[`
  const event = (delta: string, finishReason: string, rest = ''): string =>
    `${start}{"index":0,"delta":${delta},"finish_reason":${finishReason},"native_finish_reason":${finishReason},"logprobs":null}]${rest}}\n\n`
  const deltas = generation.pieces.map(
    (piece, place) => event(`{"content":${JSON.stringify(piece)}}`, 'null') + (place === 0 ? COMMENT : ''),
  )
  const finishReason = JSON.stringify(generation.finishReason)
  return {
    head: COMMENT + event('{"role":"assistant","content":""}', 'null'),
    deltas,
    tail:
      generation.finishReason === 'error'
        ? event('{"content":""}', finishReason, `,"error":${JSON.stringify(BROKEN_OFF)}`)
        : `${event('{"content":""}', finishReason)}${start}],"usage":${usageJson(generation)}}\n\n${DONE}`,
  }
}

/** A text cut in front of blanks into at most twelve pieces of about as many words; joined they are the text. */
export function piecesOf(text: string): string[] {
  const words = text.split(/(?<=\S)(?=\s)/).filter((word) => word !== '')
  const perPiece = Math.ceil(words.length / MAX_PIECES)
  return Array.from({ length: Math.ceil(words.length / Math.max(1, perPiece)) }, (_, piece) =>
    words.slice(piece * perPiece, (piece + 1) * perPiece).join(''),
  )
}

/** What GET /generation tells about an answer. */
export function generationJson(generation: Generation, cancelled: boolean): string {
  const { promptTokens, completionTokens, finishReason } = generation
  const durationMs = Math.round(generation.timelineMs.at(-1) ?? 0)
  const fields = {
    id: generation.id,
    upstream_id: null,
    created_at: new Date(generation.createdS * 1000).toISOString(),
    model: generation.model,
    provider_name: 'Simulator',
    api_type: 'completions',
    streamed: generation.streamed,
    cancelled,
    finish_reason: finishReason,
    native_finish_reason: finishReason,
    tokens_prompt: promptTokens,
    tokens_completion: completionTokens,
    native_tokens_prompt: promptTokens,
    native_tokens_completion: completionTokens,
    native_tokens_reasoning: 0,
    native_tokens_cached: 0,
    is_byok: false,
    latency: durationMs,
    generation_time: durationMs,
  }
  const cost = formatUsd(costOf(generation))
  return `{"data":${JSON.stringify(fields).slice(0, -1)},"total_cost":${cost},"usage":${cost}}}`
}

/** What every answer and every event begins with, up to the choices; the brace stays open. */
function opening(generation: Generation, object: string): string {
  return `{"id":"${generation.id}","provider":"Simulator","model":${JSON.stringify(generation.model)},"object":"${object}","created":${generation.createdS},"system_fingerprint":"simulated"`
}

function usageJson(generation: Generation): string {
  const { promptTokens, completionTokens, promptCostUsd, completionCostUsd } = generation
  return (
    `{"prompt_tokens":${promptTokens},"completion_tokens":${completionTokens},"total_tokens":${promptTokens + completionTokens},` +
    `"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0},` +
    `"cost":${formatUsd(costOf(generation))},"is_byok":false,"cost_details":{"upstream_inference_cost":null,` +
    `"upstream_inference_prompt_cost":${formatUsd(promptCostUsd)},"upstream_inference_completions_cost":${formatUsd(completionCostUsd)}}}`
  )
}
