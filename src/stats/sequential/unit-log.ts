/** What came in so far, 16 bytes a unit: enough to run the processes again for another mean. */

/** Grows by doubling, so that a run of any length costs a handful of copies. */
export class UnitLog {
  #sums = new Float64Array(64)
  #counts = new Uint32Array(128)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** `sum` over the known differences of a unit of `rows` rows, of which `missing` are unknown. */
  add(sum: number, rows: number, missing: number): void {
    if (this.#length === this.#sums.length) this.#grow()
    this.#sums[this.#length] = sum
    this.#counts[2 * this.#length] = rows
    this.#counts[2 * this.#length + 1] = missing
    this.#length += 1
  }

  /** The units in their order. */
  forEach(visit: (sum: number, rows: number, missing: number, index: number) => void): void {
    for (let index = 0; index < this.#length; index++) {
      visit(this.#sums[index] ?? 0, this.#counts[2 * index] ?? 0, this.#counts[2 * index + 1] ?? 0, index)
    }
  }

  #grow(): void {
    const sums = new Float64Array(2 * this.#sums.length)
    sums.set(this.#sums)
    this.#sums = sums
    const counts = new Uint32Array(2 * this.#counts.length)
    counts.set(this.#counts)
    this.#counts = counts
  }
}
