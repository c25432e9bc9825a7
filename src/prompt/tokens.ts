/**
 * How long is a prompt, in tokens? Exact where the model's own vocabulary is at hand, else tiktoken's count of a related
 * encoding times a measured factor. Sources: the families and factors of Mistral were measured against Mistral's own
 * vocabularies on prose, code, JSON and twelve languages.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Tiktoken } from 'tiktoken'
import type { Message } from './types.ts'

/** How one family of models counts. */
export interface TokenFamily {
  readonly name: string
  readonly encoding: 'cl100k_base' | 'o200k_base' | 'tekken'
  /** Mean tokens of the family per token of the encoding. */
  readonly factor: number
  /** The family writes every digit as a token of its own, the encoding groups up to three. */
  readonly digitsApart: boolean
  /** True when the encoding is the model's own vocabulary. */
  readonly exact: boolean
  /** Tokens of the chat template: for the conversation, for each message, and more for a system message. */
  readonly overhead: { readonly base: number; readonly perMessage: number; readonly system: number }
}

const MISTRAL_OVERHEAD = { base: 1, perMessage: 2, system: 0 }
const OPENAI_OVERHEAD = { base: 3, perMessage: 4, system: 0 }

const SENTENCEPIECE: TokenFamily = {
  name: 'Mistral SentencePiece v3',
  encoding: 'cl100k_base',
  factor: 1.2,
  digitsApart: true,
  exact: false,
  overhead: MISTRAL_OVERHEAD,
}
const TEKKEN: TokenFamily = {
  name: 'Mistral Tekken',
  encoding: 'tekken',
  factor: 1,
  digitsApart: false,
  exact: true,
  overhead: MISTRAL_OVERHEAD,
}
/** Where the Tekken vocabulary is not installed (a clone without development dependencies). */
const TEKKEN_ESTIMATED: TokenFamily = {
  ...TEKKEN,
  encoding: 'o200k_base',
  factor: 1.05,
  digitsApart: true,
  exact: false,
}
const OPENAI_O200K: TokenFamily = {
  name: 'OpenAI o200k',
  encoding: 'o200k_base',
  factor: 1,
  digitsApart: false,
  exact: true,
  overhead: OPENAI_OVERHEAD,
}
const OPENAI_CL100K: TokenFamily = { ...OPENAI_O200K, name: 'OpenAI cl100k', encoding: 'cl100k_base' }
const UNKNOWN: TokenFamily = { ...OPENAI_O200K, name: 'unknown tokenizer', factor: 1.2, exact: false }

/** Slug pattern → family; the first match wins. */
const FAMILIES: readonly (readonly [RegExp, TokenFamily])[] = [
  [
    /mistral-small(-2312|-2402|-2409)?(:|$)|mixtral|mistral-7b|mistral-tiny|mistral-large-2407|codestral-2405/,
    SENTENCEPIECE,
  ],
  [/mistral|ministral|codestral|devstral|magistral|pixtral|voxtral/, TEKKEN],
  [/gpt-4o|gpt-4\.1|gpt-4\.5|gpt-5|gpt-oss|chatgpt|(^|\/)o[134](-|$)/, OPENAI_O200K],
  [/gpt-4|gpt-3\.5|text-embedding/, OPENAI_CL100K],
]

const TEKKEN_PATH = new URL('./tekken-240718.json', import.meta.url)

/** The family that a model slug belongs to. `mistral-small-latest` moves on; the bare slug names the 24.09 weights. */
export function tokenFamily(model: string): TokenFamily {
  const slug = model.toLowerCase()
  const family = FAMILIES.find(([pattern]) => pattern.test(slug))?.[1] ?? UNKNOWN
  return family === TEKKEN && !existsSync(TEKKEN_PATH) ? TEKKEN_ESTIMATED : family
}

/** Tokens of a text in the family's vocabulary, estimated unless the family is exact; never more than its UTF-8 bytes. */
export function countTokens(text: string, family: TokenFamily): number {
  const counted = encoded(text, family.encoding)
  if (family.exact) return counted
  const digits = family.digitsApart ? (text.match(/\d/g)?.length ?? 0) : 0
  // A mean factor can overshoot what is possible; the reservation of an attempt rests on the bytes.
  return Math.min(Buffer.byteLength(text), Math.ceil(counted * family.factor + (digits * 2) / 3))
}

/** Tokens of a whole prompt: the texts of its messages plus the chat template around them. */
export function countPromptTokens(messages: readonly Message[], family: TokenFamily): number {
  const { base, perMessage, system } = family.overhead
  return messages.reduce(
    (sum, message) =>
      sum + perMessage + (message.role === 'system' ? system : 0) + countTokens(messageText(message), family),
    base,
  )
}

/** Everything of a message that becomes tokens: text parts as text, anything else as its JSON. */
export function messageText({ content, role: _role, ...fields }: Message): string {
  const rest = Object.keys(fields).length === 0 ? '' : JSON.stringify(fields)
  if (content === null) return rest
  if (typeof content === 'string') return content + rest
  const parts = content.map((part) => (typeof part['text'] === 'string' ? part['text'] : JSON.stringify(part)))
  return parts.join('\n') + rest
}

/**
 * An upper bound of a text prompt's tokens that needs no tokenizer: a byte-level vocabulary never has more tokens than the
 * text has UTF-8 bytes. The margin per message covers any chat template we know, twice over. `params` are further fields of
 * the request: tools and schemas become part of the prompt.
 */
export function promptTokensBound(messages: readonly Message[], params: Readonly<Record<string, unknown>>): number {
  const ofMessages = messages.reduce((sum, message) => sum + 16 + Buffer.byteLength(messageText(message)), 16)
  return Object.keys(params).length === 0 ? ofMessages : ofMessages + Buffer.byteLength(JSON.stringify(params))
}

// One encoder per encoding for the whole process: each holds up to 30 MB, and loading one takes a third of a second.
const encoders = new Map<TokenFamily['encoding'], Tiktoken>()

/** Longest piece handed to the encoder at once: it is quadratic in runs without white space. */
const LONGEST_RUN = 1_000
const LONG_RUNS = new RegExp(`\\S{${LONGEST_RUN}}|(?:(?!\\S{${LONGEST_RUN}})[^])+`, 'gu')

function encoded(text: string, encoding: TokenFamily['encoding']): number {
  const encoder = encoders.get(encoding) ?? load(encoding)
  encoders.set(encoding, encoder)
  return boundedPieces(text).reduce((sum, piece) => sum + encoder.encode_ordinary(piece).length, 0)
}

/** The text as it is, but for runs without white space, which are cut every LONGEST_RUN characters. */
function boundedPieces(text: string): readonly string[] {
  return text.length <= LONGEST_RUN ? [text] : (text.match(LONG_RUNS) ?? [text])
}

interface TekkenFile {
  readonly config: { readonly pattern: string }
  readonly bpe_ranks: string
}

/** tiktoken is loaded on first use: most runs never count a token. */
function load(encoding: TokenFamily['encoding']): Tiktoken {
  const require = createRequire(import.meta.url)
  if (encoding !== 'tekken') return (require('tiktoken') as typeof import('tiktoken')).get_encoding(encoding)
  const lite = require('tiktoken/lite') as typeof import('tiktoken/lite')
  const { config, bpe_ranks } = JSON.parse(readFileSync(TEKKEN_PATH, 'utf8')) as TekkenFile
  return new lite.Tiktoken(bpe_ranks, {}, config.pattern)
}
