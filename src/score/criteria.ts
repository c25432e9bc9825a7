/** Does the answer meet a criterion? */
import { judge } from './judge/ask.ts'
import { alternatives, questionTexts } from './judge/texts.ts'
import type { Menu } from './judge/verdict.ts'
import { unscored } from './marks.ts'
import type { Scorer } from './types.ts'

/** Matters where a panel's mean is taken: then half of its votes are enough. */
const THRESHOLD = 0.5

const MENU: Menu = [
  { verdict: 'yes', value: 1, meaning: 'the answer meets the criterion' },
  { verdict: 'no', value: 0, meaning: 'it does not, or it cannot be told from the answer' },
]

const INSTRUCTIONS = `The tag "answer" holds an answer, and the tag "question", where there is one, what was asked. Decide whether the answer meets the criterion in the tag "criterion". Nothing but the criterion counts. Where there are several criteria, meeting one of them is enough.`

export const criteria = {
  name: 'criteria',
  summary: 'The answer meets a criterion, by the word of a judge.',
  details: `The judge sees the question, the answer and the criterion, and says \`yes\` (1) or \`no\` (0): closed question answering, as OpenAI evals'
\`model-graded-closedqa\` and promptfoo's assertion of that name have it. With \`--judge-panel mean\` an answer passes when half of the
judges say yes.

Without an argument each row's expected answer is its criterion; of several, meeting one is enough.

[Judges](../judges.md): how they are asked, fenced and paid.`,
  examples: [
    {
      argument: 'It names no competitor.',
      output: 'Our own plan costs 9 euros a month.',
      judgeSays: ['{"reason": "Only the own plan is named.", "verdict": "yes"}'],
      score: { value: 1, pass: true },
    },
    {
      argument: 'It names no competitor.',
      output: 'Ours costs 9 euros, that of Acme 12.',
      judgeSays: ['Acme is another company.\\n{"reason": "It names Acme.", "verdict": "no"}'],
      score: { value: 0, pass: false },
    },
    {
      output: 'Arr, the treasure lies on the island!',
      expected: ['It talks like a pirate.'],
      judgeSays: ['{"reason": "Pirate talk.", "verdict": "rather yes"}'],
      score: { value: null, pass: null },
    },
  ],
  argument: 'the criterion; without it each expected answer is one',
  // Only without an argument: checkSample sees to that.
  needsExpected: false,
  asks: 'judge',
  promptfooTypes: { 'model-graded-closedqa': undefined },
  create:
    (argument) =>
    ({ output, expected, messages }, judges) => {
      const wanted = alternatives('criterion', argument === undefined ? expected : [argument])
      if (wanted.length === 0) return unscored('no criterion')
      const texts = [...questionTexts(messages), ...wanted, { tag: 'answer', text: output }]
      return judge({ instructions: INSTRUCTIONS, menu: MENU, texts }, THRESHOLD, judges)
    },
  checkSample: ({ expected }, argument) =>
    argument === undefined && alternatives('criterion', expected).length === 0
      ? 'there is no expected answer to use as a criterion. Fill it in, or give one criterion for all rows with --scorer "criteria:It names no competitor."'
      : undefined,
} as const satisfies Scorer
