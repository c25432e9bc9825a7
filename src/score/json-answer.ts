/** Which JSON value does an answer give? */
import { parseJson } from '../lib/json.ts'
import { lastCodeBlock } from './structure/code-block.ts'

/** The whole answer when it is JSON, else its last fenced block. JSON loose in prose is not looked for. */
export function jsonOfAnswer(output: string): { readonly value: unknown } | undefined {
  const whole = parseJson(output)
  if (whole !== undefined) return whole
  const block = lastCodeBlock(output)
  return block === undefined ? undefined : parseJson(block)
}
