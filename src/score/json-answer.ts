/** Which JSON value does an answer give? */
import { type ExactJson, parseExactJson } from '../lib/exact-json.ts'
import { parseJson } from '../lib/json.ts'
import { lastCodeBlock } from './structure/code-block.ts'

/** The whole answer when it is JSON, else its last fenced block. JSON loose in prose is not looked for. */
export function jsonOfAnswer(output: string): { readonly value: unknown } | undefined {
  return readAnswer(output, parseJson)
}

/** The same value, with every number apart from those that are not equal to it. */
export function exactJsonOfAnswer(output: string): ExactJson | undefined {
  return readAnswer(output, parseExactJson)
}

function readAnswer<T>(output: string, parse: (text: string) => T | undefined): T | undefined {
  const whole = parse(output)
  if (whole !== undefined) return whole
  const block = lastCodeBlock(output)
  return block === undefined ? undefined : parse(block)
}
