/** What does the client ask for? The body of POST /chat/completions, checked. */
import { isObject, parseJson } from '../lib/json.ts'
import type { ContentPart, Message, Role } from '../prompt/types.ts'
import { badRequest, RequestRefused } from './errors.ts'

export interface ChatRequest {
  readonly model: string
  readonly messages: readonly Message[]
  readonly stream: boolean
  /** Longest answer in tokens, at least 1; infinite when the client set none. */
  readonly maxTokens: number
  /** Null when none was sent. */
  readonly seed: number | null
  /** The form that the answer has to have; null: any text. */
  readonly form: Form | null
}

/** What `response_format` asks for. */
export interface Form {
  /** A JSON schema. */
  readonly schema: Readonly<Record<string, unknown>>
}

const ROLES: readonly Role[] = ['system', 'developer', 'user', 'assistant', 'tool']

/** Reads and checks a body; fields that the simulator has no use for are ignored. Throws RequestRefused with a 400. */
export function readChatRequest(bodyText: string): ChatRequest {
  const body = parseObject(bodyText)
  const { model, messages, stream = false, seed = null } = body
  if (typeof model !== 'string' || model === '') refuse('model: expected the name of a model.')
  if (!Array.isArray(messages) || messages.length === 0) refuse('messages: expected a list of at least one message.')
  if (typeof stream !== 'boolean' && stream !== null) refuse('stream: expected true or false.')
  if (seed !== null && !isInteger(seed)) refuse('seed: expected an integer.')
  return {
    model,
    messages: messages.map(readMessage),
    stream: stream === true,
    maxTokens: readMaxTokens(body),
    seed,
    form: readForm(body['response_format'] ?? null),
  }
}

/** The body as an object. Throws RequestRefused. */
export function parseObject(text: string): Record<string, unknown> {
  const json = parseJson(text) ?? refuse('The body is not valid JSON.')
  if (!isObject(json.value)) refuse('The body is not a JSON object.')
  return json.value
}

/** The lower of the two names of the limit, should a client send both. */
function readMaxTokens(body: Record<string, unknown>): number {
  const limits = ['max_tokens', 'max_completion_tokens'].map((field) => {
    const limit = body[field] ?? null
    if (limit === null) return Number.POSITIVE_INFINITY
    if (isInteger(limit) && limit >= 1) return limit
    return refuse(`${field}: expected a whole number of at least 1.`)
  })
  return Math.min(...limits)
}

function readForm(format: unknown): Form | null {
  if (format === null) return null
  const { type, json_schema: told } = isObject(format) ? format : {}
  if (type === 'text') return null
  if (type === 'json_object') return { schema: { type: 'object' } }
  if (type !== 'json_schema') refuse('response_format.type: expected text, json_object or json_schema.')
  if (!isObject(told) || typeof told['name'] !== 'string' || !/^[\w-]{1,64}$/.test(told['name'])) {
    refuse('response_format.json_schema.name: expected 1 to 64 letters, digits, _ and -.')
  }
  if (!isObject(told['schema'])) refuse('response_format.json_schema.schema: expected a JSON schema.')
  return { schema: told['schema'] }
}

function readMessage(message: unknown, place: number): Message {
  if (!isObject(message)) refuse(`messages[${place}]: expected an object with role and content.`)
  if (!hasRole(message)) refuse(`messages[${place}].role: expected one of ${ROLES.join(', ')}.`)
  if (!hasContent(message)) refuse(`messages[${place}].content: expected text or a list of content parts.`)
  return message
}

function hasRole(message: Record<string, unknown>): message is Record<string, unknown> & { role: Role } {
  return ROLES.some((role) => role === message['role'])
}

/** A message without content counts as one with null: tool calls may stand alone. */
function hasContent<T extends Record<string, unknown>>(message: T): message is T & Pick<Message, 'content'> {
  const content = message['content'] ?? null
  return content === null || typeof content === 'string' || (Array.isArray(content) && content.every(isPart))
}

function isPart(value: unknown): value is ContentPart {
  return isObject(value) && typeof value['type'] === 'string'
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value)
}

/** Throws a 400 that says so. */
export function refuse(message: string): never {
  throw new RequestRefused(badRequest(message))
}
