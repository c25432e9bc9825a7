/**
 * How is BLEU made of n-gram counts? Papineni et al. 2002, "BLEU: a Method for Automatic Evaluation of Machine Translation", as
 * sacreBLEU 2 computes it (Post 2018, "A Call for Clarity in Reporting BLEU Scores"), with its default smoothing "exp".
 */
import { numberTokens } from './number-tokens.ts'
import { ngramCount, sharedNgrams } from './ngrams.ts'

const MAX_ORDER = 4

/** Tokens of the answer and of the reference of closest length; then matches of order 1 to 4; then n-grams of order 1 to 4. */
export type BleuStatistics = readonly number[]

export interface Bleu {
  /** 0..1. */
  readonly score: number
  /** 0..1; below 1 when the answers are shorter than the references. */
  readonly brevityPenalty: number
  /** Of order 1 to 4, as smoothed, 0..1. */
  readonly precisions: readonly number[]
}

/** What one answer adds to BLEU. All references count together: an n-gram matches when any of them has it. */
export function bleuStatistics(answer: readonly string[], references: readonly (readonly string[])[]): BleuStatistics {
  const { texts, size } = numberTokens([answer, ...references])
  const [ofAnswer = new Uint32Array(), ...ofReferences] = texts
  const closest = closestLength(
    answer.length,
    references.map(({ length }) => length),
  )
  const matches = sharedNgrams(ofAnswer, ofReferences, size, MAX_ORDER)
  const totals = matches.map((_, index) => ngramCount(answer.length, index + 1))
  return [answer.length, closest, ...matches, ...totals]
}

/** The length closest to the answer's; of two equally close ones the shorter. */
function closestLength(length: number, references: readonly number[]): number {
  const [first = 0, ...rest] = references
  return rest.reduce((best, candidate) => {
    const gain = Math.abs(length - best) - Math.abs(length - candidate)
    return gain > 0 || (gain === 0 && candidate < best) ? candidate : best
  }, first)
}

/**
 * BLEU from the statistics of one answer, or from their sums over many. A precision without matches is smoothed to
 * 1 / (2ᵏ · n-grams), k being how many such there have been. With `effectiveOrder`, as is used for single answers, orders for
 * which the answer is too short are left out; without it they make BLEU 0.
 */
export function bleuOf(statistics: BleuStatistics, effectiveOrder: boolean): Bleu {
  const [answerLength = 0, referenceLength = 0, ...counts] = statistics
  const matches = counts.slice(0, MAX_ORDER)
  const totals = counts.slice(MAX_ORDER)
  const brevityPenalty = brevityPenaltyOf(answerLength, referenceLength)
  const precisions = matches.some((count) => count > 0) ? smoothed(matches, totals) : totals.map(() => 0)
  const usable = precisions.filter((precision) => precision > 0)
  const isScored = usable.length > 0 && (effectiveOrder || usable.length === MAX_ORDER)
  const logs = usable.reduce((sum, precision) => sum + Math.log(precision), 0)
  const score = isScored ? Math.min(1, brevityPenalty * Math.exp(logs / usable.length)) : 0
  return { score, brevityPenalty, precisions }
}

function brevityPenaltyOf(answerLength: number, referenceLength: number): number {
  if (answerLength >= referenceLength) return 1
  return answerLength === 0 ? 0 : Math.exp(1 - referenceLength / answerLength)
}

/** 0 only where there is no n-gram of that order. */
function smoothed(matches: readonly number[], totals: readonly number[]): readonly number[] {
  let divisor = 1
  return totals.map((total, index) => {
    const count = matches[index] ?? 0
    if (total === 0 || count > 0) return total === 0 ? 0 : count / total
    divisor *= 2
    return 1 / (divisor * total)
  })
}
