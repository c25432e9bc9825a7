/** Who answers when nobody is there? What the simulator can be told to do, and what it tells about itself. */
import type { Oracle } from './oracle.ts'

export interface SimulatorOptions {
  /** TCP port on 127.0.0.1. Default 0: the system chooses. */
  readonly port?: number
  /** When set, everything but the model list answers 401 to any other bearer key. Default: any key or none will do. */
  readonly apiKey?: string
  /** Models served; any other gets 400 model_not_found. Default: every name is served. */
  readonly models?: readonly string[]
  /** US dollars per token, by model. A model that is served but not listed here costs what mistralai/mistral-small costs. */
  readonly prices?: Readonly<Record<string, TokenPrices>>
  /** Share of all questions that a model answers rightly, 0..1, by model. Default: `skillOf`, 0.55..0.95. */
  readonly skills?: Readonly<Record<string, number>>
  /** How long answers take. Defaults: `DEFAULT_LATENCY`. */
  readonly latency?: Partial<Latency>
  /**
   * Share of attempts that fail with 500, 502, 503 or an error amid the stream, 0..1; default 0. Decided by the body and
   * by how often it has come, so that a retry can succeed.
   */
  readonly failRate?: number
  /** Attempts admitted per second, > 0, after a burst of one second's worth; the rest get 429. Default: no limit. */
  readonly rateLimit?: { readonly requestsPerSecond: number }
  /** Completions and embeddings in progress at a time, at least 1; the rest get 429. Default: no limit. */
  readonly maxInFlight?: number
  /** What happens to the first requests for completions or embeddings, in turn; later ones are answered normally. Default: nothing. */
  readonly script?: readonly Misbehaviour[]
}

export interface TokenPrices {
  /** US dollars per prompt token: plain decimal text, e.g. "0.0000002". */
  readonly prompt: string
  /** US dollars per completion token: plain decimal text. */
  readonly completion: string
}

export interface Latency {
  /** Median time from request to first content in ms; 0 = at once. */
  readonly ttftMs: number
  /** Median time per further token in ms; 0 = everything with the first. */
  readonly tokenGapMs: number
  /** Standard deviation of the logarithm of both; 0 = always the median. */
  readonly sigma: number
}

/** One entry of a failure script. */
export type Misbehaviour =
  /** Nothing out of the ordinary: lets a later request be the one that fails. */
  | 'ok'
  /** The HTTP status with OpenRouter's envelope for it. */
  | '401'
  | '402'
  | '403'
  | '404'
  | '408'
  | '429'
  | '500'
  | '502'
  | '503'
  | '504'
  | '529'
  /** 400 that says the prompt is longer than the model's context. */
  | 'context-overflow'
  /** 502 with an HTML page, as edge networks send it. */
  | 'html'
  /** Status 200 whose JSON body is an error envelope. */
  | 'error-in-200'
  /** Generation breaks off half-way: an error event in a stream, else an error inside the choice. Not billed. */
  | 'mid-stream-error'
  /** The body stops half-way without a word; billed. */
  | 'truncated'
  /** No output and no finish reason, as from a cold start. Not billed. */
  | 'empty'
  /** The connection closes before any answer; billed, since the work was done. */
  | 'hang-up'
  /** Neither answer nor close; billed. */
  | 'silence'

/** What the server has done since it started. */
export interface SimulatorStats {
  /** HTTP requests of any kind. */
  readonly requests: number
  /** Requests for completions or embeddings answered as they should be. */
  readonly completions: number
  /** Those that failed by script or fail rate. */
  readonly failures: number
  /** Those refused with 429 by `rateLimit` or `maxInFlight`. */
  readonly rateLimited: number
  /** Those in progress now. */
  readonly inFlight: number
  /** The most that ever were in progress together. */
  readonly peakInFlight: number
  /** What a provider would have charged, in exact US dollars; what the client never heard of is in it. */
  readonly billedUsd: string
}

export interface Simulator {
  readonly port: number
  /** Base URL as a client of OpenRouter wants it, e.g. http://127.0.0.1:8080/api/v1 */
  readonly url: string
  /** Where the right answers are registered. */
  readonly oracle: Oracle
  stats(): SimulatorStats
  /** Drops every connection and frees the port. */
  close(): Promise<void>
}

/** One HTTP answer, told as what is written when. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** In order of time. The headers go out with the first write. */
  readonly writes: readonly { readonly atMs: number; readonly text: string }[]
  /** What follows the last write: the regular end, a closed connection, or nothing ever. */
  readonly ending: 'end' | 'hang-up' | 'silence'
}
