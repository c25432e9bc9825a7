/** How is text of any kind written into a Markdown page, so that it shows as it is? */

/** A table of a head and rows whose cells are Markdown already. */
export const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ')

/** The longest run of backticks in a text: what encloses it has to be longer. */
const longestTicks = (text) => Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length))

/** What nobody could see is written as its code: line feeds are told apart from blanks, and nothing turns the text around. */
const visible = (text, kept) =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) =>
    kept.includes(character) ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Text in one line, between as many backticks as it needs. */
export function code(text) {
  if (text === '') return '*(empty)*'
  const line = visible(text.replaceAll('\n', '⏎'), '\u200d')
  const ticks = '`'.repeat(longestTicks(line) + 1)
  // Markdown takes a blank from both ends where both have one, and a backtick must not touch the enclosing ones.
  const pad = /^[` ]|[` ]$/.test(line) ? ' ' : ''
  return `${ticks}${pad}${line}${pad}${ticks}`
}

/** Text of several lines as a block. */
export function block(text) {
  const fence = '`'.repeat(Math.max(3, longestTicks(text) + 1))
  return `${fence}text\n${visible(text, '\n\u200d')}\n${fence}`
}

/** A sentence of the registry: plain text but for `code`, so what Markdown would take for more is escaped. */
export function prose(text) {
  return text.replace(/`[^`]*`|\\(?=[!-/:-@[-`{-~])|[<>*]/g, (found) => (found.startsWith('`') ? found : `\\${found}`))
}
