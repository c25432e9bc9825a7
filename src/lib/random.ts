/**
 * Deterministic randomness: xoshiro128** (Blackman & Vigna 2021, "Scrambled linear pseudorandom number generators") seeded
 * by a label, so that every purpose owns its stream and a new purpose changes no old number.
 */
import { createHash } from 'node:crypto'

export interface Random {
  /** The next 32 random bits, as an unsigned integer. */
  uint32(): number
  /** Uniform in [0, 1) with 53 bits. */
  uniform(): number
}

/** State: the first 16 bytes of SHA-256(label), little-endian words. */
export function randomFrom(label: string): Random {
  const digest = createHash('sha256').update(label).digest()
  return randomFromState([
    digest.readUInt32LE(0),
    digest.readUInt32LE(4),
    digest.readUInt32LE(8),
    digest.readUInt32LE(12),
  ])
}

/** The generator itself, from four words that are not all 0. */
export function randomFromState(state: readonly [number, number, number, number]): Random {
  let [a, b, c, d] = state
  const uint32 = (): number => {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = (b << 9) >>> 0
    c = (c ^ a) >>> 0
    d = (d ^ b) >>> 0
    b = (b ^ c) >>> 0
    a = (a ^ d) >>> 0
    c = (c ^ shifted) >>> 0
    d = rotateLeft(d, 11) >>> 0
    return scrambled
  }
  return {
    uint32,
    uniform: () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53,
  }
}

/** A whole number from 0 to n − 1, n ≤ 2³²: as many bits as n − 1 has, drawn until they are below n; a remainder would be biased. */
export function bounded(n: number, random: Random): number {
  if (n <= 1) return 0
  const spare = Math.clz32(n - 1)
  for (;;) {
    const bits = (random.uint32() << spare) >>> spare
    if (bits < n) return bits
  }
}

/** The items in a random order (Durstenfeld 1964, from the last place down); the given ones stay as they are. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const other = bounded(last + 1, random)
    const moved = order[last] as T
    order[last] = order[other] as T
    order[other] = moved
  }
  return order
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
