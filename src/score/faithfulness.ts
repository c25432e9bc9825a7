/** Is everything that the answer claims supported by the text it was to rest on? */
import { judge } from './judge/ask.ts'
import { cellOf, columnProblem, questionTexts } from './judge/texts.ts'
import type { Menu } from './judge/verdict.ts'
import { unscored } from './marks.ts'
import type { Scorer } from './types.ts'

const DEFAULT_COLUMN = 'context'

const THRESHOLD = 1

const MENU: Menu = [
  {
    verdict: 'supported',
    value: 1,
    meaning: 'the context supports every claim of the answer, or the answer claims nothing',
  },
  { verdict: 'partly', value: 0.5, meaning: 'it supports some claims and does not support others' },
  { verdict: 'unsupported', value: 0, meaning: 'it supports none of the claims, or contradicts one' },
]

const INSTRUCTIONS = `The tag "answer" holds an answer that is to rest on the text in the tag "context" alone, and the tag "question", where there is one, what was asked. Go through the claims of the answer and decide whether the context supports them. What you know yourself does not count: a true claim that the context does not support is not supported. Whether the answer is complete or useful does not count either.`

export const faithfulness = {
  name: 'faithfulness',
  summary: 'Every claim of the answer is supported by the text of a column, by the word of a judge.',
  details: `For answers made from retrieved text: the judge sees question, context and answer, and says \`supported\` (1), \`partly\` (0.5) or
\`unsupported\` (0). An answer passes at 1. What is true but not in the context is not supported; that an answer leaves something out does
not count against it.

The judge weighs all claims in one call. Faithfulness as RAGAS and promptfoo compute it is the share of supported claims, counted in
several calls: their values are not comparable with these. promptfoo's cell reads the variable \`context\`, and so does this scorer unless
another column is named.

[Judges](../judges.md): how they are asked, fenced and paid.`,
  examples: [
    {
      output: 'It opens at nine.',
      vars: { question: 'When does the museum open?', context: 'Opening hours: 9:00 to 17:00, closed on Mondays.' },
      judgeSays: ['{"reason": "The context says 9:00.", "verdict": "supported"}'],
      score: { value: 1, pass: true },
    },
    {
      output: 'It opens at nine, and children pay nothing.',
      vars: { question: 'When does the museum open?', context: 'Opening hours: 9:00 to 17:00, closed on Mondays.' },
      judgeSays: ['{"reason": "No word of prices.", "verdict": "partly"}'],
      score: { value: 0.5, pass: false },
    },
    {
      argument: 'passages',
      output: 'It opens at noon.',
      vars: { question: 'When does the museum open?', passages: 'Opening hours: 9:00 to 17:00, closed on Mondays.' },
      judgeSays: ['{"reason": "The text says 9:00.", "verdict": "unsupported"}'],
      score: { value: 0, pass: false },
    },
  ],
  argument: 'the column of the text, context unless given',
  needsExpected: false,
  asks: 'judge',
  promptfooTypes: { 'context-faithfulness': undefined },
  create: (column = DEFAULT_COLUMN) => {
    return ({ output, vars, messages }, judges) => {
      const context = cellOf(vars, column)
      if (context === undefined) return unscored(`no text in the column ${column}`)
      const texts = [...questionTexts(messages), { tag: 'context', text: context }, { tag: 'answer', text: output }]
      return judge({ instructions: INSTRUCTIONS, menu: MENU, texts }, THRESHOLD, judges)
    }
  },
  checkSample: ({ vars }, column = DEFAULT_COLUMN) => columnProblem('faithfulness', vars, column),
} as const satisfies Scorer
