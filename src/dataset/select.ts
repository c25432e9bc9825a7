/**
 * Which samples take part, and in which order? In this order: where, offset and limit while the dataset is read, then sample
 * and shard over the seeded order of what was read.
 */
import { UserError } from '../lib/errors.ts'
import { hash01 } from '../lib/hash.ts'
import { requireColumn } from '../lib/columns.ts'
import type { Sample } from './types.ts'

/** A column whose text must equal the value exactly. */
export interface Where {
  readonly column: string
  readonly value: string
}

/** The `number`-th of `count` disjoint parts, from 1. */
export interface Shard {
  readonly number: number
  readonly count: number
}

export interface ReadSelection {
  /** All of them must hold. */
  readonly where: readonly Where[]
  /** How many matching samples to pass over. */
  readonly offset: number
  /** How many samples to keep at most; null: all. */
  readonly limit: number | null
}

/** Reads `k/n`, both counted from 1. */
export function parseShard(text: string): Shard {
  const [, k, n] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? []
  const shard = { number: Number(k), count: Number(n) }
  if (!(shard.number >= 1 && shard.number <= shard.count)) {
    throw new UserError(
      `--shard "${text}": expected k/n with k from 1 to n, such as --shard 2/5 for the second of five parts.`,
    )
  }
  return shard
}

/**
 * Passes on what is selected; reading stops with the last sample that the limit allows, so later rows are not validated.
 * Throws UserError when a condition names a column that the first sample does not have.
 */
export async function* selectWhileReading(
  samples: AsyncIterable<Sample>,
  { where, offset, limit }: ReadSelection,
  file: string,
): AsyncGenerator<Sample, void> {
  let conditions: readonly Where[] | undefined
  let matched = 0
  if (limit === 0) return
  for await (const sample of samples) {
    conditions ??= resolveColumns(where, Object.keys(sample.vars), file)
    if (!conditions.every(({ column, value }) => Object.hasOwn(sample.vars, column) && sample.vars[column] === value))
      continue
    matched += 1
    if (matched > offset) yield sample
    if (limit !== null && matched === offset + limit) return
  }
}

function resolveColumns(where: readonly Where[], columns: readonly string[], file: string): readonly Where[] {
  return where.map(({ column, value }) => ({
    column: requireColumn(columns, column, { file, flag: '--where' }),
    value,
  }))
}

/** Where a sample stands in the seeded order: the first 52 bits of SHA-256(seed | id) as a number in [0, 1). */
export function orderKey(seed: number, sampleId: string): number {
  return hash01(`${seed}|${sampleId}`)
}

/** A key has 52 bits: it is sorted by 13 of them at a time. */
const DIGITS = 4
const DIGIT_VALUES = 2 ** 13

/** Numbers by position. */
interface Keys {
  readonly length: number
  at(index: number): number | undefined
}

/**
 * Positions sorted by their keys: a random order that depends on seed and ids alone. Equal keys stay in dataset order. Sorted
 * by radix, from the last digit to the first: for a million keys comparing takes a second, and twice as much memory.
 */
export function dispatchOrder(keys: Keys): Uint32Array<ArrayBuffer> {
  let order = new Uint32Array(keys.length)
  for (let index = 0; index < order.length; index++) order[index] = index
  let sorted = new Uint32Array(keys.length)
  for (let digit = DIGITS; digit > 0; digit--) {
    const scale = DIGIT_VALUES ** digit
    sortByDigit(order, sorted, (index) => Math.floor((keys.at(index) ?? 0) * scale) % DIGIT_VALUES)
    const free = order
    order = sorted
    sorted = free
  }
  return order
}

/** Counting sort: those with equal digits stay in their order. */
function sortByDigit(from: Uint32Array, to: Uint32Array, digitOf: (index: number) => number): void {
  const places = new Uint32Array(DIGIT_VALUES)
  for (const index of from) {
    const digit = digitOf(index)
    places[digit] = (places[digit] ?? 0) + 1
  }
  let start = 0
  for (const [digit, count] of places.entries()) {
    places[digit] = start
    start += count
  }
  for (const index of from) {
    const digit = digitOf(index)
    const place = places[digit] ?? 0
    to[place] = index
    places[digit] = place + 1
  }
}

/**
 * What sample and shard leave of an order: its first n, then every count-th of those. A sample so drawn is uniform, and
 * appended rows can only push members out of it, never change the rest. Shards differ by at most one in size.
 */
export function pick(
  order: Uint32Array,
  { sample, shard }: { sample: number | null; shard: Shard | null },
): Uint32Array {
  const sampled = sample === null ? order : order.subarray(0, sample)
  return shard === null ? sampled : sampled.filter((_index, place) => place % shard.count === shard.number - 1)
}
