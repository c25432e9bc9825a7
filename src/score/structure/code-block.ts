/** Which part of an answer stands in Markdown's code fences? */

/** A fence on a line of its own. */
const FENCE = /^[ \t]*```.*$/m

/** The inside of the last block that is closed. */
export function lastCodeBlock(text: string): string | undefined {
  // Cut at its fences, an answer is prose, block, prose, block …, and prose again when the last block is closed.
  const pieces = text.split(FENCE)
  return pieces[pieces.length - (pieces.length % 2 === 0 ? 3 : 2)]
}

/** The text without the one fence that wraps the whole of it, and without outer white space. */
export function withoutFence(text: string): string {
  const [before, inside, after, ...more] = text.split(FENCE, 4)
  const isWrapped = inside !== undefined && before?.trim() === '' && after?.trim() === '' && more.length === 0
  return (isWrapped ? inside : text).trim()
}
