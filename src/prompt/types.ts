/** What exactly is sent: templates and the messages they become. */

export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool'

/** One message in the shape of the chat completions API; other fields (tool_calls, name …) pass through unchanged. */
export interface Message {
  readonly role: Role
  /** Text, or content parts as the API defines them, or null beside tool calls. */
  readonly content: string | readonly ContentPart[] | null
  readonly [field: string]: unknown
}

export interface ContentPart {
  readonly type: string
  readonly [field: string]: unknown
}

/** Text with `{{column}}` placeholders, parsed once: literals and column names in turn. */
export interface Template {
  readonly source: string
  readonly pieces: readonly TemplatePiece[]
}

export type TemplatePiece = { readonly literal: string } | { readonly column: string }

/** One prompt of a run, before it meets a sample. */
export interface PromptTemplate {
  /** Short name, unique in the run: the `prompt` column of results.csv. */
  readonly name: string
  /** Hash of everything that decides the messages; part of the trial key. */
  readonly id: string
  /** `text`: one user message. `messages`: a list whose text parts are templates. `column`: the sample brings its own list. */
  readonly body:
    | { readonly kind: 'text'; readonly template: Template }
    | { readonly kind: 'messages'; readonly messages: readonly MessageTemplate[] }
    | { readonly kind: 'column'; readonly column: string }
  /** System text put in front, itself a template; null when there is none. */
  readonly system: Template | null
}

export interface MessageTemplate {
  readonly role: Role
  readonly content: Template
  /** Further fields of the message (name, tool_call_id …), sent as they are. */
  readonly fields: Readonly<Record<string, unknown>>
}
