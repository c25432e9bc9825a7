/** Does the answer begin with the expected text? */
import { checkContained, scoreContained } from './contained.ts'
import { NORMALISATION_ARGUMENT } from './normalise.ts'
import type { Scorer } from './types.ts'

/** White space in front of the answer does not count, unless the argument is `strict`. */
export const startsWith = {
  name: 'starts-with',
  summary: 'The answer begins with an expected answer; upper and lower case differ unless told otherwise.',
  argument: NORMALISATION_ARGUMENT,
  needsExpected: true,
  promptfooTypes: { 'starts-with': undefined },
  create: (argument) =>
    scoreContained('starts-with', argument, 'starts with', (answer, part) => answer.startsWith(part)),
  checkSample: (sample, argument) => checkContained('starts-with', sample, argument),
} as const satisfies Scorer
