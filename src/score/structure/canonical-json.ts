/** When are two JSON values the same? When their canonical texts are. */
import { numberText } from '../../lib/exact-json.ts'
import { isObject } from '../../lib/json.ts'

/** A value of exact-json.ts as one text: keys sorted, numbers by value, no white space. Throws RangeError when nested too deeply. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`
  if (isObject(value)) {
    const keys = Object.keys(value).sort()
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join()}}`
  }
  return typeof value === 'number' || typeof value === 'symbol' ? numberText(value) : JSON.stringify(value)
}
