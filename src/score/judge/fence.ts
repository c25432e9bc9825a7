/**
 * How does a text from outside reach a judge without becoming an instruction? It stands between tags that it cannot know:
 * their names end in a code made of the texts themselves by hash. Equal texts give equal tags, so that equal questions are
 * equal bytes. A text cannot hold the code that its own content decides, and where one does all the same, another is taken.
 */
import { key128 } from '../../lib/hash.ts'

/** Hex digits of a code: 64 bits, which no text meets by chance. */
const CODE_LENGTH = 16

/** Half of a surrogate pair: many servers refuse a body that holds one. */
const LONE_SURROGATE = /\p{Cs}/gu

/** A text from outside, and the name of the tag around it. */
export interface TaggedText {
  readonly tag: string
  readonly text: string
}

export interface Fenced {
  /** The end of all tag names. */
  readonly code: string
  /** The texts between their tags. They are put in as they are: a placeholder in a text stays text. */
  readonly text: string
}

/** Puts each text between an opening and a closing tag of its own. The hash is an argument so that tests can make codes collide. */
export function fence(texts: readonly TaggedText[], hash: (text: string) => string = key128): Fenced {
  const data = texts.map(({ tag, text }) => ({ tag, text: text.replace(LONE_SURROGATE, '\ufffd') }))
  const code = freeCode(data, hash)
  return { code, text: data.map(({ tag, text }) => `<${tag}-${code}>\n${text}\n</${tag}-${code}>`).join('\n\n') }
}

function freeCode(texts: readonly TaggedText[], hash: (text: string) => string): string {
  const all = JSON.stringify(texts.map(({ tag, text }) => [tag, text]))
  for (let attempt = 0; ; attempt += 1) {
    const code = hash(`${attempt}|${all}`).slice(0, CODE_LENGTH)
    if (texts.every(({ text }) => !text.includes(code))) return code
  }
}
