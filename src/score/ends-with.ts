/** Does the answer end with the expected text? */
import { checkContained, scoreContained } from './contained.ts'
import { NORMALISATION_ARGUMENT, NORMALISATION_DETAILS } from './normalise.ts'
import type { Scorer } from './types.ts'

/** White space behind the answer does not count, unless the argument is `strict`. */
export const endsWith = {
  name: 'ends-with',
  summary: 'The answer ends with an expected answer; upper and lower case differ unless told otherwise.',
  details: `A full stop behind the expected text counts, unless \`ignore-punctuation\` is given. An empty expected answer is refused before anything
is sent: every answer ends with it.

${NORMALISATION_DETAILS}`,
  examples: [
    { output: 'So the answer is Paris', expected: ['Paris'], score: { value: 1, pass: true } },
    { output: 'So the answer is Paris.', expected: ['Paris'], score: { value: 0, pass: false } },
    {
      argument: 'ignore-punctuation',
      output: 'So the answer is Paris.',
      expected: ['London', 'Paris'],
      score: { value: 1, pass: true },
    },
  ],
  argument: NORMALISATION_ARGUMENT,
  needsExpected: true,
  create: (argument) => scoreContained('ends-with', argument, 'ends with', (answer, part) => answer.endsWith(part)),
  checkSample: (sample, argument) => checkContained('ends-with', sample, argument),
} as const satisfies Scorer
