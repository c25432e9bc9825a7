/** When are two JSON values the same? When their canonical texts are. */
import { isObject } from '../../lib/json.ts'

/** The value as one text: keys sorted, numbers by value, no white space. Throws RangeError when nested too deeply. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`
  if (isObject(value)) {
    const keys = Object.keys(value).sort()
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join()}}`
  }
  // JSON.stringify writes numbers beyond a double's range as null.
  return typeof value === 'number' ? String(value + 0) : JSON.stringify(value)
}
