/** Does the answer contain at least one of several texts? */
import { failed, passed, quote, quoteAny } from './marks.ts'
import { checkList, LIST_ARGUMENT, LIST_DETAILS, scoreList } from './text/contained-list.ts'
import type { Scorer } from './types.ts'

export const includesAny = {
  name: 'includes-any',
  summary: 'The answer contains at least one of several texts: those of the argument, else the expected answers.',
  details: `${LIST_DETAILS}

It stands for promptfoo's \`contains-any\` and \`icontains-any\`.`,
  examples: [
    { argument: 'sorry,cannot', output: 'I cannot help with that.', score: { value: 1, pass: true } },
    { argument: 'sorry,cannot', output: 'Sure!', score: { value: 0, pass: false } },
    { argument: 'ignore-case:sorry,cannot', output: 'SORRY!', score: { value: 1, pass: true } },
    { output: 'It is Lutetia.', expected: ['Paris', 'Lutetia'], score: { value: 1, pass: true } },
  ],
  argument: LIST_ARGUMENT,
  // Only without texts in the argument: checkSample sees to that.
  needsExpected: false,
  promptfooTypes: { 'contains-any': undefined, 'icontains-any': 'ignore-case' },
  create: (argument) =>
    scoreList('includes-any', argument, ([found], missing, answer) =>
      found === undefined
        ? failed(`no answer that contains ${quoteAny(missing)}: ${quote(answer)}`)
        : passed(`the answer contains ${quote(found)}`),
    ),
  checkSample: (sample, argument) => checkList('includes-any', sample, argument),
} as const satisfies Scorer
