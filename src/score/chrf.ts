/** How many short runs of characters does the answer share with an expected answer? */
import { numberSums } from './metric/number-sums.ts'
import { formatShare, graded, NO_EXPECTED, quote, quoteAny } from './marks.ts'
import { chrfOf, chrfStatistics, chrfText } from './text/chrf.ts'
import { parseVariant } from './text/variant.ts'
import type { RunMetric, Scorer } from './types.ts'

const DEFAULT_THRESHOLD = 0.5

const METRIC: RunMetric = {
  figures: {
    corpus_chrf: 'chrF over all answers, 0 to 1: their n-gram counts are added first, as is usual in publications',
  },
  create: () => numberSums((answers, totals) => ({ corpus_chrf: answers === 0 ? null : chrfOf(totals) })),
}

export const chrf = {
  name: 'chrf',
  summary: 'The answer shares enough runs of one to six characters with an expected answer: chrF of at least 0.5.',
  details: `chrF2 (Popović 2015) as [sacreBLEU](https://github.com/mjpost/sacrebleu) 2 computes it, divided by 100: precision and recall of runs of
one to six characters, averaged over their lengths, in one F-score in which recall weighs twice as much. White space does not count;
upper and lower case and all marks do. It needs no words, so it serves every script, and it forgives endings: "houses" for "house" costs
little. With \`++\` runs of one and two words count as well (chrF++, Popović 2017).

Runs longer than the answer or the expected answer are left out, so that short answers are scored by what they have. Of several expected
answers the best counts. The summary shows \`corpus_chrf\`, for which the counts of all answers are added first, as sacreBLEU's \`corpus_chrf\` does.`,
  examples: [
    { output: 'The houses are red.', expected: ['The house is red.'], score: { value: 0.587, pass: true } },
    { output: 'Le chat', expected: ['The house is red.'], score: { value: 0.027, pass: false } },
    { output: '東京都に住んでいます', expected: ['東京に住んでいます', '京都'], score: { value: 0.704, pass: true } },
    {
      argument: '++',
      output: 'The houses are red.',
      expected: ['The house is red.'],
      score: { value: 0.547, pass: true },
    },
  ],
  argument: `++ to count words as well, the chrF from which an answer passes (${DEFAULT_THRESHOLD} unless given), or both: ++,0.6`,
  needsExpected: true,
  metric: METRIC,
  create: (argument) => {
    const { variant, threshold } = parseVariant('chrf', argument, ['characters', '++'], DEFAULT_THRESHOLD)
    const withWords = variant === '++'
    return ({ output, expected }) => {
      if (expected.length === 0) return NO_EXPECTED
      const references = expected.map((candidate) => chrfText(candidate, withWords))
      const observation = chrfStatistics(chrfText(output, withWords), references, withWords)
      const value = chrfOf(observation)
      const reason = `chrF${variant === '++' ? '++' : ''} ${formatShare(value)} of ${quote(output)} with ${quoteAny(expected)}`
      return { ...graded(value, threshold, reason), observation }
    }
  },
} as const satisfies Scorer
