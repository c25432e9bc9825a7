/** How many pairs of neighbouring words do answer and expected answer share? */
import { ngramCount, sharedNgrams } from './text/ngrams.ts'
import { checkRouge, ROUGE_ARGUMENT, ROUGE_DETAILS, scoreRouge } from './text/rouge.ts'
import type { Scorer } from './types.ts'

export const rouge2 = {
  name: 'rouge-2',
  summary: 'The answer shares enough pairs of neighbouring words with an expected answer: ROUGE-2 of at least 0.5.',
  details: `Pairs are counted wherever they stand; one that occurs several times counts as often as it does on both sides. A text of one word has
no pair and scores 0, even when both sides are equal.

${ROUGE_DETAILS}`,
  examples: [
    { output: 'The cat lay on the mat.', expected: ['The cat sat on the mat.'], score: { value: 0.6, pass: true } },
    { output: 'On the mat the cat sat.', expected: ['The cat sat on the mat.'], score: { value: 0.8, pass: true } },
    { output: 'Mat the on sat cat the.', expected: ['The cat sat on the mat.'], score: { value: 0, pass: false } },
    { output: 'Paris', expected: ['Paris'], score: { value: 0, pass: false } },
  ],
  argument: ROUGE_ARGUMENT,
  needsExpected: true,
  create: (argument) =>
    scoreRouge('rouge-2', 'ROUGE-2', argument, (answer, expected, size) => ({
      same: sharedNgrams(answer, [expected], size, 2)[1] ?? 0,
      answer: ngramCount(answer.length, 2),
      expected: ngramCount(expected.length, 2),
    })),
  checkSample: (sample) => checkRouge('rouge-2', sample),
} as const satisfies Scorer
