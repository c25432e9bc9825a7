/** Does the answer contain all of several texts? */
import { graded } from './marks.ts'
import { checkList, LIST_ARGUMENT, LIST_DETAILS, nameTexts, scoreList } from './text/contained-list.ts'
import type { Scorer } from './types.ts'

export const includesAll = {
  name: 'includes-all',
  summary: 'The answer contains every one of several texts: those of the argument, else the expected answers.',
  details: `The score is the share of the texts that the answer contains; it passes when none is missing. This is the one scorer for which
several expected answers must all be met.

${LIST_DETAILS}

It stands for promptfoo's \`contains-all\` and \`icontains-all\`.`,
  examples: [
    { argument: 'Paris,Lyon', output: 'Paris is larger than Lyon.', score: { value: 1, pass: true } },
    { output: 'Paris is larger.', expected: ['Paris', 'Lyon'], score: { value: 0.5, pass: false } },
    { argument: 'ignore-case:paris,lyon', output: 'PARIS, then LYON', score: { value: 1, pass: true } },
  ],
  argument: LIST_ARGUMENT,
  // Only without texts in the argument: checkSample sees to that.
  needsExpected: false,
  promptfooTypes: { 'contains-all': undefined, 'icontains-all': 'ignore-case' },
  create: (argument) =>
    scoreList('includes-all', argument, (found, missing) => {
      const total = found.length + missing.length
      const reason =
        missing.length === 0
          ? `the answer contains all of ${nameTexts(found)}`
          : `the answer lacks ${nameTexts(missing)}`
      return graded(found.length / total, 1, reason)
    }),
  checkSample: (sample, argument) => checkList('includes-all', sample, argument),
} as const satisfies Scorer
