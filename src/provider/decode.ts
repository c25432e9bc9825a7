/** What came back? The body of an answer → text, reasoning, tool calls, usage; or what is wrong with it. */
import { type Fields, fieldsOf, itemsOf, nonEmptyText, valueOf, textOf, writeJson } from './json.ts'
import type { Completion, ErrorKind, ToolCall } from './types.ts'
import { readCost, readUsage } from './usage.ts'

/** A completion but for what its body does not tell. */
export type Answer = Omit<Completion, 'timing' | 'rateLimits'>

/** Why an answer with a good status is none: the server says so inside it, or we do. */
export type Failure =
  | { readonly by: 'server'; readonly error: unknown }
  | {
      readonly by: 'us'
      readonly kind: ErrorKind & ('truncated' | 'invalid_response' | 'empty')
      readonly message: string
    }

/** What a body holds; beside a failure the answer is what had arrived before it. */
export interface Decoded<A = Answer> {
  readonly answer: A
  readonly failure: Failure | null
}

export const NO_ANSWER: Answer = {
  text: '',
  reasoningText: '',
  refusal: null,
  toolCalls: [],
  finishReason: null,
  usage: null,
  reportedCostUsd: null,
  servedModel: null,
  servedProvider: null,
  generationId: null,
  systemFingerprint: null,
  serviceTier: null,
}

/** Decodes a body that is not a stream. Gateways pad it with blanks, some servers with a byte order mark. */
export function decodeBody(text: string): Decoded {
  const parsed = valueOf(text.trim())
  const body = fieldsOf(parsed)
  if (parsed !== body) return { answer: NO_ANSWER, failure: garbage(text) }
  const choice = fieldsOf(itemsOf(body['choices'])[0])
  const message = fieldsOf(choice['message'])
  const content = readContent(message['content'])
  const answer: Answer = {
    ...servedBy(body),
    text: content.text,
    reasoningText: readReasoning(message, content.thinking),
    refusal: nonEmptyText(message['refusal']),
    toolCalls: itemsOf(message['tool_calls']).map(readToolCall),
    finishReason: readFinishReason(choice['finish_reason']),
    usage: readUsage(body['usage']),
    reportedCostUsd: readCost(body['usage']),
  }
  return { answer, failure: hiddenError(body, choice) ?? (choice['message'] ? emptiness(answer) : garbage(text)) }
}

/** The error that a good status hides (openrouter.md section 5.3), or null. */
export function hiddenError(body: Fields, choice: Fields): Failure | null {
  const error = body['error'] || choice['error'] || (body['object'] === 'error' && body)
  if (error) return { by: 'server', error }
  return choice['finish_reason'] === 'error' ? { by: 'server', error: 'the answer ended with an error' } : null
}

/** An answer without content and without a word on why it ended: a model that is still starting (openrouter.md section 5.4). */
export function emptiness(answer: Answer): Failure | null {
  const { text, refusal, toolCalls, finishReason } = answer
  if (finishReason !== null || text !== '' || refusal !== null || toolCalls.length > 0) return null
  return { by: 'us', kind: 'empty', message: 'the answer is empty and gives no reason for its end' }
}

/** Who answered: the same fields in a body and in every chunk of a stream. */
export function servedBy(body: Fields) {
  return {
    servedModel: nonEmptyText(body['model']),
    servedProvider: nonEmptyText(body['provider']),
    generationId: nonEmptyText(body['id']),
    systemFingerprint: nonEmptyText(body['system_fingerprint']),
    serviceTier: nonEmptyText(body['service_tier']),
  }
}

/** Why the answer ended, in OpenRouter's words; Mistral says `model_length` for `length`. */
export function readFinishReason(value: unknown): string | null {
  return value === 'model_length' ? 'length' : nonEmptyText(value)
}

/** Content as text, whether it came as a string, as parts or as null; Mistral's `thinking` parts apart. */
export function readContent(content: unknown): { readonly text: string; readonly thinking: string } {
  if (typeof content === 'string') return { text: content, thinking: '' }
  let text = ''
  let thinking = ''
  for (const item of itemsOf(content)) {
    const part = fieldsOf(item)
    if (part['type'] === 'thinking') thinking += readThought(part['thinking'])
    else text += textOf(part['text'])
  }
  return { text, thinking }
}

/** A thought as text, whether it came as a string or as parts. */
function readThought(thought: unknown): string {
  if (typeof thought === 'string') return thought
  return itemsOf(thought)
    .map((part) => textOf(fieldsOf(part)['text']))
    .join('')
}

/**
 * What the model thought aloud. A server may send the same thought under two names, so the first name that holds any
 * text is taken and the others are left: `reasoning`, `reasoning_content`, `reasoning_details`, thinking parts.
 */
export function readReasoning(message: Fields, thinking: string): string {
  return (
    nonEmptyText(message['reasoning']) ??
    nonEmptyText(message['reasoning_content']) ??
    nonEmptyText(itemsOf(message['reasoning_details']).map(readReasoningDetail).join('')) ??
    thinking
  )
}

function readReasoningDetail(item: unknown): string {
  const detail = fieldsOf(item)
  return textOf(detail['text']) || textOf(detail['summary'])
}

/** One tool call, or one piece of it in a stream. Arguments stay text: the model may have written invalid JSON. */
export function readToolCall(item: unknown): ToolCall {
  const call = fieldsOf(item)
  const { name, arguments: given } = fieldsOf(call['function'])
  return {
    id: nonEmptyText(call['id']),
    name: textOf(name),
    arguments: typeof given === 'object' && given !== null ? writeJson(given) : textOf(given),
  }
}

/** The failure of an answer that came compressed, which was not asked for: an event stream could not be read as it arrives. */
export function compressed(encoding: string): Failure {
  const message = `the answer is compressed (content-encoding: ${encoding}), though the request says that it must not be`
  return { by: 'us', kind: 'invalid_response', message }
}

/** The failure of an answer whose connection broke before the body was whole. */
export function brokenOff(bytes: number, why: string): Failure {
  const message = `the connection broke after ${bytes} bytes of the answer: ${why}`
  return { by: 'us', kind: 'truncated', message }
}

/** The failure of an answer that is not in the form of a completion. */
export function garbage(text: string, what = 'chat completion'): Failure {
  const seen = text.trim() === '' ? 'an empty body' : `"${text.trim().slice(0, 2048)}"`
  return { by: 'us', kind: 'invalid_response', message: `the answer is no ${what} but ${seen}` }
}
