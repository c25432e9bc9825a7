/** Is the answer the expected text? */
import { failed, NO_EXPECTED, passed, quote, quoteAny } from './marks.ts'
import { NORMALISATION_ARGUMENT, NORMALISATION_DETAILS, parseNormalisations } from './normalise.ts'
import type { Scorer } from './types.ts'

const EQUAL = passed('equals the expected answer')

/** Both sides are brought to Unicode NFC and lose their outer white space first, unless the argument is `strict`. */
export const exact = {
  name: 'exact',
  summary: 'The answer equals an expected answer, outer white space aside.',
  details: `The whole answer has to be the expected text: a full stop too many fails, and so does a sentence around it. Of several expected answers
one has to be met; an empty one asks for an empty answer.

${NORMALISATION_DETAILS}`,
  examples: [
    { output: ' Paris\n', expected: ['Paris'], score: { value: 1, pass: true } },
    { output: 'Paris.', expected: ['Paris'], score: { value: 0, pass: false } },
    {
      argument: 'ignore-case,ignore-punctuation',
      output: 'PARIS!',
      expected: ['Lyon', 'Paris'],
      score: { value: 1, pass: true },
    },
    { argument: 'unicode', output: '「ＴＯＫＹＯ」', expected: ['Tokyo'], score: { value: 1, pass: true } },
    { argument: 'squad', output: 'the Eiffel Tower.', expected: ['Eiffel tower'], score: { value: 1, pass: true } },
  ],
  argument: NORMALISATION_ARGUMENT,
  needsExpected: true,
  promptfooTypes: { equals: 'strict' },
  create: (argument) => {
    const normalise = parseNormalisations('exact', argument)
    return ({ output, expected }) => {
      if (expected.length === 0) return NO_EXPECTED
      const answer = normalise(output)
      for (const candidate of expected) if (normalise(candidate) === answer) return EQUAL
      return failed(`${quote(output)} is not ${quoteAny(expected)}`)
    }
  },
} as const satisfies Scorer
