/**
 * Which texts came before, and what was noted for them? A hash table on typed arrays for millions of short texts, keyed by
 * 64 bits of their SHA-256: two of a million texts share a key with a probability below 10⁻⁷.
 */
import { sha256 } from '../lib/hash.ts'

/** Shards grow one at a time, so that the copy made while growing is 1/256 of the table and not all of it. */
const SHARDS = 256
const FIRST_CAPACITY = 16
const FULLEST = 0.8
const GROWTH = 1.5

/** Numbers by text; 12 bytes a slot and at least 53 % of slots in use make at most 23 bytes per text once it has grown. */
export class Occurrences {
  readonly #shards = Array.from({ length: SHARDS }, () => new Shard(FIRST_CAPACITY))

  /** What was noted for the text, 1..2³²−1; 0 when nothing was. */
  get(text: string): number {
    const { shard, high, low } = keyOf(text)
    return this.#at(shard).get(high, low)
  }

  /** Notes a number from 1 to 2³²−1 for the text, in place of an earlier one. */
  set(text: string, value: number): void {
    const { shard, high, low } = keyOf(text)
    const full = this.#at(shard).set(high, low, value)
    if (full) this.#shards[shard] = this.#at(shard).grown()
  }

  /** Size of the tables. */
  get bytes(): number {
    return this.#shards.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  #at(shard: number): Shard {
    const found = this.#shards[shard]
    if (found === undefined) throw new RangeError(`no shard ${shard}`)
    return found
  }
}

function keyOf(text: string): { shard: number; high: number; low: number } {
  const digest = sha256(text)
  const high = Number.parseInt(digest.slice(0, 8), 16)
  return { shard: high >>> 24, high, low: Number.parseInt(digest.slice(8, 16), 16) }
}

/** Open addressing with linear probing; a value of 0 marks a free slot. */
class Shard {
  readonly #capacity: number
  readonly #high: Uint32Array
  readonly #low: Uint32Array
  readonly #values: Uint32Array
  #used = 0

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#high = new Uint32Array(capacity)
    this.#low = new Uint32Array(capacity)
    this.#values = new Uint32Array(capacity)
  }

  get bytes(): number {
    return this.#capacity * (4 + 4 + 4)
  }

  get(high: number, low: number): number {
    return this.#values[this.#slot(high, low)] ?? 0
  }

  /** True when the shard has to grow before the next call. */
  set(high: number, low: number, value: number): boolean {
    const slot = this.#slot(high, low)
    if (this.#values[slot] === 0) this.#used += 1
    this.#high[slot] = high
    this.#low[slot] = low
    this.#values[slot] = value
    return this.#used > this.#capacity * FULLEST
  }

  grown(): Shard {
    const larger = new Shard(Math.ceil(this.#capacity * GROWTH))
    this.#values.forEach((value, slot) => {
      if (value !== 0) larger.set(this.#high[slot] ?? 0, this.#low[slot] ?? 0, value)
    })
    return larger
  }

  /** Where the key is, or the free slot where it would go. */
  #slot(high: number, low: number): number {
    let slot = Math.floor((low / 2 ** 32) * this.#capacity)
    while (this.#values[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)) {
      slot = slot + 1 === this.#capacity ? 0 : slot + 1
    }
    return slot
  }
}
