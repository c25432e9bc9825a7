/** Which samples are alike? Samples counted by what their answers came to, so that a million of them take a handful of lines. */

import type { Place } from './cluster-totals.ts'

/** Samples whose answers came to the same. */
export interface ClusterKind {
  /** How many answers of each of these samples came to what, by code. */
  readonly rows: ReadonlyMap<string, number>
  /** How many samples are of this kind. */
  readonly count: number
}

/**
 * Collects a code per answer, those of one sample next to each other. Where samples come in clusters these are what is counted;
 * they need not stand together, and what is known of each is kept to the end.
 */
export class ClusterKinds {
  readonly #kinds = new Map<string, { rows: ReadonlyMap<string, number>; count: number }>()
  readonly #clusters = new Map<number, Map<string, number>>()
  #sample = -1
  #rows = new Map<string, number>()

  add({ sample, cluster }: Place, code: string): void {
    if (cluster === undefined && sample !== this.#sample) {
      this.#closeSample()
      this.#sample = sample
    }
    const rows = cluster === undefined ? this.#rows : this.#ofCluster(cluster)
    rows.set(code, (rows.get(code) ?? 0) + 1)
  }

  /** In an order that does not depend on that of the samples. */
  kinds(): ClusterKind[] {
    this.#closeSample()
    for (const rows of this.#clusters.values()) this.#count(rows)
    this.#clusters.clear()
    return [...this.#kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]) => kind)
  }

  #ofCluster(cluster: number): Map<string, number> {
    let rows = this.#clusters.get(cluster)
    if (rows === undefined) this.#clusters.set(cluster, (rows = new Map()))
    return rows
  }

  #closeSample(): void {
    if (this.#rows.size === 0) return
    this.#count(this.#rows)
    this.#rows = new Map()
  }

  #count(rows: ReadonlyMap<string, number>): void {
    const key = [...rows]
      .map(([code, times]) => `${code}×${times}`)
      .sort()
      .join(' ')
    const kind = this.#kinds.get(key)
    if (kind === undefined) this.#kinds.set(key, { rows, count: 1 })
    else kind.count += 1
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
