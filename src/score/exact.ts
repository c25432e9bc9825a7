/** Is the answer the expected text? */
import { failed, NO_EXPECTED, passed, quote, quoteAny } from './marks.ts'
import { NORMALISATION_ARGUMENT, parseNormalisations } from './normalise.ts'
import type { Scorer } from './types.ts'

const EQUAL = passed('equals the expected answer')

/** Both sides are brought to Unicode NFC and lose their outer white space first, unless the argument is `strict`. */
export const exact = {
  name: 'exact',
  summary: 'The answer equals an expected answer, outer white space aside.',
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
