/** Does the answer begin with the expected text? */
import { checkContained, scoreContained } from './contained.ts'
import { NORMALISATION_ARGUMENT, NORMALISATION_DETAILS } from './normalise.ts'
import type { Scorer } from './types.ts'

/** White space in front of the answer does not count, unless the argument is `strict`. */
export const startsWith = {
  name: 'starts-with',
  summary: 'The answer begins with an expected answer; upper and lower case differ unless told otherwise.',
  details: `What follows the expected text does not matter: "Yes" is the beginning of "Yesterday" as well. An empty expected answer is refused before
anything is sent: every answer begins with it.

${NORMALISATION_DETAILS}`,
  examples: [
    { output: 'Yes, it is.', expected: ['Yes'], score: { value: 1, pass: true } },
    { output: 'Well, yes.', expected: ['Yes'], score: { value: 0, pass: false } },
    { argument: 'ignore-case', output: 'YES!', expected: ['no', 'yes'], score: { value: 1, pass: true } },
  ],
  argument: NORMALISATION_ARGUMENT,
  needsExpected: true,
  promptfooTypes: { 'starts-with': undefined },
  create: (argument) =>
    scoreContained('starts-with', argument, 'starts with', (answer, part) => answer.startsWith(part)),
  checkSample: (sample, argument) => checkContained('starts-with', sample, argument),
} as const satisfies Scorer
