/** Which fields does a JSON value have, and how many of them agree with those of another? */
import { numberText } from '../../lib/exact-json.ts'
import { isObject } from '../../lib/json.ts'

/** A multiset: how often each normalised value stands in a field. */
type Values = ReadonlyMap<string, number>

/** By path, such as `items[].price`: the place in an array does not count. */
export type Fields = ReadonlyMap<string, Values>

/** How one field agrees: values found, expected, and both. */
export interface FieldCount {
  readonly field: string
  readonly found: number
  readonly wanted: number
  readonly same: number
}

/**
 * Flattens a value of exact-json.ts. Null, empty objects and empty arrays have no value: a field that holds one is as good as absent. Throws
 * RangeError when nested too deeply.
 */
export function fieldsOf(value: unknown): Fields {
  const fields = new Map<string, Map<string, number>>()
  const visit = (inner: unknown, path: string): void => {
    if (Array.isArray(inner)) for (const item of inner) visit(item, `${path}[]`)
    else if (isObject(inner)) for (const key of Object.keys(inner)) visit(inner[key], joined(path, key))
    else if (inner !== null) {
      const values = fields.get(path) ?? new Map<string, number>()
      fields.set(path, values)
      const text = normalised(inner)
      values.set(text, (values.get(text) ?? 0) + 1)
    }
  }
  visit(value, '')
  return fields
}

function joined(path: string, key: string): string {
  const isPlain = /^[\p{L}_][\p{L}\p{M}\p{N}_-]*$/u.test(key)
  if (!isPlain) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

/** Texts without regard to case and white space; a number never equals a text. */
function normalised(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'symbol') return numberText(value)
  if (typeof value !== 'string') return String(value)
  return `"${value.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase()}`
}

/** One count per field of either side: those expected first. */
export function compareFields(found: Fields, wanted: Fields): readonly FieldCount[] {
  const names = new Set([...wanted.keys(), ...found.keys()])
  return Array.from(names, (field) => {
    const [here, there] = [found.get(field), wanted.get(field)]
    return { field, found: total(here), wanted: total(there), same: overlap(here, there) }
  })
}

function total(values: Values | undefined): number {
  let sum = 0
  for (const count of values?.values() ?? []) sum += count
  return sum
}

function overlap(some: Values | undefined, others: Values | undefined): number {
  let sum = 0
  for (const [text, count] of some ?? []) sum += Math.min(count, others?.get(text) ?? 0)
  return sum
}
