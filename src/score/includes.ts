/** Does the answer contain the expected text? */
import { checkContained, scoreContained } from './contained.ts'
import { NORMALISATION_ARGUMENT, NORMALISATION_DETAILS } from './normalise.ts'
import type { Scorer } from './types.ts'

/** Case counts unless the argument says otherwise, as in promptfoo's `contains`. White space around expected does not. */
export const includes = {
  name: 'includes',
  summary: 'The answer contains an expected answer; upper and lower case differ unless told otherwise.',
  details: `The expected text may stand anywhere, inside a word as well: "art" is found in "start". Where that matters, \`regex\` with \`\\b\` around
the word is the better scorer. Of several expected answers one has to be found; \`includes-all\` asks for all of them. An empty expected answer is
refused before anything is sent: every answer contains it.

${NORMALISATION_DETAILS}`,
  examples: [
    { output: 'The capital is Paris.', expected: ['Paris'], score: { value: 1, pass: true } },
    { output: 'The capital is PARIS.', expected: ['Paris'], score: { value: 0, pass: false } },
    {
      argument: 'ignore-case',
      output: 'The capital is PARIS.',
      expected: ['Lyon', 'Paris'],
      score: { value: 1, pass: true },
    },
    { output: 'We start at nine.', expected: ['art'], score: { value: 1, pass: true } },
  ],
  argument: NORMALISATION_ARGUMENT,
  needsExpected: true,
  promptfooTypes: { contains: undefined, icontains: 'ignore-case' },
  create: (argument) => scoreContained('includes', argument, 'contains', (answer, part) => answer.includes(part)),
  checkSample: (sample, argument) => checkContained('includes', sample, argument),
} as const satisfies Scorer
