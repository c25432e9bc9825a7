/** Reading JSON of unknown shape without a throw. */

/** The value of a JSON text; undefined when it is none. Integers beyond 2⁵³ lose their last digits, as in JavaScript. */
export function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** True for what JSON calls an object: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
