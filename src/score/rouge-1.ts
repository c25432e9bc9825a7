/** How many words do answer and expected answer share? */
import { sharedNgrams } from './text/ngrams.ts'
import { checkRouge, ROUGE_ARGUMENT, ROUGE_DETAILS, scoreRouge } from './text/rouge.ts'
import type { Scorer } from './types.ts'

export const rouge1 = {
  name: 'rouge-1',
  summary: 'The answer shares enough words with an expected answer: ROUGE-1 of at least 0.5.',
  details: `Words are counted wherever they stand; one that occurs several times counts as often as it does on both sides.

${ROUGE_DETAILS}

In promptfoo files \`rouge-n\` is this scorer with promptfoo's threshold of 0.75; promptfoo cuts words in another way.`,
  examples: [
    { output: 'The cat lay on the mat.', expected: ['The cat sat on the mat.'], score: { value: 0.833, pass: true } },
    { output: 'A dog ran.', expected: ['The cat sat on the mat.'], score: { value: 0, pass: false } },
    {
      argument: 'recall,0.9',
      output: 'I think it is Paris, France.',
      expected: ['Paris'],
      score: { value: 1, pass: true },
    },
    {
      argument: 'precision',
      output: 'I think it is Paris, France.',
      expected: ['Paris'],
      score: { value: 0.167, pass: false },
    },
  ],
  argument: ROUGE_ARGUMENT,
  needsExpected: true,
  promptfooTypes: { 'rouge-n': '{number=0.75}' },
  create: (argument) =>
    scoreRouge('rouge-1', 'ROUGE-1', argument, (answer, expected, size) => ({
      same: sharedNgrams(answer, [expected], size, 1)[0] ?? 0,
      answer: answer.length,
      expected: expected.length,
    })),
  checkSample: (sample) => checkRouge('rouge-1', sample),
} as const satisfies Scorer
