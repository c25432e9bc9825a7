/**
 * How many tokens is that? A rule, not a tokenizer: four bytes of UTF-8 are one token, rounded up, and a prompt has three
 * more for its template. That is near the truth for English, costs nothing at start-up, and never exceeds the bytes plus
 * three, so that bounds computed from bytes hold here as they do for real models.
 */
import type { Message } from '../prompt/types.ts'
import { textOf } from './oracle.ts'

const BYTES_PER_TOKEN = 4
const TEMPLATE_TOKENS = 3

/** Tokens of an answer; 0 for no text. */
export function completionTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN)
}

/** Tokens of a prompt: the text of all messages, other content parts not counted. */
export function promptTokens(messages: readonly Message[]): number {
  const bytes = messages.reduce((sum, message) => sum + Buffer.byteLength(textOf(message)), 0)
  return Math.ceil(bytes / BYTES_PER_TOKEN) + TEMPLATE_TOKENS
}

/** The longest beginning of a text that has at most so many tokens; never ends inside a character. */
export function firstTokens(text: string, maxTokens: number): string {
  if (completionTokens(text) <= maxTokens) return text
  const bytes = Buffer.from(text)
  let end = maxTokens * BYTES_PER_TOKEN
  // Continuation bytes of UTF-8 are 10xxxxxx: a cut before one would split a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}
