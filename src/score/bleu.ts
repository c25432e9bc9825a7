/** How many short runs of words does the answer share with the expected answers? */
import { numberSums } from './metric/number-sums.ts'
import { formatShare, graded, NO_EXPECTED, quote, quoteAny } from './marks.ts'
import { bleuOf, bleuStatistics } from './text/bleu.ts'
import { BLEU_TOKENISERS } from './text/bleu-tokens.ts'
import { parseVariant } from './text/variant.ts'
import type { RunMetric, Scorer } from './types.ts'

const DEFAULT_THRESHOLD = 0.5

const METRIC: RunMetric = {
  figures: {
    corpus_bleu: 'BLEU over all answers, 0 to 1: their n-gram counts are added first, as is usual in publications',
    brevity_penalty:
      'the factor by which it is lower because the answers are shorter than the expected ones; 1 when they are not',
    length_ratio: 'tokens of the answers per token of the expected answers',
    precision_1: 'share of the words that an expected answer has',
    precision_2: 'share of the pairs of words that an expected answer has',
    precision_3: 'share of the runs of three words that an expected answer has',
    precision_4: 'share of the runs of four words that an expected answer has',
  },
  create: () => numberSums(figuresOf),
}

function figuresOf(answers: number, totals: readonly number[]): Readonly<Record<string, number | null>> {
  const { score, brevityPenalty, precisions } = bleuOf(totals, false)
  const [answerLength = 0, referenceLength = 0] = totals
  const known = (value: number | undefined): number | null => (answers === 0 || value === undefined ? null : value)
  return {
    corpus_bleu: known(score),
    brevity_penalty: known(brevityPenalty),
    length_ratio: referenceLength === 0 ? null : answerLength / referenceLength,
    precision_1: known(precisions[0]),
    precision_2: known(precisions[1]),
    precision_3: known(precisions[2]),
    precision_4: known(precisions[3]),
  }
}

export const bleu = {
  name: 'bleu',
  summary:
    'The answer shares enough runs of one to four words with the expected answers: sentence BLEU of at least 0.5.',
  details: `BLEU (Papineni et al. 2002) as [sacreBLEU](https://github.com/mjpost/sacrebleu) 2 computes it, divided by 100: the geometric mean
of the precisions of runs of one to four words, times a penalty for answers shorter than expected. A single answer is scored as
\`sentence_bleu\` does (smoothing "exp", effective order). Several expected answers count together: a run matches when any of them has it,
and the length closest to the answer's is the one expected.

BLEU was made for whole corpora, and its mean over answers is not the BLEU of a run. That one is shown in the summary as \`corpus_bleu\`:
the counts of all answers are added first, as \`corpus_bleu\` of sacreBLEU does (signature \`case:mixed|eff:no|tok:13a|smooth:exp\`).

Words are cut by the tokeniser that the argument names:

- \`13a\`: that of WMT, for languages with spaces between words; the default. Upper and lower case differ.
- \`zh\`: every Chinese character is a word, the rest as in \`13a\`. sacreBLEU's own ranges, which miss characters beyond U+FFFF.
- \`char\`: every character is a word: for Japanese, Thai and other languages without spaces.`,
  examples: [
    {
      output: 'The cat sat on the mat.',
      expected: ['The cat sat on the mat.'],
      score: { value: 1, pass: true },
    },
    {
      output: 'The cat sat on a mat.',
      expected: ['The cat sat on the mat.', 'A cat sat on a mat.'],
      score: { value: 1, pass: true },
    },
    { output: 'The cat', expected: ['The cat sat on the mat.'], score: { value: 0.082, pass: false } },
    { argument: 'char,0.3', output: '我爱北京', expected: ['我爱北京天安门'], score: { value: 0.472, pass: true } },
  ],
  argument: `a tokeniser (13a, zh or char; 13a unless given), the BLEU from which an answer passes (${DEFAULT_THRESHOLD} unless given), or both: zh,0.3`,
  needsExpected: true,
  promptfooTypes: { bleu: undefined },
  metric: METRIC,
  create: (argument) => {
    const { variant, threshold } = parseVariant('bleu', argument, ['13a', 'zh', 'char'], DEFAULT_THRESHOLD)
    const tokensOf = BLEU_TOKENISERS[variant]
    return ({ output, expected }) => {
      if (expected.length === 0) return NO_EXPECTED
      const observation = bleuStatistics(tokensOf(output), expected.map(tokensOf))
      const { score } = bleuOf(observation, true)
      const reason = `BLEU ${formatShare(score)} of ${quote(output)} with ${quoteAny(expected)}`
      return { ...graded(score, threshold, reason), observation }
    }
  },
} as const satisfies Scorer
