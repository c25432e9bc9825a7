/**
 * A map from 128-bit keys (lib/hash.ts) to numbers for millions of entries: 24 bytes a slot, at most two thirds of the slots
 * in use, where a Map of strings would take about 150 bytes an entry. Open addressing with linear probing: the keys are
 * hashes already, so their first bits spread them.
 */
const SLOTS_AT_FIRST = 1024
const WORDS = 4

export class KeyTable {
  #words = new Uint32Array(SLOTS_AT_FIRST * WORDS)
  /** NaN: the slot is free. */
  #values = new Float64Array(SLOTS_AT_FIRST).fill(Number.NaN)
  #size = 0
  /** The key that is looked for, as words. */
  readonly #key = new Uint32Array(WORDS)

  get size(): number {
    return this.#size
  }

  /** In no order. */
  *values(): Generator<number> {
    for (const value of this.#values) if (!Number.isNaN(value)) yield value
  }

  /** Keys as 32 hex digits with their values, in no order. */
  *entries(): Generator<readonly [string, number]> {
    for (const [slot, value] of this.#values.entries()) {
      if (Number.isNaN(value)) continue
      const words = this.#words.subarray(slot * WORDS, (slot + 1) * WORDS)
      yield [Array.from(words, (word) => word.toString(16).padStart(8, '0')).join(''), value]
    }
  }

  /** Visits every value with the other table's value of the same key, in no order; undefined where the other has none. */
  join(other: KeyTable, visit: (value: number, otherValue: number | undefined) => void): void {
    this.#values.forEach((value, slot) => {
      if (Number.isNaN(value)) return
      other.#key.set(this.#words.subarray(slot * WORDS, (slot + 1) * WORDS))
      const otherValue = other.#values[other.#place()] ?? Number.NaN
      visit(value, Number.isNaN(otherValue) ? undefined : otherValue)
    })
  }

  /** `key` as 32 hex digits; undefined when it is not there. */
  get(key: string): number | undefined {
    const value = this.#values[this.#slotOf(key)]
    return value === undefined || Number.isNaN(value) ? undefined : value
  }

  /** Adds the key, or gives it another value; not NaN. */
  set(key: string, value: number): void {
    let slot = this.#slotOf(key)
    if (Number.isNaN(this.#values[slot])) {
      if ((this.#size + 1) * 3 > this.#values.length * 2) {
        this.#grow()
        slot = this.#slotOf(key)
      }
      this.#words.set(this.#key, slot * WORDS)
      this.#size += 1
    }
    this.#values[slot] = value
  }

  /** The slot of the key, or the free one where it belongs. */
  #slotOf(key: string): number {
    for (let word = 0; word < WORDS; word++) {
      this.#key[word] = Number.parseInt(key.slice(word * 8, word * 8 + 8), 16)
    }
    return this.#place()
  }

  #place(): number {
    const mask = this.#values.length - 1
    for (let slot = (this.#key[0] ?? 0) & mask; ; slot = (slot + 1) & mask) {
      if (Number.isNaN(this.#values[slot]) || this.#isAt(slot)) return slot
    }
  }

  #isAt(slot: number): boolean {
    for (let word = 0; word < WORDS; word++) {
      if (this.#words[slot * WORDS + word] !== this.#key[word]) return false
    }
    return true
  }

  #grow(): void {
    const [words, values] = [this.#words, this.#values]
    this.#words = new Uint32Array(words.length * 2)
    this.#values = new Float64Array(values.length * 2).fill(Number.NaN)
    values.forEach((value, slot) => {
      if (Number.isNaN(value)) return
      this.#key.set(words.subarray(slot * WORDS, (slot + 1) * WORDS))
      const free = this.#place()
      this.#words.set(this.#key, free * WORDS)
      this.#values[free] = value
    })
  }
}
