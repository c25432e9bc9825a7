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
  let a = digest.readUInt32LE(0)
  let b = digest.readUInt32LE(4)
  let c = digest.readUInt32LE(8)
  let d = digest.readUInt32LE(12)
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

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
