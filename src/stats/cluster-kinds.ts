/** Which samples are alike? Samples counted by what their answers came to, so that a million of them take a handful of lines. */

/** Samples whose answers came to the same. */
export interface ClusterKind {
  /** How many answers of each of these samples came to what, by code. */
  readonly rows: ReadonlyMap<string, number>
  /** How many samples are of this kind. */
  readonly count: number
}

/** Collects a code per answer, those of one sample next to each other. */
export class ClusterKinds {
  readonly #kinds = new Map<string, { rows: ReadonlyMap<string, number>; count: number }>()
  #sample = -1
  #rows = new Map<string, number>()

  add(sampleIndex: number, code: string): void {
    if (sampleIndex !== this.#sample) {
      this.#closeSample()
      this.#sample = sampleIndex
    }
    this.#rows.set(code, (this.#rows.get(code) ?? 0) + 1)
  }

  /** In an order that does not depend on that of the samples. */
  kinds(): ClusterKind[] {
    this.#closeSample()
    return [...this.#kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]) => kind)
  }

  #closeSample(): void {
    if (this.#rows.size === 0) return
    const key = [...this.#rows]
      .map(([code, times]) => `${code}×${times}`)
      .sort()
      .join(' ')
    const kind = this.#kinds.get(key)
    if (kind === undefined) this.#kinds.set(key, { rows: this.#rows, count: 1 })
    else kind.count += 1
    this.#rows = new Map()
  }
}

/** How many answers of each code there are when there are so many samples of each kind; their own counts unless given. */
export function rowTotals(kinds: readonly ClusterKind[], counts?: ArrayLike<number>): Map<string, number> {
  const totals = new Map<string, number>()
  for (const [index, { rows, count }] of kinds.entries()) {
    const samples = counts === undefined ? count : (counts[index] ?? 0)
    for (const [code, times] of rows) totals.set(code, (totals.get(code) ?? 0) + samples * times)
  }
  return totals
}
