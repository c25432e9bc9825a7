/** Does the answer mean about the same as the expected answer? */
import { parseThreshold } from './argument.ts'
import { failed, formatShare, graded, NO_EXPECTED, quote, quoteAny, unscored } from './marks.ts'
import type { Scorer } from './types.ts'

const DEFAULT_THRESHOLD = 0.75

export const embedding = {
  name: 'embedding',
  summary: 'The embeddings of the answer and an expected answer are similar: a cosine of at least 0.75.',
  details: `The cosine between the embeddings of the two texts, as the model behind \`--embedding-model\` makes them, is the value; below 0 it counts
as 0. Of several expected answers the most similar one counts. An empty answer has failed without a call.

What a cosine means differs from model to model: unrelated texts reach 0.7 with some and 0.1 with others. Choose the threshold by looking
at answers that are known to be right and wrong. Negation hardly moves an embedding, so "it is safe" and "it is not safe" are similar;
where facts matter, [factuality](factuality.md) is the better question. promptfoo's \`similar\` is the same cosine with the same
threshold.

[Judges](../judges.md): which endpoint makes the embeddings, and what they cost.`,
  examples: [
    {
      output: 'A lorry drove into the wall.',
      expected: ['The truck hit the wall.'],
      judgeSays: ['[0.91]'],
      score: { value: 0.91, pass: true },
    },
    {
      output: 'The wall is red.',
      expected: ['The truck hit the wall.', 'There was an accident.'],
      judgeSays: ['[0.58, 0.31]'],
      score: { value: 0.58, pass: false },
    },
    {
      argument: '0.5',
      output: 'The wall is red.',
      expected: ['The truck hit the wall.'],
      judgeSays: ['[0.58]'],
      score: { value: 0.58, pass: true },
    },
  ],
  argument: 'the cosine from which an answer passes, 0.75 unless given',
  needsExpected: true,
  asks: 'embeddings',
  promptfooTypes: { similar: undefined },
  create: (argument) => {
    const threshold = parseThreshold('embedding', argument, DEFAULT_THRESHOLD)
    return ({ output, expected }, judges) => {
      const others = expected.filter((text) => text.trim() !== '')
      if (others.length === 0) return NO_EXPECTED
      if (output.trim() === '') return failed('the answer is empty')
      return judges.similarities(output, others).then((cosines) => {
        const best = Math.max(...cosines)
        if (!Number.isFinite(best)) return unscored('no similarity came back')
        const value = Math.min(1, Math.max(0, best))
        return graded(value, threshold, `cosine ${formatShare(best)} of ${quote(output)} with ${quoteAny(others)}`)
      })
    }
  },
} as const satisfies Scorer
