/** Do the facts of the answer agree with those of the expected answer? */
import { parseThreshold } from './argument.ts'
import { judge } from './judge/ask.ts'
import { alternatives, questionTexts } from './judge/texts.ts'
import type { Menu } from './judge/verdict.ts'
import { NO_EXPECTED } from './marks.ts'
import type { Scorer } from './types.ts'

const DEFAULT_THRESHOLD = 0.5

/** The five cases are those of OpenAI evals' factual comparison, their values those of autoevals' Factuality. */
const MENU: Menu = [
  { verdict: 'equal', value: 1, meaning: 'the answer states the same facts as the expected text' },
  {
    verdict: 'immaterial-difference',
    value: 1,
    meaning: 'they differ, but not in any fact that matters to the question',
  },
  {
    verdict: 'superset',
    value: 0.6,
    meaning: 'the answer states all of the expected facts and further ones, in agreement',
  },
  { verdict: 'subset', value: 0.4, meaning: 'the answer states some of the expected facts, all that it states agrees' },
  {
    verdict: 'contradicts',
    value: 0,
    meaning: 'a fact of the answer disagrees with the expected text, or it states none',
  },
]

const INSTRUCTIONS = `The tag "answer" holds an answer, the tag "expected" a text that is right, and the tag "question", where there is one, what was asked. Compare the facts that the answer states with those of the expected text. Style, grammar, length and order do not count, and neither does what you know yourself: the expected text is right. Where there are several expected texts, each is right by itself: compare with the one that fits best.`

export const factuality = {
  name: 'factuality',
  summary: 'The facts of the answer agree with those of an expected answer, by the word of a judge.',
  details: `The judge compares facts, not words, and chooses one of five cases:

| verdict | value | the answer states |
| --- | --- | --- |
| \`equal\` | 1 | the same facts |
| \`immaterial-difference\` | 1 | other facts, in a way that does not matter to the question |
| \`superset\` | 0.6 | all of the facts and more, in agreement |
| \`subset\` | 0.4 | some of the facts, in agreement |
| \`contradicts\` | 0 | a fact that disagrees, or none |

An answer passes from 0.5: with more than was asked, but not with less. The five cases are those of OpenAI evals' factual comparison,
their values those of autoevals' \`Factuality\`; the words are Assay's own. Of several expected answers the one that fits best counts.

[Judges](../judges.md): how they are asked, fenced and paid.`,
  examples: [
    {
      output: 'It was Paris, on the Seine.',
      expected: ['Paris'],
      vars: { question: 'Which city is the capital of France?' },
      judgeSays: ['{"reason": "It adds the river.", "verdict": "superset"}'],
      score: { value: 0.6, pass: true },
    },
    {
      output: 'Lyon',
      expected: ['Paris'],
      vars: { question: 'Which city is the capital of France?' },
      judgeSays: ['{"reason": "Another city.", "verdict": "contradicts"}'],
      score: { value: 0, pass: false },
    },
    {
      argument: '0.4',
      output: 'Marie Curie',
      expected: ['Marie and Pierre Curie'],
      vars: { question: 'Who discovered radium?' },
      judgeSays: ['{"reason": "One of the two is missing.", "verdict": "subset"}'],
      score: { value: 0.4, pass: true },
    },
  ],
  argument: 'the value from which an answer passes, 0.5 unless given',
  needsExpected: true,
  asks: 'judge',
  promptfooTypes: { factuality: undefined, 'model-graded-factuality': undefined },
  create: (argument) => {
    const threshold = parseThreshold('factuality', argument, DEFAULT_THRESHOLD)
    return ({ output, expected, messages }, judges) => {
      const right = alternatives('expected', expected)
      if (right.length === 0) return NO_EXPECTED
      const texts = [...questionTexts(messages), ...right, { tag: 'answer', text: output }]
      return judge({ instructions: INSTRUCTIONS, menu: MENU, texts }, threshold, judges)
    }
  },
} as const satisfies Scorer
