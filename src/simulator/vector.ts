/**
 * Which vector stands for a text? No meaning is behind it: words and groups of three letters are counted in 256 places that
 * their hashes choose, so that texts with much in common point in about the same direction. Half of them count negatively,
 * which keeps texts with nothing in common near a right angle (Weinberger et al. 2009, "Feature hashing").
 */

export const DIMENSIONS = 256

/** Digits that are kept of a component: those that 32 bits hold. */
const DIGITS = 7

/** A vector of length 1. Texts that differ in case, width or white space only have the same one. */
export function vectorOf(text: string): number[] {
  const words = text.normalize('NFKC').toLowerCase().split(/\s+/u).filter(Boolean)
  const sums = Array.from({ length: DIMENSIONS }, () => 0)
  for (const feature of words.flatMap(featuresOf)) {
    const hash = fnv1a(feature)
    const place = hash % DIMENSIONS
    // The place is made of the low bits, the sign of the highest one.
    sums[place] = (sums[place] ?? 0) + (hash >= 0x80000000 ? -1 : 1)
  }
  const length = Math.hypot(...sums)
  // A text without a word, or one whose words cancel out, has to have some direction.
  if (length === 0) return sums.map((_, place) => (place === 0 ? 1 : 0))
  return sums.map((sum) => Number((sum / length).toPrecision(DIGITS)))
}

/** A word and its groups of three characters; blanks stand for its ends. */
function featuresOf(word: string): string[] {
  const characters = Array.from(` ${word} `)
  return [word, ...characters.slice(2).map((_, place) => characters.slice(place, place + 3).join(''))]
}

/** FNV-1a with 32 bits over UTF-16 units: SHA-256 of each feature would make the server slow. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let place = 0; place < text.length; place += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193)
  }
  // Mixed, since the low bits of FNV-1a depend on the low bits of the text alone.
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b3c6d) >>> 0
}
