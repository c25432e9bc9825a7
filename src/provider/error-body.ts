/** What does an error body say? The envelopes of all known servers → one shape (openrouter.md sections 5.1 and 11). */
import { type Fields, fieldsOf, itemsOf, nonEmptyText, valueOf, wordOf } from './json.ts'

export interface ToldError {
  /** The numeric code inside the body when it can be a status of a failure (400..599), else null. */
  readonly code: number | null
  /** Every word that names the kind of error, lower case: codes and types of the endpoint and of the provider behind it. */
  readonly words: ReadonlySet<string>
  /** What people should read: the upstream's own text where the endpoint only says "Provider returned error". */
  readonly message: string
  /** The provider behind the endpoint, e.g. "Mistral"; null when not told. */
  readonly providerName: string | null
  /** `availability.retryable`, the server's own word; null when not told. */
  readonly retryable: boolean | null
}

/** Reads an `error` member, or a whole body without one: an object, or a bare string (LM Studio). Never throws. */
export function readError(error: unknown): ToldError {
  const fields = fieldsOf(error)
  const metadata = fieldsOf(fields['metadata'])
  const upstream = upstreamOf(metadata['raw'])
  const availability = fieldsOf(fields['availability'])
  return {
    code: statusCode(fields['http_status']) ?? statusCode(fields['code']),
    words: new Set(
      [fields, metadata, availability, fieldsOf(upstream), fieldsOf(fieldsOf(upstream)['error'])].flatMap(wordsOf),
    ),
    message: withReasons(joined(messageIn(error), messageIn(upstream)), metadata),
    providerName: nonEmptyText(metadata['provider_name']),
    retryable: typeof availability['retryable'] === 'boolean' ? availability['retryable'] : null,
  }
}

/** The `error` member of a body; the body itself where servers send it flat (Mistral, old vLLM, FastAPI). */
export function errorMember(body: unknown): unknown {
  return fieldsOf(body)['error'] ?? body
}

function statusCode(value: unknown): number | null {
  const code = typeof value === 'string' ? Number(value) : value
  return typeof code === 'number' && Number.isInteger(code) && code >= 400 && code <= 599 ? code : null
}

/** `metadata.raw`: the upstream's body as JSON text, as an object or as plain text. */
function upstreamOf(raw: unknown): unknown {
  return typeof raw === 'string' ? (valueOf(raw) ?? raw) : raw
}

function wordsOf(fields: Fields): string[] {
  return [fields['code'], fields['type'], fields['error_type']].flatMap((word) =>
    typeof word === 'string' ? [word.toLowerCase()] : [],
  )
}

/** Levels down to which the text for people is looked for; the known shapes have four. */
const DEEPEST_MESSAGE = 8

/** The text for people in any of the shapes: a string, `message`, `error`, `detail`, a list of FastAPI problems. */
function messageIn(value: unknown, levels = DEEPEST_MESSAGE): string {
  if (typeof value === 'string') return value.trim()
  if (levels === 0) return ''
  if (Array.isArray(value))
    return value
      .map((item) => problem(item, levels - 1))
      .filter(Boolean)
      .join('; ')
  const fields = fieldsOf(value)
  return messageIn(fields['message'] ?? fields['error'] ?? fields['detail'] ?? fields['msg'] ?? '', levels - 1)
}

/** One problem of a list: `{loc: ["body", "seed"], msg: "Extra inputs are not permitted"}`. */
function problem(item: unknown, levels: number): string {
  const place = itemsOf(fieldsOf(item)['loc']).map(wordOf).join('.')
  const message = messageIn(item, levels)
  return place === '' ? message : `${place}: ${message}`
}

function joined(own: string, upstream: string): string {
  if (upstream === '' || own.includes(upstream)) return own
  return own === '' || /^provider returned error\W*$/i.test(own) ? upstream : `${own} (${upstream})`
}

/** Moderation gives its reasons apart; they are added unless the message has them. */
function withReasons(message: string, metadata: Fields): string {
  const reasons = itemsOf(metadata['reasons']).filter(
    (reason) => typeof reason === 'string' && !message.includes(reason),
  )
  return reasons.length === 0 ? message : `${message} [${reasons.join(', ')}]`
}
