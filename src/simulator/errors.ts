/** What does a refusal look like? OpenRouter's error envelope, `{"error": {code, message, metadata}}`. */
import type { Refusal } from './behaviour.ts'
import type { Reply } from './types.ts'

/** Status → [error_type, message] of the failures that a script can name. */
const BY_STATUS = {
  '401': ['authentication', 'No valid API key was sent.'],
  '402': ['payment_required', 'Not enough credits for this request. Add credits or lower max_tokens.'],
  '403': ['content_policy_violation', 'Input rejected by moderation.'],
  '404': ['not_found', 'No endpoint serves this model.'],
  '408': ['timeout', 'The request timed out.'],
  '429': ['rate_limit_exceeded', 'Rate limit exceeded.'],
  '500': ['server', 'Internal Server Error'],
  '502': ['provider_unavailable', 'Provider returned error'],
  '503': ['provider_overloaded', 'The provider is overloaded.'],
  '504': ['timeout', 'The provider did not answer in time.'],
  '529': ['provider_overloaded', 'The provider is overloaded.'],
} as const satisfies Record<string, readonly [errorType: string, message: string]>

export type ErrorStatus = keyof typeof BY_STATUS

/** What a particular refusal adds to the envelope and to the headers. */
export interface ErrorDetails {
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly availability?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
  /** When the answer is written, in ms since the request came; default at once. */
  readonly atMs?: number
}

/** Thrown where a request cannot be served; becomes the reply. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused'
  readonly reply: Reply

  constructor(reply: Reply) {
    super(`HTTP ${reply.status}`)
    this.reply = reply
  }
}

export function errorReply(status: number, errorType: string, message: string, details: ErrorDetails = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...details.headers },
    writes: [{ atMs: details.atMs ?? 0, text: errorEnvelope(status, errorType, message, details) }],
    ending: 'end',
  }
}

/** The usual reply of a status. */
export function statusReply(status: ErrorStatus, details: ErrorDetails = {}): Reply {
  const [errorType, message] = BY_STATUS[status]
  return errorReply(Number(status), errorType, message, details)
}

/** The envelope alone: also what an error inside a 200 carries. */
function errorEnvelope(code: number, errorType: string, message: string, details: ErrorDetails = {}): string {
  const { metadata, availability } = details
  const error = { code, message, metadata: { error_type: errorType, ...metadata } }
  return JSON.stringify({ error: availability === undefined ? error : { ...error, availability } })
}

/** 429 in OpenRouter's form: whole seconds in Retry-After, epoch milliseconds in X-RateLimit-Reset, the same in metadata. */
export function rateLimitReply(refusal: Refusal, now: Date): Reply {
  const limits = {
    'X-RateLimit-Limit': String(refusal.limit),
    'X-RateLimit-Remaining': '0',
    'X-RateLimit-Reset': String(now.getTime() + Math.ceil(refusal.retryAfterMs)),
  }
  const retryAfter = String(Math.max(1, Math.ceil(refusal.retryAfterMs / 1000)))
  return statusReply('429', {
    headers: { 'Retry-After': retryAfter, ...limits },
    metadata: { headers: limits, provider_name: null },
  })
}

/** 400 for a request that is wrong in itself. */
export function badRequest(message: string): Reply {
  return errorReply(400, 'invalid_request', message)
}
