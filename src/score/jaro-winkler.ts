/** Do the answer and the expected answer look like two spellings of one name? */
import { parseThreshold } from './argument.ts'
import { formatShare, graded, NO_EXPECTED, quote, quoteAny } from './marks.ts'
import { composedAndTrimmed } from './normalise.ts'
import { jaroWinkler as similarityOf } from './text/jaro-winkler.ts'
import type { Scorer } from './types.ts'

const DEFAULT_THRESHOLD = 0.9

export const jaroWinkler = {
  name: 'jaro-winkler',
  summary: 'The answer is spelt nearly like an expected answer: Jaro-Winkler similarity of at least 0.9.',
  details: `Made for names: what counts is how many characters both sides share at about the same place, how many of those are swapped, and
whether both begin alike. Both sides are brought to Unicode NFC and lose their outer white space first; a character is a Unicode code
point, and upper and lower case differ. For longer texts, where the places shift, \`similarity\` is the better measure.

Jaro's similarity is (m/a + m/b + (m − t)/m) / 3, with a and b the two lengths, m the characters that match at most
max(a, b)/2 − 1 places apart, and t half the number of matches that are out of order. From above 0.7 on, Winkler's bonus is added:
0.1 × (1 − Jaro) for each of up to four characters at which both begin alike. Below 0.7 there is none, as in Winkler's own
program, RapidFuzz and jellyfish. Two empty texts are equal: 1, as in RapidFuzz (jellyfish says 0).`,
  examples: [
    { output: 'Dostoevsky', expected: ['Dostoyevsky'], score: { value: 0.942, pass: true } },
    { output: 'Dwayne', expected: ['Duane'], score: { value: 0.84, pass: false } },
    { argument: '0.8', output: 'Dwayne', expected: ['Duane'], score: { value: 0.84, pass: true } },
    { output: 'Müller', expected: ['Mu\u0308ller', 'Mueller'], score: { value: 1, pass: true } },
  ],
  argument: `the similarity from which an answer passes, ${DEFAULT_THRESHOLD} unless given`,
  needsExpected: true,
  create: (argument) => {
    const threshold = parseThreshold('jaro-winkler', argument, DEFAULT_THRESHOLD)
    return ({ output, expected }) => {
      if (expected.length === 0) return NO_EXPECTED
      const answer = Array.from(composedAndTrimmed(output))
      let best = 0
      for (const candidate of expected)
        best = Math.max(best, similarityOf(answer, Array.from(composedAndTrimmed(candidate))))
      return graded(best, threshold, `Jaro-Winkler ${formatShare(best)} of ${quote(output)} with ${quoteAny(expected)}`)
    }
  },
} as const satisfies Scorer
