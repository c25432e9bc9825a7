/** Which JSON value does an answer give? */
import { parseJson } from '../lib/json.ts'

/** A fence of Markdown on a line of its own. */
const FENCE = /^[ \t]*```.*$/m

/** The whole answer when it is JSON, else its last fenced block. JSON loose in prose is not looked for. */
export function jsonOfAnswer(output: string): { readonly value: unknown } | undefined {
  const whole = parseJson(output)
  if (whole !== undefined) return whole
  // Cut at its fences, an answer is prose, block, prose, block …, and prose again when the last block is closed.
  const pieces = output.split(FENCE)
  const lastBlock = pieces[pieces.length - (pieces.length % 2 === 0 ? 3 : 2)]
  return lastBlock === undefined ? undefined : parseJson(lastBlock)
}
