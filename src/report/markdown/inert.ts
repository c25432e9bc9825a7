/**
 * How does text of models and datasets stand in Markdown without acting there? As a code span wherever that reads well: inside one
 * nothing is a link, HTML, a mention or the end of a cell. Inside sentences every character that GitHub acts on is escaped.
 */
import { oneLine } from '../../lib/text.ts'
import { bothEnds } from '../comparison-words.ts'
import { integer } from '../numbers.ts'

const MOST_CHARACTERS = 120

/** Breaks what GitHub would make a link or a mention of, and is not seen. */
const BREAK = '&#8203;'

/** A code span, which holds any text: its fence is longer than the runs of backticks inside. */
export function code(text: string, width = MOST_CHARACTERS): string {
  const flat = oneLine(text, width)
  if (flat === '') return '(empty)'
  const runs = flat.match(/`+/g) ?? []
  const fence = '`'.repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1)
  const pad = flat.startsWith('`') || flat.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${flat}${pad}${fence}`
}

/** A code span of the beginning and the end of a longer text, with how long it is. */
export function clipped(text: string, width: number): string {
  const ends = bothEnds(text, width)
  const isCut = text.length > width && ends.includes(' … ')
  return `${code(ends, width)}${isCut ? ` (${integer(text.length)} characters)` : ''}`
}

/** One line of a sentence that quotes names and messages: no markup, no HTML, no link, nobody mentioned. */
export function prose(text: string, width = 2_000): string {
  return (
    oneLine(text, width)
      .replace(/&/g, '&amp;')
      .replace(/[\\`*_[\]<>~]|\$(?!\d)/g, '\\$&')
      .replace(/[@#]|GH-(?=\d)|www(?=\.)|:(?=\/\/)|(?:mailto|xmpp):/gi, `$&${BREAK}`)
      .replace(/\b(?=[0-9a-f]*\d)(?=\d*[a-f])([0-9a-f])(?=[0-9a-f]{6,39}\b)/g, `$1${BREAK}`)
      .replaceAll('|', '&#124;')
      // What would begin a heading or a list.
      .replace(/^(?=[#+=-])|^(\d+)(?=[.)])/, '$1\\')
  )
}

/**
 * A table; a line feed is a line of the cell. A bar inside a code span is escaped; parsers do not agree on one behind a backslash,
 * so these two are set apart.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cell = (text: string): string => text.replaceAll('\\|', '\\ |').replaceAll('|', '\\|').replaceAll('\n', '<br>')
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}

/** What a reader opens when they want it. `summary` is text of our own. */
export function folded(summary: string, lines: readonly string[]): string[] {
  return [`<details><summary>${summary}</summary>`, '', ...lines, '', '</details>']
}
