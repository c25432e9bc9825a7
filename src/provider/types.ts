/** Who answers? The wire's two ends: a request in our words, a completion in our words. */
import type { Usd } from '../lib/usd.ts'
import type { Message } from '../prompt/types.ts'

/** One question to one model; everything that decides the answer, and nothing else. */
export interface CompletionRequest {
  readonly model: string
  readonly messages: readonly Message[]
  /** Longest answer in tokens, reasoning included; always sent, since a bill without it has no bound. */
  readonly maxTokens: number
  /** Unsent when null: omitting differs from sending the default. */
  readonly temperature: number | null
  /** Run seed + epoch; sent where the endpoint supports it. */
  readonly seed: number
  readonly stream: boolean
  /** Further body fields of the API, sent as they are (`--param`, routing). */
  readonly params: Readonly<Record<string, unknown>>
  /** The form that the answer has to have, sent where the endpoint takes one; null: any text will do. */
  readonly responseSchema: ResponseSchema | null
}

/** A form for the text of an answer. */
export interface ResponseSchema {
  /** At most 64 of A-Z, a-z, 0-9, _ and -. */
  readonly name: string
  /** A JSON schema. Sent as strict: every property is required, and `additionalProperties` is false. */
  readonly schema: Readonly<Record<string, unknown>>
}

/** Texts whose meaning is to be compared. */
export interface EmbeddingRequest {
  readonly model: string
  /** At least one. */
  readonly inputs: readonly string[]
}

/** Token counts as the provider reported them, in the served model's own tokenizer. Null = not reported. */
export interface Usage {
  readonly promptTokens: number
  /** Includes reasoning tokens. */
  readonly completionTokens: number
  readonly reasoningTokens: number | null
  /** Part of promptTokens that was read from the provider's prompt cache. */
  readonly cachedTokens: number | null
  /** Part of promptTokens that was written to that cache. */
  readonly cacheWriteTokens: number | null
}

export interface ToolCall {
  readonly id: string | null
  readonly name: string
  /** JSON text as the model wrote it; it may be invalid. */
  readonly arguments: string
}

/** Stamps of one attempt in integer microseconds since its start (latency.md sections 1 and 2). */
export interface AttemptTiming {
  /** Status line and headers received. */
  readonly headersUs: number
  /** First event with non-empty output (content, reasoning, refusal or tool call); null when not streamed. */
  readonly ttftUs: number | null
  /** First event with non-empty content or a tool call; null when not streamed. */
  readonly firstAnswerUs: number | null
  /** Last event with output, or the end of the body when not streamed: the attempt's latency. */
  readonly latencyUs: number
  /** Body finished. */
  readonly endUs: number
  /** Events that carried output; 0 when not streamed. */
  readonly chunks: number
}

/** One rate limit as the endpoint tells it; remaining is at most limit. */
export interface RateLimit {
  /** Per minute. */
  readonly limit: number
  /** Left now. */
  readonly remaining: number
}

/** What the headers of an answer say of the endpoint's limits. */
export interface RateLimits {
  readonly requests: RateLimit | null
  readonly tokens: RateLimit | null
}

/** What came back. */
export interface Completion {
  readonly text: string
  /** What the model thought aloud; never scored. */
  readonly reasoningText: string
  readonly refusal: string | null
  readonly toolCalls: readonly ToolCall[]
  /** `stop`, `length`, `tool_calls`, `content_filter` …; null when the server gave none. */
  readonly finishReason: string | null
  readonly usage: Usage | null
  /** What the provider says it charged, BYOK upstream cost included; null when it does not say. */
  readonly reportedCostUsd: Usd | null
  readonly servedModel: string | null
  /** Upstream provider that served, e.g. "Mistral". */
  readonly servedProvider: string | null
  readonly generationId: string | null
  readonly systemFingerprint: string | null
  readonly serviceTier: string | null
  readonly timing: AttemptTiming
  /** Null when the endpoint does not tell. */
  readonly rateLimits: RateLimits | null
}

/** What came back for texts: a vector for each. */
export interface Embeddings {
  /** In the order of the inputs; all of one dimension, at least 1, and every component is finite. */
  readonly vectors: readonly Float32Array[]
  /** completionTokens is 0. */
  readonly usage: Usage | null
  /** What the provider says it charged; null when it does not say. */
  readonly reportedCostUsd: Usd | null
  readonly servedModel: string | null
  /** Null when the endpoint does not tell. */
  readonly rateLimits: RateLimits | null
  readonly timing: Pick<AttemptTiming, 'latencyUs'>
}

/** Why an attempt failed. What follows from each kind stands in one table, dispatch/retry.ts. */
export type ErrorKind =
  | 'rate_limited'
  | 'overloaded'
  | 'provider_error'
  | 'gateway_timeout'
  | 'network'
  | 'timeout'
  | 'truncated'
  | 'invalid_response'
  | 'empty'
  | 'context_overflow'
  | 'invalid_request'
  | 'unauthorized'
  | 'insufficient_credits'
  | 'quota_exhausted'
  | 'blocked'
  | 'not_found'
  | 'payload_too_large'
  | 'redirected'
  | 'body_too_large'
  | 'cancelled'

/** One failed attempt. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  readonly kind: ErrorKind
  /** HTTP status, or the numeric code inside a 200 body; null when no answer came. */
  readonly status: number | null
  /** The server's own word on when to try again, in ms; null when it gave none. */
  readonly retryAfterMs: number | null
  /** The server's own word on whether to try again (`availability.retryable`, `x-should-retry`); null when it gave none. */
  readonly serverSaysRetry: boolean | null
  /** Whether the attempt may have cost money: it reached the server and was not refused. */
  readonly possiblyBilled: boolean
  /** What the server says the failed attempt cost; null when it does not say. */
  readonly reportedCostUsd: Usd | null
  readonly generationId: string | null
  /** Text that had arrived before the failure. */
  readonly partialText: string
  /** Microseconds from the start of the attempt to its failure. */
  readonly elapsedUs: number
  /** Null when the endpoint does not tell. */
  readonly rateLimits: RateLimits | null

  constructor(
    kind: ErrorKind,
    message: string,
    facts: Partial<Omit<ProviderError, 'kind' | 'message' | 'name'>> & { cause?: unknown } = {},
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.kind = kind
    this.status = facts.status ?? null
    this.retryAfterMs = facts.retryAfterMs ?? null
    this.serverSaysRetry = facts.serverSaysRetry ?? null
    this.possiblyBilled = facts.possiblyBilled ?? false
    this.reportedCostUsd = facts.reportedCostUsd ?? null
    this.generationId = facts.generationId ?? null
    this.partialText = facts.partialText ?? ''
    this.elapsedUs = facts.elapsedUs ?? 0
    this.rateLimits = facts.rateLimits ?? null
  }
}

/** What an endpoint can do and how it wants to be asked (openrouter.md section 11). */
export interface Capabilities {
  /** `stream_options: {include_usage: true}` has to be sent to get usage in a stream. */
  readonly askStreamUsage: boolean
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens'
  /** Name of the seed field; null when the endpoint has none. */
  readonly seedField: 'seed' | 'random_seed' | null
  /** `response_format` with a JSON schema is worth trying; a model behind the endpoint may refuse it all the same. */
  readonly jsonSchema: boolean
}

/** One entry of the registry of endpoints. */
export interface ProviderProfile {
  /** As typed after --provider. */
  readonly name: string
  readonly summary: string
  /** Null when --base-url has to say. */
  readonly baseUrl: string | null
  /** Environment variable that may replace the base URL. */
  readonly baseUrlEnv: string | null
  /** Environment variable with the API key; null when the endpoint takes none. */
  readonly apiKeyEnv: string | null
  readonly apiKeyRequired: boolean
  readonly capabilities: Capabilities
  /** Headers beside content type and key. */
  headers(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>>
}

/** A connected endpoint. */
export interface Provider {
  /** What request keys are made of: profile name and base URL (the simulator's port left out). */
  readonly identity: string
  /** The request body as JSON text: the same request gives the same bytes. */
  encode(request: CompletionRequest): string
  /** Sends one attempt. Rejects with ProviderError only. Aborting the signal ends it with kind `cancelled` (or the signal's reason when that is a ProviderError). */
  complete(body: string, signal: AbortSignal): Promise<Completion>
  /** The request body that asks for embeddings, as JSON text: the same request gives the same bytes. */
  encodeEmbedding(request: EmbeddingRequest): string
  /** Sends one attempt for embeddings. Rejects as `complete` does. */
  embed(body: string, signal: AbortSignal): Promise<Embeddings>
  /** Closes the connections. */
  close(): Promise<void>
}
