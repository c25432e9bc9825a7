/** Does the answer address what was asked? */
import { judge } from './judge/ask.ts'
import { questionTexts } from './judge/texts.ts'
import type { Menu } from './judge/verdict.ts'
import { unscored } from './marks.ts'
import type { Scorer } from './types.ts'

const THRESHOLD = 1

const MENU: Menu = [
  { verdict: 'relevant', value: 1, meaning: 'the answer addresses what was asked' },
  { verdict: 'partly', value: 0.5, meaning: 'it addresses a part of it, or loses itself in other things' },
  { verdict: 'irrelevant', value: 0, meaning: 'it does not address what was asked' },
]

const INSTRUCTIONS = `The tag "question" holds what was asked, and the tag "answer" an answer to it. Decide whether the answer addresses what was asked. Whether it is right does not count, only whether it is an answer to this question; saying openly that the answer is not known addresses the question.`

export const relevance = {
  name: 'relevance',
  summary: 'The answer addresses the question, by the word of a judge.',
  details: `The judge sees what the model was asked (all messages, with the role of each) and its answer, and says \`relevant\` (1), \`partly\` (0.5)
or \`irrelevant\` (0). An answer passes at 1. Whether it is right does not count: a wrong answer to the question is relevant.

RAGAS and promptfoo compute answer relevance from the embeddings of questions that a model makes up for the answer; their values are not
comparable with these.

[Judges](../judges.md): how they are asked, fenced and paid.`,
  examples: [
    {
      output: 'On the 5th of May.',
      vars: { question: 'When is the deadline?' },
      judgeSays: ['{"reason": "It names a date.", "verdict": "relevant"}'],
      score: { value: 1, pass: true },
    },
    {
      output: 'Deadlines matter, since many people depend on them.',
      vars: { question: 'When is the deadline?' },
      judgeSays: ['{"reason": "No date, only general talk.", "verdict": "irrelevant"}'],
      score: { value: 0, pass: false },
    },
    {
      output: 'In May. My favourite month, by the way! Did you know that it is named after Maia?',
      vars: { question: 'When is the deadline?' },
      judgeSays: ['{"reason": "It strays.", "verdict": "partly"}'],
      score: { value: 0.5, pass: false },
    },
  ],
  argument: null,
  needsExpected: false,
  asks: 'judge',
  promptfooTypes: { 'answer-relevance': undefined },
  create:
    () =>
    ({ output, messages }, judges) => {
      const question = questionTexts(messages)
      if (question.length === 0) return unscored('what was asked is not known')
      const texts = [...question, { tag: 'answer', text: output }]
      return judge({ instructions: INSTRUCTIONS, menu: MENU, texts }, THRESHOLD, judges)
    },
} as const satisfies Scorer
