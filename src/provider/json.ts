/**
 * How is JSON of unknown shape read? Servers differ, leave fields out and send nulls, so every reader here has an answer
 * for a value of the wrong type and none throws.
 */
import { isObject, parseJson } from '../lib/json.ts'

export type Fields = Readonly<Record<string, unknown>>

const NO_FIELDS: Fields = {}
const NO_ITEMS: readonly unknown[] = []

/** The members of a JSON object; none for anything else. */
export function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : NO_FIELDS
}

/** The items of a JSON array; none for anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NO_ITEMS
}

/** A string; empty for anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A string or a number as text; empty for anything else, since an object could not even be turned into one. */
export function wordOf(value: unknown): string {
  return typeof value === 'number' ? String(value) : textOf(value)
}

/** A string that says something; null for anything else. */
export function nonEmptyText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** A value of JSON as text; empty when it is nested too deeply to be written. */
export function writeJson(value: object): string {
  try {
    return JSON.stringify(value)
  } catch {
    return ''
  }
}

/** The value of a JSON text; undefined when it is none. */
export function valueOf(jsonText: string): unknown {
  return parseJson(jsonText)?.value
}
