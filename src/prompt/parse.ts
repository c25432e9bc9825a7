/** Prompts as written (text, the content of a file, a column) → prompt templates. */
import { UserError } from '../lib/errors.ts'
import { canonicalJson } from '../lib/hash.ts'
import { oneLine } from '../lib/text.ts'
import { columnsOf, parseTemplate, templateHash, unclosedPlaceholder } from './template.ts'
import type { Message, MessageTemplate, PromptTemplate, Role, Template } from './types.ts'

const ROLES: readonly string[] = ['system', 'developer', 'user', 'assistant', 'tool'] satisfies Role[]

/** A prompt of one user message. */
export function textPrompt(name: string, text: string, system: Template | null): PromptTemplate {
  if (text.trim() === '') throw new UserError(`prompt "${name}" is empty. Give its text, or @file.`)
  return withId({ name, body: { kind: 'text', template: readTemplate(text, `prompt "${name}"`) }, system })
}

/** Asks nothing: for outputs that are recorded without what they answer. */
export function emptyPrompt(system: Template | null): PromptTemplate {
  return withId({ name: 'none', body: { kind: 'text', template: parseTemplate('') }, system })
}

/** Parses a template that a person wrote; braces that open and never close are a slip that would be paid for on every row. */
export function readTemplate(text: string, where: string): Template {
  const broken = unclosedPlaceholder(text)
  if (broken === undefined) return parseTemplate(text)
  const shown = oneLine(text.slice(broken), 30)
  throw new UserError(
    `${where}: character ${broken + 1}: "${shown}" opens a placeholder that is not closed. Write {{column}}, or \\{{ for two literal braces.`,
  )
}

/** A prompt whose messages stand in a cell of each sample, as JSON. */
export function columnPrompt(name: string, column: string, system: Template | null): PromptTemplate {
  return withId({ name, body: { kind: 'column', column }, system })
}

/** A prompt file that holds a JSON list of chat messages; their texts are templates. `where` names the file in errors. */
export function messagesPrompt(name: string, json: string, where: string, system: Template | null): PromptTemplate {
  const messages = parseMessages(json, where).map(({ role, content, ...fields }): MessageTemplate => {
    if (typeof content !== 'string') {
      throw new UserError(`${where}: the content of a ${role} message is not text. A prompt file takes text only.`)
    }
    return { role, content: readTemplate(content, where), fields }
  })
  return withId({ name, body: { kind: 'messages', messages }, system })
}

/** Reads a JSON conversation. Used for prompt files and for `messages` cells; `where` names the place in errors. */
export function parseMessages(json: string, where: string): Message[] {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw new UserError(
      `${where}: not valid JSON (${(error as Error).message}). Expected a list of {"role", "content"}.`,
    )
  }
  if (!Array.isArray(value) || value.length === 0) {
    throw new UserError(`${where}: expected a non-empty JSON list of {"role", "content"} messages.`)
  }
  return value.map((message: unknown, index) => checkMessage(message, `${where}: message ${index + 1}`))
}

function checkMessage(message: unknown, where: string): Message {
  if (message === null || typeof message !== 'object' || Array.isArray(message)) {
    throw new UserError(`${where} is no object. Expected {"role": "user", "content": "…"}.`)
  }
  const { role, content } = message as { role?: unknown; content?: unknown }
  if (typeof role !== 'string' || !ROLES.includes(role)) {
    throw new UserError(`${where} has the role ${JSON.stringify(role)}. Expected one of ${ROLES.join(', ')}.`)
  }
  const isParts =
    Array.isArray(content) && content.every((part) => typeof (part as { type?: unknown })?.type === 'string')
  if (typeof content !== 'string' && !isParts && !(content === null && role === 'assistant')) {
    throw new UserError(`${where} has no content. Expected text, or a list of {"type": …} parts.`)
  }
  return message as Message
}

/** Columns without which the prompt cannot be rendered. */
export function requiredColumns(prompt: PromptTemplate): string[] {
  const { body } = prompt
  const own =
    body.kind === 'text'
      ? columnsOf(body.template)
      : body.kind === 'messages'
        ? body.messages.flatMap((message) => columnsOf(message.content))
        : [body.column]
  return [...new Set([...own, ...(prompt.system === null ? [] : columnsOf(prompt.system))])]
}

function withId(prompt: Omit<PromptTemplate, 'id'>): PromptTemplate {
  const { body, system } = prompt
  const content =
    body.kind === 'text'
      ? body.template.source
      : body.kind === 'messages'
        ? body.messages.map(({ role, content: text, fields }) => [role, text.source, fields])
        : { column: body.column }
  return { ...prompt, id: templateHash(canonicalJson([body.kind, content, system?.source ?? null])) }
}
