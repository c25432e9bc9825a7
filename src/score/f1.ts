/**
 * How many words of the answer and the expected answer agree? Token F1 of SQuAD v1.1 (Rajpurkar et al. 2016, "SQuAD: 100,000+
 * Questions for Machine Comprehension of Text"), as its evaluation script computes it, with one departure taken from SQuAD
 * 2.0: when one side has no words left, the score is 1 if the other has none either, else 0.
 */
import { parseThreshold } from './argument.ts'
import { formatShare, graded, NO_EXPECTED, quote, quoteAny } from './marks.ts'
import type { Scorer } from './types.ts'

const DEFAULT_THRESHOLD = 0.5

// Python's string.punctuation: ASCII only, so that “ ” and – stay.
const PUNCTUATION = /[!-/:-@[-`{-~]/g
// Python's \b knows letters and digits of all scripts, JavaScript's only ASCII.
const ARTICLES = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu
// Python's str.split() takes U+001C–U+001F and U+0085 for white space but not U+FEFF; JavaScript's \s is the reverse.
// oxlint-disable-next-line no-control-regex -- the control characters are the point
const NO_SPACE = /[^\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g

/** Lower case, without punctuation and articles, cut at white space. */
function tokensOf(text: string): readonly string[] {
  return text.toLowerCase().replace(PUNCTUATION, '').replace(ARTICLES, ' ').match(NO_SPACE) ?? []
}

/** Harmonic mean of precision and recall over the two multisets of tokens. */
function tokenF1(answer: readonly string[], expected: readonly string[]): number {
  if (answer.length === 0 || expected.length === 0) return answer.length === expected.length ? 1 : 0
  const left = new Map<string, number>()
  for (const token of expected) left.set(token, (left.get(token) ?? 0) + 1)
  let same = 0
  for (const token of answer) {
    const count = left.get(token) ?? 0
    if (count === 0) continue
    left.set(token, count - 1)
    same += 1
  }
  if (same === 0) return 0
  const precision = same / answer.length
  const recall = same / expected.length
  return (2 * precision * recall) / (precision + recall)
}

export const f1 = {
  name: 'f1',
  summary: 'The words of the answer agree with those of an expected answer: SQuAD token F1 of at least 0.5.',
  argument: 'the F1 from which an answer passes, 0.5 unless given',
  needsExpected: true,
  create: (argument) => {
    const threshold = parseThreshold('f1', argument, DEFAULT_THRESHOLD)
    return ({ output, expected }) => {
      if (expected.length === 0) return NO_EXPECTED
      const answer = tokensOf(output)
      let best = 0
      for (const candidate of expected) best = Math.max(best, tokenF1(answer, tokensOf(candidate)))
      return graded(best, threshold, `F1 ${formatShare(best)} of ${quote(output)} with ${quoteAny(expected)}`)
    }
  },
} as const satisfies Scorer
