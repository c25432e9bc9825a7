/** Hashes and canonical JSON: everything that must be equal on every machine. */
import * as crypto from 'node:crypto'

/** SHA-256 as 64 hex digits. */
export const sha256: (text: string | Uint8Array) => string =
  // crypto.hash is one call into C++ instead of three; it came with Node 20.12.
  typeof crypto.hash === 'function'
    ? (text) => crypto.hash('sha256', text, 'hex')
    : (text) => crypto.createHash('sha256').update(text).digest('hex')

/** The first 128 bits of SHA-256 as 32 hex digits: enough to name a request, short enough for a CSV cell. */
export function key128(text: string): string {
  return sha256(text).slice(0, 32)
}

/** A number in [0, 1) from the first 52 bits of SHA-256: a fair coin that depends on the text alone. */
export function hash01(text: string): number {
  return Number.parseInt(sha256(text).slice(0, 13), 16) / 2 ** 52
}

/** JSON with object keys sorted at every depth, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  )
}
