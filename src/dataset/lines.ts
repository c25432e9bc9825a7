/** How many lines does a text span? */

/** Line ends in a text; CRLF, LF and CR count as one each. */
export function lineEndsIn(text: string): number {
  // Most cells have none, and includes() is much cheaper than a regular expression.
  if (!text.includes('\n') && !text.includes('\r')) return 0
  return text.match(/\r\n|\n|\r/g)?.length ?? 0
}
