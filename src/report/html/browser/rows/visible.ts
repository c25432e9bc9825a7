/** Text of models and datasets as people can see it: what is invisible or acts on its surroundings gets a sign. */

// Controls but tab and line feed, a carriage return that ends no line, spaces without width, line and paragraph separators,
// bidirectional embeddings, overrides and isolates, halves of characters.
const UNSEEN =
  /\r(?!\n)|(?![\t\n\r])\p{Cc}|[\u00ad\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]|\p{Surrogate}/gu

/** "␛[31m" for an escape sequence, "⟨U+202E⟩" for an override. Joiners stay: emoji and scripts are made with them. */
export function visible(text: string): string {
  return text.replace(UNSEEN, signOf)
}

function signOf(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '␡'
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}

/** Characters of a text that a cell of the table can show. */
const SNIPPET = 240

/** Characters before the first match that stay in sight. */
const LEAD = 30

/** One line: from the start, or from a little before the first match of the filter. */
export function snippet(text: string, wanted = ''): string {
  const found = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted.toLowerCase())
  const start = found > LEAD * 2 ? found - LEAD : 0
  const piece = text.slice(start, start + SNIPPET)
  // A cut through a pair of surrogates would show as two halves.
  const whole = piece.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '')
  return visible(`${start > 0 ? '…' : ''}${whole}`.replace(/\s+/g, ' ').trim())
}
