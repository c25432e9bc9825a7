/** How many words do answer and expected answer share in the same order? */
import { lcsLength } from './text/lcs.ts'
import { checkRouge, ROUGE_ARGUMENT, ROUGE_DETAILS, scoreRouge } from './text/rouge.ts'
import type { Scorer } from './types.ts'

/** Largest product of the two lengths, in tokens, that is compared: about 200 ms of work. */
const LARGEST_TABLE = 4e9

export const rougeL = {
  name: 'rouge-l',
  summary: 'The answer shares enough words, in the same order, with an expected answer: ROUGE-L of at least 0.5.',
  details: `What is counted is the longest common subsequence: the most words that both sides have in the same order, with others in between or
not. Line breaks mean nothing (this is ROUGE-L, not ROUGE-Lsum). Two texts of more than about 60,000 words each are not compared.

${ROUGE_DETAILS}

The subsequence is found with bit-vectors (Crochemore et al. 2001, Hyyrö 2004), 32 cells of the table at once.`,
  examples: [
    { output: 'The cat lay on the mat.', expected: ['The cat sat on the mat.'], score: { value: 0.833, pass: true } },
    { output: 'On the mat the cat sat.', expected: ['The cat sat on the mat.'], score: { value: 0.5, pass: true } },
    {
      argument: '0.6',
      output: 'On the mat the cat sat.',
      expected: ['The cat sat on the mat.'],
      score: { value: 0.5, pass: false },
    },
    {
      argument: 'recall,0.9',
      output: 'It is the city of Paris.',
      expected: ['city of Paris', 'Lutetia'],
      score: { value: 1, pass: true },
    },
  ],
  argument: ROUGE_ARGUMENT,
  needsExpected: true,
  create: (argument) =>
    scoreRouge('rouge-l', 'ROUGE-L', argument, (answer, expected, size) =>
      answer.length * expected.length > LARGEST_TABLE
        ? undefined
        : { same: lcsLength(answer, expected, size), answer: answer.length, expected: expected.length },
    ),
  checkSample: (sample) => checkRouge('rouge-l', sample),
} as const satisfies Scorer
