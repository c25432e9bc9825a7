/** A map that forgets: a server that runs for days must not grow with what it has seen. */

export interface Recent<V> {
  get(key: string): V | undefined
  /** Makes the key the newest one. */
  set(key: string, value: V): void
}

/** Remembers the keys set last, at most `capacity` (≥ 1) of them. */
export function createRecent<V>(capacity: number): Recent<V> {
  // A Map keeps its keys in the order in which they came.
  const values = new Map<string, V>()
  return {
    get: (key) => values.get(key),
    set(key, value) {
      values.delete(key)
      values.set(key, value)
      const [oldest] = values.size > capacity ? values.keys() : []
      if (oldest !== undefined) values.delete(oldest)
    },
  }
}
