/**
 * A map from 128-bit keys (lib/hash.ts) to numbers for millions of entries: 24 bytes a slot, at most two thirds of the slots
 * in use, where a Map of strings would take about 150 bytes an entry. Open addressing with linear probing: the keys are
 * hashes already, so their first bits spread them.
 */
const SLOTS_AT_FIRST = 1024
const WORDS = 4
/** Of a word, in hex. */
const DIGITS = 8

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
      for (let word = 0; word < WORDS; word++) other.#key[word] = this.#words[slot * WORDS + word] ?? 0
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
    const slot = this.#slotOf(key)
    if (Number.isNaN(this.#values[slot])) this.#insert(value)
    else this.#values[slot] = value
  }

  /** Adds the key that is looked for, which is not there. */
  #insert(value: number): void {
    if ((this.#size + 1) * 3 > this.#values.length * 2) this.#grow()
    this.#put(this.#place(), value)
    this.#size += 1
  }

  #put(slot: number, value: number): void {
    for (let word = 0; word < WORDS; word++) this.#words[slot * WORDS + word] = this.#key[word] ?? 0
    this.#values[slot] = value
  }

  /** Adds the key unless it is there; returns the value that it has then. One search where `get` and `set` take two. */
  add(key: string, value: number): number {
    const there = this.#values[this.#slotOf(key)] ?? Number.NaN
    if (!Number.isNaN(there)) return there
    this.#insert(value)
    return value
  }

  /** The slot of the key, or the free one where it belongs. */
  #slotOf(key: string): number {
    for (let word = 0; word < WORDS; word++) this.#key[word] = wordAt(key, word * DIGITS)
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
    const waiting = this.#key.slice()
    this.#words = new Uint32Array(words.length * 2)
    this.#values = new Float64Array(values.length * 2).fill(Number.NaN)
    values.forEach((value, slot) => {
      if (Number.isNaN(value)) return
      for (let word = 0; word < WORDS; word++) this.#key[word] = words[slot * WORDS + word] ?? 0
      this.#put(this.#place(), value)
    })
    this.#key.set(waiting)
  }
}

/** Eight hex digits as a number, in half the time that a slice and parseInt take. */
function wordAt(key: string, from: number): number {
  let word = 0
  for (let at = from; at < from + DIGITS; at++) {
    const code = key.charCodeAt(at)
    // 0–9 have the codes 48–57, a–f those from 97 and A–F those from 65.
    word = (word << 4) | (code < 58 ? code - 48 : (code & 0x0f) + 9)
  }
  return word >>> 0
}
