/**
 * How many words of the answer and the expected answer agree? Token F1 of SQuAD v1.1 (Rajpurkar et al. 2016, "SQuAD: 100,000+
 * Questions for Machine Comprehension of Text"), as its evaluation script computes it, with one departure taken from SQuAD
 * 2.0: when one side has no words left, the score is 1 if the other has none either, else 0.
 */
import { parseThreshold } from './argument.ts'
import { formatShare, graded, NO_EXPECTED, quote, quoteAny } from './marks.ts'
import { squadWords } from './text/squad.ts'
import type { Scorer } from './types.ts'

const DEFAULT_THRESHOLD = 0.5

/** Harmonic mean of precision and recall over the two multisets of words. */
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
  details: `Both sides are brought to lower case, lose ASCII punctuation and the English articles, and are cut at white space. Precision is the share of the
answer's words that the expected answer has, recall the reverse, F1 their harmonic mean; a word that occurs several times counts as often as
it does on both sides, and the order does not matter. Of several expected answers the best counts.

These are the numbers of the evaluation script of SQuAD v1.1 (Rajpurkar et al. 2016), with one departure, taken from SQuAD 2.0: where a
side has no words left, the score is 1 when the other has none either, else 0. The script's second measure, exact match, is
\`exact:squad\`. Languages without spaces between words have one word per sentence here: use \`chrf\` for them.`,
  examples: [
    { output: 'The Eiffel Tower', expected: ['eiffel tower'], score: { value: 1, pass: true } },
    { output: 'It is in Paris, France.', expected: ['Paris', 'Paris, France'], score: { value: 0.571, pass: true } },
    {
      argument: '0.8',
      output: 'It is in Paris, France.',
      expected: ['Paris, France'],
      score: { value: 0.571, pass: false },
    },
    { output: 'London', expected: ['Paris'], score: { value: 0, pass: false } },
  ],
  argument: 'the F1 from which an answer passes, 0.5 unless given',
  needsExpected: true,
  create: (argument) => {
    const threshold = parseThreshold('f1', argument, DEFAULT_THRESHOLD)
    return ({ output, expected }) => {
      if (expected.length === 0) return NO_EXPECTED
      const answer = squadWords(output)
      let best = 0
      for (const candidate of expected) best = Math.max(best, tokenF1(answer, squadWords(candidate)))
      return graded(best, threshold, `F1 ${formatShare(best)} of ${quote(output)} with ${quoteAny(expected)}`)
    }
  },
} as const satisfies Scorer
