/** How few edits lead from the answer to the expected answer? */
import { distance } from 'fastest-levenshtein'
import { parseThreshold } from './argument.ts'
import { formatShare, graded, NO_EXPECTED, quote, quoteAny, unscored } from './marks.ts'
import { composedAndTrimmed } from './normalise.ts'
import type { Scorer } from './types.ts'

const DEFAULT_THRESHOLD = 0.8

/** Largest product of the two lengths, in characters, that is compared: about 50 ms of work. */
const LARGEST_TABLE = 4e8

const SURROGATE = /[\ud800-\udfff]/

/**
 * 1 − edits / length of the longer text, 0..1, where an edit inserts, deletes or replaces one Unicode code point
 * (Levenshtein 1966); 1 for two empty texts. Undefined when the texts are too long to compare.
 */
function similarityOf(one: string, other: string): number | undefined {
  if (one === other) return 1
  if (one.length * other.length > LARGEST_TABLE) return undefined
  const [a, b] = SURROGATE.test(one) || SURROGATE.test(other) ? asSingleUnits(one, other) : [one, other]
  return 1 - distance(a, b) / Math.max(a.length, b.length)
}

/**
 * The same texts with each code point renamed to one UTF-16 unit, the unit in which the library counts. A code point that
 * the shorter text lacks can match nothing, so all of those share one unit; the shorter text's fit into the other 65,535.
 */
function asSingleUnits(one: string, other: string): [string, string] {
  const [shorter, longer] = one.length < other.length ? [one, other] : [other, one]
  const units = new Map<string, string>()
  for (const point of shorter) if (!units.has(point)) units.set(point, String.fromCharCode(units.size))
  const rename = (text: string): string => Array.from(text, (point) => units.get(point) ?? '\uffff').join('')
  return [rename(shorter), rename(longer)]
}

/** Both sides are brought to Unicode NFC and lose their outer white space first. */
export const similarity = {
  name: 'similarity',
  summary: 'Few edits lead from the answer to an expected answer: edit similarity of at least 0.8.',
  details: `1 − edits / length of the longer text, where an edit inserts, deletes or replaces one character (Levenshtein 1966). A character is a Unicode
code point, so an emoji with a skin tone is two; both sides are brought to Unicode NFC and lose their outer white space first. Upper and lower case
differ. Two empty texts are equal. Of several expected answers the best counts. These are the numbers of \`Levenshtein.normalized_similarity\` of
RapidFuzz. Texts that differ and whose lengths multiply to more than 400 million are not compared.`,
  examples: [
    { output: 'Dostoyevsky', expected: ['Dostoevsky'], score: { value: 0.909, pass: true } },
    { output: 'kitten', expected: ['sitting'], score: { value: 0.571, pass: false } },
    { argument: '0.5', output: 'kitten', expected: ['sitting', 'mitten'], score: { value: 0.833, pass: true } },
    { output: 'Paris.', expected: ['Paris'], score: { value: 0.833, pass: true } },
  ],
  argument: 'the similarity from which an answer passes, 0.8 unless given',
  needsExpected: true,
  create: (argument) => {
    const threshold = parseThreshold('similarity', argument, DEFAULT_THRESHOLD)
    return ({ output, expected }) => {
      if (expected.length === 0) return NO_EXPECTED
      const answer = composedAndTrimmed(output)
      let best = 0
      for (const candidate of expected) {
        const value = similarityOf(answer, composedAndTrimmed(candidate))
        if (value === undefined) return unscored('answer and expected answer are too long to compare letter by letter')
        best = Math.max(best, value)
      }
      return graded(best, threshold, `similarity ${formatShare(best)} of ${quote(output)} with ${quoteAny(expected)}`)
    }
  },
} as const satisfies Scorer
