/**
 * How long is the longest common subsequence of two texts? Computed 32 cells of the textbook table at once, as bits of a word
 * (Crochemore, Iliopoulos, Pinzon & Reid 2001, "A fast and practical bit-vector algorithm for the longest common subsequence
 * problem"; in the form of Hyyrö 2004, "Bit-parallel LCS-length computation revisited").
 */

const WORD_BITS = 32

/**
 * Tokens are numbers below `size`. The table is cut into strips of 32 tokens of `one`; a strip runs along all of `other` with
 * its column in a single word V, in which a zero bit marks a row where the length grows by one. For each token of `other`,
 * with M the rows in which it stands: V ← (V + (V & M)) | (V & ¬M). The carry of the addition is the next strip's input at the
 * same place, so that memory is one byte per token of `other` and one word per distinct token.
 */
export function lcsLength(one: Uint32Array, other: Uint32Array, size: number): number {
  const carries = new Uint8Array(other.length)
  const masks = new Int32Array(size)
  let length = 0
  for (let from = 0; from < one.length; from += WORD_BITS) {
    const strip = one.subarray(from, from + WORD_BITS)
    for (const [row, token] of strip.entries()) masks[token] = (masks[token] ?? 0) | (1 << row)
    length += countZeros(alongStrip(masks, other, carries), strip.length)
    for (const token of strip) masks[token] = 0
  }
  return length
}

/** V after the last token of `other`; `carries` are taken from the strip before and left for the one after. */
function alongStrip(masks: Int32Array, other: Uint32Array, carries: Uint8Array): number {
  let column = -1
  for (let place = 0; place < other.length; place += 1) {
    const matches = column & (masks[other[place] ?? 0] ?? 0)
    const sum = (column + matches + (carries[place] ?? 0)) | 0
    // The bits that are set in V stay or move on: a carry leaves where the top bit was in both, or was lost in the sum.
    carries[place] = (matches | (column & ~sum)) >>> (WORD_BITS - 1)
    column = sum | (column & ~matches)
  }
  return column
}

/** Zeros among the lowest `width` bits. */
function countZeros(bits: number, width: number): number {
  let zeros = 0
  for (let bit = 0; bit < width; bit += 1) zeros += ~(bits >>> bit) & 1
  return zeros
}
