/** Is the answer better than another one? */
import { allOf, askPanel, type JudgeTask, opinionOn } from './judge/ask.ts'
import type { Opinion } from './judge/panel.ts'
import { alternatives, cellOf, columnProblem, questionTexts } from './judge/texts.ts'
import type { Menu } from './judge/verdict.ts'
import { NO_EXPECTED, unscored } from './marks.ts'
import type { Judges, ScoreInput, Scorer } from './types.ts'

/** A tie passes: the answer is as good as the other. */
const THRESHOLD = 0.5

const INSTRUCTIONS = `The tags "first" and "second" hold two answers, and the tag "question", where there is one, what was asked. Decide which answer is better: more correct, more helpful, clearer. Their order is chance, and length alone is no merit.`

/** Which of the two places the judged answer stands in. */
type Place = 'first' | 'second'

function menuFor(place: Place): Menu {
  return [
    { verdict: 'first', value: place === 'first' ? 1 : 0, meaning: 'the first answer is better' },
    { verdict: 'second', value: place === 'second' ? 1 : 0, meaning: 'the second answer is better' },
    { verdict: 'tie', value: 0.5, meaning: 'neither is better' },
  ]
}

function taskFor(place: Place, answer: string, other: string, messages: ScoreInput['messages']): JudgeTask {
  const [first, second] = place === 'first' ? [answer, other] : [other, answer]
  const texts = [...questionTexts(messages), { tag: 'first', text: first }, { tag: 'second', text: second }]
  return { instructions: INSTRUCTIONS, menu: menuFor(place), texts }
}

/** One judge in both orders: a preference for a place is no preference for an answer. */
async function opinionInBothOrders(tasks: readonly JudgeTask[], model: string, judges: Judges): Promise<Opinion> {
  const [shownFirst, shownSecond] = await allOf(tasks.map((task) => opinionOn(task, model, judges)))
  if (shownFirst === undefined || shownSecond === undefined) return { problem: 'it was not asked in both orders' }
  if ('problem' in shownFirst) return shownFirst
  if ('problem' in shownSecond) return shownSecond
  const { value, reason } = shownFirst
  if (value === shownSecond.value)
    return { value, verdict: value === 1 ? 'better' : value === 0 ? 'worse' : 'tie', reason }
  const verdict = `position-dependent, ${shownFirst.verdict} when shown first, ${shownSecond.verdict} when shown second`
  return { value: 0.5, verdict, reason }
}

/** Two calls per judge, with a code of their own each. */
export const preference = {
  name: 'preference',
  summary: 'The answer is at least as good as another one, by the word of a judge that sees both in both orders.',
  details: `The other answer is the expected one (the first of several), or the text of the column that the argument names: the output of another
model or prompt, say. Judges tend to prefer a place, so each is asked twice, with the two answers swapped, and says \`first\`, \`second\`
or \`tie\`. The judged answer gets 1 where it is preferred in both orders, 0.5 where both are a tie, 0 where the other one is. Two orders
that disagree are worth 0.5, and the reason says "position-dependent". An answer passes from 0.5.

[Judges](../judges.md): how they are asked, fenced and paid.`,
  examples: [
    {
      output: 'Turn it off and on again; that clears the error.',
      expected: ['Try again.'],
      judgeSays: [
        '{"reason": "The first says what to do.", "verdict": "first"}',
        '{"reason": "The second says what to do.", "verdict": "second"}',
      ],
      score: { value: 1, pass: true },
    },
    {
      argument: 'baseline',
      output: 'No idea.',
      vars: { question: 'Why is the sky blue?', baseline: 'Air scatters blue light more than red.' },
      judgeSays: [
        '{"reason": "Only the second explains it.", "verdict": "second"}',
        '{"reason": "Only the first explains it.", "verdict": "first"}',
      ],
      score: { value: 0, pass: false },
    },
    {
      output: 'It rains.',
      expected: ['Rain is falling.'],
      judgeSays: ['{"reason": "Clearer.", "verdict": "first"}', '{"reason": "Clearer.", "verdict": "first"}'],
      score: { value: 0.5, pass: true },
    },
  ],
  argument: 'the column of the other answer; without it the expected answer is the other one',
  // Only without an argument: checkSample sees to that.
  needsExpected: false,
  asks: 'judge',
  callsPerJudge: 2,
  create:
    (column) =>
    ({ output, expected, vars, messages }, judges) => {
      const other = column === undefined ? alternatives('other', expected)[0]?.text : cellOf(vars, column)
      if (other === undefined) return column === undefined ? NO_EXPECTED : unscored(`no text in the column ${column}`)
      const tasks = (['first', 'second'] as const).map((place) => taskFor(place, output, other, messages))
      return askPanel(judges, THRESHOLD, (model) => opinionInBothOrders(tasks, model, judges))
    },
  checkSample: ({ expected, vars }, column) => {
    if (column !== undefined) return columnProblem('preference', vars, column)
    return alternatives('other', expected).length === 0
      ? 'there is no expected answer to compare with. Fill it in, or name the column of the other answer: --scorer preference:column.'
      : undefined
  },
} as const satisfies Scorer
