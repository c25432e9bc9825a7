/** What differs between two texts? */
import { type Change, diffLines, diffWordsWithSpace } from 'diff'

/** Characters of both together that words are compared of; longer ones are compared line by line. */
const BY_WORDS = 20_000

/** Characters that are compared at all. */
const LONGEST = 400_000

/** The comparison ends where the reader would have to wait. */
const LIMITS = { timeout: 300 }

/** Right answers among which the nearest is looked for. */
const MOST_TRIED = 10

/** From one text to the other; null where they are too long or have too little in common. */
export function difference(from: string, to: string): readonly Change[] | null {
  const length = from.length + to.length
  if (length > LONGEST) return null
  const changes = length > BY_WORDS ? diffLines(from, to, LIMITS) : diffWordsWithSpace(from, to, LIMITS)
  return changes ?? null
}

/** Of several texts the one that has the most in common with a text; the first where nothing can be told. */
export function nearest(text: string, others: readonly string[]): string | undefined {
  if (others.length < 2) return others[0]
  let best = others[0]
  let least = Infinity
  for (const other of others.slice(0, MOST_TRIED)) {
    const changes = difference(other, text) ?? []
    const changed = changes.reduce((sum, { added, removed, value }) => sum + (added || removed ? value.length : 0), 0)
    if (changes.length > 0 && changed < least) [best, least] = [other, changed]
  }
  return best
}
