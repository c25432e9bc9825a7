/** "Did you mean …?" for names typed by people. */
import { distance } from 'fastest-levenshtein'

/** The closest candidate when it is close enough to be what was meant, else undefined. */
export function closest(typed: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  // A name of one or two letters must keep one of them, else every short candidate would be close.
  let bestDistance = Math.min(typed.length, Math.max(2, Math.floor(typed.length / 3)) + 1)
  for (const candidate of candidates) {
    const edits = distance(typed.toLowerCase(), candidate.toLowerCase())
    if (edits < bestDistance) {
      best = candidate
      bestDistance = edits
    }
  }
  return best
}

/** ` Did you mean "x"?` or the empty string. */
export function didYouMean(typed: string, candidates: Iterable<string>): string {
  const match = closest(typed, candidates)
  return match === undefined ? '' : ` Did you mean "${match}"?`
}
