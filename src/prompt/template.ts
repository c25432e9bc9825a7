/**
 * Text with `{{column}}` placeholders.
 *
 * Our own thirty lines rather than a template engine: column names may hold spaces ("Best Answer"), every missing name has
 * to be found before anything is sent, and a cell must never be able to act. There is nothing here but substitution.
 */
import { sha256 } from '../lib/hash.ts'
import type { Template, TemplatePiece } from './types.ts'

/** `{{ name }}`, or `\{{` for two literal braces. A name has no braces and no line break. */
const PLACEHOLDER = /\\\{\{|\{\{[ \t]*([^{}\r\n]*?[^{}\r\n \t])[ \t]*\}\}/g

/** Parses the text once; braces that are no placeholder stay as they are. */
export function parseTemplate(source: string): Template {
  const pieces: TemplatePiece[] = []
  let literal = ''
  let end = 0
  for (const match of source.matchAll(PLACEHOLDER)) {
    literal += source.slice(end, match.index)
    end = match.index + match[0].length
    if (match[1] === undefined) {
      literal += '{{'
      continue
    }
    if (literal !== '') pieces.push({ literal })
    literal = ''
    pieces.push({ column: match[1] })
  }
  literal += source.slice(end)
  if (literal !== '') pieces.push({ literal })
  return { source, pieces }
}

/** Index of the first `{{` that is neither escaped nor a placeholder; undefined when there is none. */
export function unclosedPlaceholder(source: string): number | undefined {
  const at = source.replace(PLACEHOLDER, (match) => ' '.repeat(match.length)).indexOf('{{')
  return at === -1 ? undefined : at
}

/** Names of the columns that the template needs, in order of appearance. */
export function columnsOf(template: Template): string[] {
  return template.pieces.flatMap((piece) => ('column' in piece ? [piece.column] : []))
}

/** Replaces every placeholder by its cell, once: what a cell contains is never looked at again. */
export function fill(template: Template, cell: (column: string) => string): string {
  let text = ''
  for (const piece of template.pieces) text += 'column' in piece ? cell(piece.column) : piece.literal
  return text
}

/** Twelve hex digits that stand for a template's text in prompt ids. */
export function templateHash(text: string): string {
  return sha256(text).slice(0, 12)
}
