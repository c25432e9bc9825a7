/** Which texts does a judge see, and where in a sample do they stand? */
import { findColumn } from '../../lib/columns.ts'
import { didYouMean } from '../../lib/suggest.ts'
import { oneLine } from '../../lib/text.ts'
import type { Message } from '../../prompt/types.ts'
import type { TaggedText } from './fence.ts'

/** Columns that a message lists. */
const SHOWN_COLUMNS = 20

type Vars = Readonly<Record<string, string>>

/** What the model was asked, behind the tag `question`; nothing when that is not known. */
export function questionTexts(messages: readonly Message[]): readonly TaggedText[] {
  const text = conversationOf(messages)
  return text.trim() === '' ? [] : [{ tag: 'question', text }]
}

/** One message as it is, several with the role of each. */
function conversationOf(messages: readonly Message[]): string {
  const [only, ...more] = messages
  if (only === undefined || more.length === 0) return contentOf(only)
  return messages.map((message) => `[${message.role}]\n${contentOf(message)}`).join('\n\n')
}

function contentOf(message: Message | undefined): string {
  const content = message?.content ?? ''
  if (typeof content === 'string') return content
  return content.map(({ type, text }) => (typeof text === 'string' ? text : `[${type}]`)).join('\n')
}

/** Texts of which any one counts: `expected`, or `expected-1`, `expected-2` … */
export function alternatives(tag: string, texts: readonly string[]): readonly TaggedText[] {
  const filled = texts.filter((text) => text.trim() !== '')
  return filled.map((text, index) => ({ tag: filled.length === 1 ? tag : `${tag}-${index + 1}`, text }))
}

/** The text of a column, undefined when it is missing or blank. */
export function cellOf(vars: Vars, column: string): string | undefined {
  const found = findColumn(Object.keys(vars), column)
  const text = found === undefined ? undefined : vars[found]
  return text?.trim() === '' ? undefined : text
}

/** Why a sample has no text in that column, for people; undefined when it has one. */
export function columnProblem(scorer: string, vars: Vars, column: string): string | undefined {
  const columns = Object.keys(vars)
  if (findColumn(columns, column) !== undefined) {
    return cellOf(vars, column) === undefined
      ? `the column "${column}" is empty, and the scorer ${scorer} needs its text. Fill it in, or leave the row out with --where.`
      : undefined
  }
  const shown = columns.slice(0, SHOWN_COLUMNS).map((name) => oneLine(name, 40))
  return (
    `there is no column "${column}", and the scorer ${scorer} needs its text.${didYouMean(column, columns)} ` +
    `The columns are ${shown.join(', ')}${columns.length > shown.length ? ', …' : ''}; name one: --scorer ${scorer}:column.`
  )
}
