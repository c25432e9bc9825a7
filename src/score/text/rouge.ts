/**
 * What do ROUGE-1, ROUGE-2 and ROUGE-L have in common? Tokens, measures and thresholds as in Google's rouge-score 0.1.2 without
 * its stemmer, a port of Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries".
 */
import { formatShare, graded, NO_EXPECTED, quote, quoteAny, unscored } from '../marks.ts'
import type { ScoreFunction, ScoreInput } from '../types.ts'
import { numberTokens } from './number-tokens.ts'
import { parseVariant } from './variant.ts'

const MEASURES = ['f', 'precision', 'recall'] as const

const DEFAULT_THRESHOLD = 0.5

export const ROUGE_ARGUMENT = `${MEASURES.join(', ')} (f unless given), the score from which an answer passes (${DEFAULT_THRESHOLD} unless given), or both: recall,0.4`

/** What all three pages say. */
export const ROUGE_DETAILS = `The argument names what is scored, and from where on an answer passes: \`f\` (the harmonic mean of the two, the default), \`precision\`
(the share of the answer that the expected answer has) or \`recall\` (the share of the expected answer that the answer has). Of several
expected answers the one with the best score counts.

Tokens are runs of the letters a to z and the digits 0 to 9, after lower-casing, as in Google's
[rouge-score](https://pypi.org/project/rouge-score/) 0.1.2 without its stemmer, whose numbers these are. A letter with an accent is
no part of a token ("café" is the token "caf"), and a text in another script has no tokens at all: an expected answer without any is
refused before anything is sent. For such texts there are \`chrf\` and \`bleu:char\`. An answer without tokens scores 0.`

/** Tokens that both sides share; each side's own number of what is counted. */
export interface RougeCounts {
  readonly same: number
  readonly answer: number
  readonly expected: number
}

/** Compares two texts of tokens, which are numbers below `size`; gives undefined when they are too long. */
export type CountRouge = (answer: Uint32Array, expected: Uint32Array, size: number) => RougeCounts | undefined

/** A to z and 0 to 9 alone: everything else separates, letters of other scripts included. */
function rougeTokens(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? []
}

/** The score function of one ROUGE. Throws UserError when the argument is wrong. */
export function scoreRouge(
  scorer: string,
  title: string,
  argument: string | undefined,
  count: CountRouge,
): ScoreFunction {
  const { variant, threshold } = parseVariant(scorer, argument, MEASURES, DEFAULT_THRESHOLD)
  const name = variant === 'f' ? `${title} F1` : `${title} ${variant}`
  return ({ output, expected }) => {
    if (expected.length === 0) return NO_EXPECTED
    const answer = rougeTokens(output)
    let best = 0
    for (const candidate of expected) {
      const { texts, size } = numberTokens([answer, rougeTokens(candidate)])
      const [ofAnswer, ofExpected] = texts
      if (ofAnswer === undefined || ofExpected === undefined) continue
      const counts = count(ofAnswer, ofExpected, size)
      if (counts === undefined) return unscored('answer and expected answer are too long to compare word by word')
      best = Math.max(best, measured(counts)[variant])
    }
    return graded(best, threshold, `${name} ${formatShare(best)} of ${quote(output)} with ${quoteAny(expected)}`)
  }
}

function measured({ same, answer, expected }: RougeCounts): Readonly<Record<(typeof MEASURES)[number], number>> {
  const precision = same / Math.max(answer, 1)
  const recall = same / Math.max(expected, 1)
  const f = same === 0 ? 0 : (2 * precision * recall) / (precision + recall)
  return { f, precision, recall }
}

/** Refuses an expected answer in which ROUGE sees nothing. */
export function checkRouge(scorer: string, { expected }: Pick<ScoreInput, 'expected'>): string | undefined {
  const empty = expected.find((candidate) => rougeTokens(candidate).length === 0)
  if (empty === undefined) return undefined
  return (
    `the expected answer ${quote(empty)} has no letters from a to z and no digits, and ${scorer} counts nothing else: every ` +
    'answer would score 0. Choose a scorer such as chrf, which reads all scripts.'
  )
}
