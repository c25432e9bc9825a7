/** Does the answer contain the expected text? */
import { checkContained, scoreContained } from './contained.ts'
import { NORMALISATION_ARGUMENT } from './normalise.ts'
import type { Scorer } from './types.ts'

/** Case counts unless the argument says otherwise, as in promptfoo's `contains`. White space around expected does not. */
export const includes = {
  name: 'includes',
  summary: 'The answer contains an expected answer; upper and lower case differ unless told otherwise.',
  argument: NORMALISATION_ARGUMENT,
  needsExpected: true,
  promptfooTypes: {
    contains: undefined,
    'contains-any': undefined,
    icontains: 'ignore-case',
    'icontains-any': 'ignore-case',
  },
  create: (argument) => scoreContained('includes', argument, 'contains', (answer, part) => answer.includes(part)),
  checkSample: (sample, argument) => checkContained('includes', sample, argument),
} as const satisfies Scorer
