/** Where do words end? At white space, as the reference implementations of the metrics see it. */

// Python takes U+001C–U+001F and all of Unicode's White_Space for white space. JavaScript's \s lacks the former and U+0085,
// and has U+FEFF on top.
const SPACE = `\\p{White_Space}${String.fromCharCode(0x1c)}-${String.fromCharCode(0x1f)}`

const NO_SPACE = new RegExp(`[^${SPACE}]+`, 'gu')
const LEADING_SPACE = new RegExp(`^[${SPACE}]+`, 'u')
const NOT_SPACE = new RegExp(`[^${SPACE}]`, 'u')

/** The words of a text, as Python's `text.split()` gives them. */
export function splitWords(text: string): readonly string[] {
  return text.match(NO_SPACE) ?? []
}

/** The text without white space in front, as Python's `text.lstrip()` gives it. */
export function trimStart(text: string): string {
  return text.replace(LEADING_SPACE, '')
}

/** The text without white space at its end, as Python's `text.rstrip()` gives it; a pattern would be quadratic. */
export function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && !NOT_SPACE.test(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
