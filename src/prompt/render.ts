/** template + sample → messages. */
import { findColumn } from '../lib/columns.ts'
import { UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { parseMessages } from './parse.ts'
import { fill } from './template.ts'
import type { Message, PromptTemplate } from './types.ts'

/** The parts of a sample that rendering needs (dataset/types.ts: Sample). */
export interface Renderable {
  readonly vars: Readonly<Record<string, string>>
  readonly prefix: string
  readonly suffix: string
}

/**
 * Renders one prompt for one sample. Throws UserError for a `messages` cell that is no conversation; the caller knows the
 * line. Columns are checked by the caller: a missing one renders as nothing.
 */
export function render(prompt: PromptTemplate, sample: Renderable): Message[] {
  const cell = (column: string): string => cellOf(sample.vars, column) ?? ''
  const messages = renderBody(prompt, cell)
  const wrapped = sample.prefix === '' && sample.suffix === '' ? messages : wrapLastUser(messages, sample)
  return prompt.system === null ? wrapped : [{ role: 'system', content: fill(prompt.system, cell) }, ...wrapped]
}

/** The cell under a column name, capitals forgiven; undefined when there is no such column. */
export function cellOf(vars: Readonly<Record<string, string>>, column: string): string | undefined {
  if (Object.hasOwn(vars, column)) return vars[column]
  const match = findColumn(Object.keys(vars), column)
  return match === undefined ? undefined : vars[match]
}

function renderBody(prompt: PromptTemplate, cell: (column: string) => string): Message[] {
  const { body } = prompt
  switch (body.kind) {
    case 'text':
      return [{ role: 'user', content: fill(body.template, cell) }]
    case 'messages':
      return body.messages.map(({ role, content, fields }) => ({ role, content: fill(content, cell), ...fields }))
    case 'column':
      return parseMessages(cell(body.column), `column "${oneLine(body.column, 40)}"`)
  }
}

function wrapLastUser(messages: readonly Message[], { prefix, suffix }: Renderable): Message[] {
  const last = messages.findLastIndex((message) => message.role === 'user')
  const content = messages[last]?.content
  if (typeof content !== 'string') {
    throw new UserError('__prefix and __suffix need a user message of plain text to stand around.')
  }
  return messages.map((message, index) =>
    index === last ? { ...message, content: `${prefix}${content}${suffix}` } : message,
  )
}
