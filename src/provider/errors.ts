/** What kind of failure is it, and what should people read? Status, headers and body → ProviderError. */
import { DEFAULT_MODEL } from '../lib/default-model.ts'
import { oneLine } from '../lib/text.ts'
import { type Usd, ZERO_USD } from '../lib/usd.ts'
import type { Answer, Failure } from './decode.ts'
import type { EndpointFlags } from './endpoint.ts'
import { type ToldError, errorMember, readError } from './error-body.ts'
import { valueOf } from './json.ts'
import { rateLimitsOfRefusal } from './rate-limits.ts'
import { type ResponseHeaders, headerOf, retryAfterMs } from './retry-after.ts'
import { type ErrorKind, ProviderError } from './types.ts'

/** The parts of an answer by which an error tells what was paid for. */
export type PaidAnswer = Pick<Answer, 'text' | 'reasoningText' | 'toolCalls' | 'reportedCostUsd' | 'generationId'>

/** Everything known about an attempt when it fails. */
export interface FailedAttempt {
  readonly status: number
  readonly headers: ResponseHeaders
  /** What had arrived. */
  readonly answer: PaidAnswer
  readonly generationId: string | null
  readonly elapsedUs: number
  readonly wallTime: Date
  readonly model: string
  /** Where the request was sent. */
  readonly url: URL
  readonly apiKey: string | null
  /** Environment variable that the key came from, for the hint; null when there is none. */
  readonly apiKeyEnv: string | null
  /** What the user can change, for the hint. */
  readonly flags: EndpointFlags
}

/** What replaces the default model, whose weights were retired (openrouter.md section 13). */
const ITS_SUCCESSOR = 'mistralai/mistral-small-2603'

/** Statuses that say more than their class (openrouter.md section 5.2). */
const KIND_OF_STATUS: Readonly<Record<number, ErrorKind>> = {
  401: 'unauthorized',
  402: 'insufficient_credits',
  403: 'blocked',
  404: 'not_found',
  408: 'gateway_timeout',
  409: 'provider_error',
  413: 'payload_too_large',
  429: 'rate_limited',
  503: 'overloaded',
  504: 'gateway_timeout',
  524: 'gateway_timeout',
  529: 'overloaded',
}

const OVERFLOW_WORDS = ['context_length_exceeded', 'exceed_context_size_error']
const OVERFLOW_TEXT =
  /maximum context length|context size|context window|context length|too many tokens|when context the overflows/i
const QUOTA_WORDS = ['insufficient_quota', 'billing_hard_limit_reached']
const QUOTA_TEXT = /free-models-per-day|exceeded your current quota|monthly|per month/i
const BLOCKED_WORDS = ['content_filter', 'content_policy_violation']
/** 503 for routing demands that no endpoint meets: asking again changes nothing. */
const ROUTING_TEXT = /routing requirements/i

/** Which kind of failure a status and its body are. `inside200`: the error stood in the body of a good answer. */
function classify(status: number, told: ToldError, headers: ResponseHeaders, inside200: boolean): ErrorKind {
  const says = (words: readonly string[]): boolean => words.some((word) => told.words.has(word))
  const aboutTheRequest = status === 400 || status === 413 || status === 422 || (inside200 && told.code === null)
  if (says(OVERFLOW_WORDS) || (aboutTheRequest && OVERFLOW_TEXT.test(told.message))) return 'context_overflow'
  if (says(['model_not_found']) && status < 500) return 'not_found'
  if (status === 400 && says(BLOCKED_WORDS)) return 'blocked'
  const monthIsSpent = headerOf(headers, 'x-ratelimitbysize-remaining-month') === '0'
  const quotaIsSpent = says(QUOTA_WORDS) || QUOTA_TEXT.test(told.message) || monthIsSpent
  if (status === 429 && quotaIsSpent) return 'quota_exhausted'
  if (status === 503 && ROUTING_TEXT.test(told.message)) return 'not_found'
  return KIND_OF_STATUS[status] ?? (status >= 500 ? 'provider_error' : 'invalid_request')
}

/** The error of an answer whose status is none of success (3xx, 4xx, 5xx). */
export function errorOfStatus(attempt: FailedAttempt, bodyText: string): ProviderError {
  if (attempt.status < 400) return redirected(attempt)
  const body = valueOf(bodyText.trim()) ?? plainText(bodyText)
  return serverError(attempt, attempt.status, errorMember(body), false)
}

/** The error of an answer with a good status: told inside the body, or found by us. */
export function errorOfAnswer(attempt: FailedAttempt, failure: Failure, cause?: unknown): ProviderError {
  if (failure.by === 'us') {
    return new ProviderError(failure.kind, forPeople(failure.message, attempt), {
      ...factsOf(attempt),
      possiblyBilled: attempt.answer.reportedCostUsd !== ZERO_USD,
      cause,
    })
  }
  // A code that is a word, or no code at all, is the upstream provider's failure.
  return serverError(attempt, readError(failure.error).code ?? 502, failure.error, true)
}

/** What every error of an attempt that was answered tells, whatever its kind. */
export function factsOf(attempt: FailedAttempt) {
  return {
    status: attempt.status,
    reportedCostUsd: attempt.answer.reportedCostUsd,
    generationId: attempt.generationId,
    partialText: withoutKey(attempt.answer.text, attempt),
    elapsedUs: attempt.elapsedUs,
  }
}

type KeyHolder = Pick<FailedAttempt, 'apiKey'>

/** One printable line of at most 300 characters without any key in it. */
export function forPeople(text: string, holder: KeyHolder): string {
  return oneLine(withoutKey(text, holder).replace(/\bsk-[\w-]{6,}/g, '[key]'), 300)
}

/** An answer that repeats the request's headers must not carry the key into files. */
export function answerWithoutKey(answer: Answer, holder: KeyHolder): Answer {
  const { text, reasoningText, refusal, toolCalls } = answer
  return {
    ...answer,
    text: withoutKey(text, holder),
    reasoningText: withoutKey(reasoningText, holder),
    refusal: refusal && withoutKey(refusal, holder),
    toolCalls: toolCalls.map(({ id, name, arguments: given }) => ({ id, name, arguments: withoutKey(given, holder) })),
  }
}

/** A key shorter than 8 characters is a dummy that local servers ask for; cutting it out would garble the text. */
function withoutKey(text: string, { apiKey }: KeyHolder): string {
  return apiKey !== null && apiKey.length >= 8 ? text.replaceAll(apiKey, '[key]') : text
}

function serverError(attempt: FailedAttempt, status: number, error: unknown, inside200: boolean): ProviderError {
  const { headers, answer, wallTime } = attempt
  const told = readError(error)
  const kind = classify(status, told, headers, inside200)
  const from = told.providerName === null ? '' : ` from ${told.providerName}`
  const where = inside200 ? ` inside a ${attempt.status} answer` : ''
  const said = told.message === '' ? 'no explanation given' : told.message
  const message = forPeople(`${status}${from}${where}: ${said}`, attempt)
  return new ProviderError(kind, withHint(message, hintFor(kind, attempt)), {
    ...factsOf(attempt),
    status,
    retryAfterMs: retryAfterMs(status, headers, error, wallTime),
    serverSaysRetry: told.retryable ?? shouldRetry(headers),
    rateLimits: rateLimitsOfRefusal(headers, error, wallTime),
    possiblyBilled: mayBeBilled(answer.reportedCostUsd, kind, answer),
  })
}

/** A refusal costs nothing, but an upstream that timed out may still finish, and what was generated may be charged. */
function mayBeBilled(reportedCostUsd: Usd | null, kind: ErrorKind, answer: PaidAnswer): boolean {
  if (reportedCostUsd !== null) return reportedCostUsd > ZERO_USD
  return kind === 'gateway_timeout' || answer.text !== '' || answer.reasoningText !== '' || answer.toolCalls.length > 0
}

/** OpenAI's `x-should-retry`. */
function shouldRetry(headers: ResponseHeaders): boolean | null {
  const word = headerOf(headers, 'x-should-retry')
  return word === 'true' ? true : word === 'false' ? false : null
}

/** What the server says may end without a full stop. */
function withHint(message: string, hint: string): string {
  return hint === '' || /[.!?…]$/.test(message) ? message + hint : `${message}.${hint}`
}

function hintFor(kind: ErrorKind, { model, apiKeyEnv, flags }: FailedAttempt): string {
  if (kind === 'unauthorized' && apiKeyEnv !== null) return ` Check the key in ${apiKeyEnv}.`
  if (kind === 'not_found') {
    return model === DEFAULT_MODEL
      ? ` Check ${flags.baseUrl}, or try ${flags.model} ${ITS_SUCCESSOR}.`
      : ` Check ${flags.model} and ${flags.baseUrl}.`
  }
  return ''
}

function redirected(attempt: FailedAttempt): ProviderError {
  const location = headerOf(attempt.headers, 'location')
  const target = URL.canParse(location, attempt.url.href) ? new URL(location, attempt.url.href).host : 'nowhere'
  const message =
    `${attempt.status}: ${attempt.url.host} redirects to ${target}, which is not followed since the key must go ` +
    `nowhere else. If the address has moved, give the new one with ${attempt.flags.baseUrl}.`
  return new ProviderError('redirected', forPeople(message, attempt), factsOf(attempt))
}

/** A body that is not JSON: the title of an HTML page, else the first 2 KB of the text. */
function plainText(body: string): string {
  const text = body.slice(0, 2048)
  return /^\s*</.test(text) ? (/<title>([^<]*)/i.exec(text)?.[1] ?? '') : text
}
