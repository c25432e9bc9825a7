/** What do rows come to that hang together and do not stand together? Sums by cluster: 8 bytes each, kept to the end. */

/** Amounts of so many kinds, added up by cluster. Clusters are numbered from 0; one of which nothing was heard has sums of 0. */
export class ClusterTable {
  readonly #kinds: number
  #sums = new Float64Array(64)
  #clusters = 0

  constructor(kinds: number) {
    this.#kinds = kinds
  }

  add(cluster: number, ...amounts: readonly number[]): void {
    this.#clusters = Math.max(this.#clusters, cluster + 1)
    const needed = this.#clusters * this.#kinds
    if (needed > this.#sums.length) {
      const larger = new Float64Array(Math.max(needed, this.#sums.length * 2))
      larger.set(this.#sums)
      this.#sums = larger
    }
    for (const [kind, amount] of amounts.entries()) {
      const place = cluster * this.#kinds + kind
      this.#sums[place] = (this.#sums[place] ?? 0) + amount
    }
  }

  /** The sums of each cluster, by its number. */
  *[Symbol.iterator](): Generator<readonly number[]> {
    for (let cluster = 0; cluster < this.#clusters; cluster++) {
      yield Array.from(this.#sums.subarray(cluster * this.#kinds, (cluster + 1) * this.#kinds))
    }
  }
}
