/** How is work on equal texts done once, in bounded memory? */

/** The same function, which remembers its last `limit` distinct texts; the oldest is forgotten first. */
export function memoized<T>(limit: number, compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, { readonly value: T }>()
  return (text) => {
    const hit = known.get(text)
    if (hit !== undefined) return hit.value
    const value = compute(text)
    if (known.size >= limit) known.delete(known.keys().next().value ?? '')
    known.set(text, { value })
    return value
  }
}
