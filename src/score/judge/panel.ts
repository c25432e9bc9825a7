/** How do the opinions of several judges become one score? */
import { oneLine } from '../../lib/text.ts'
import { graded, unscored } from '../marks.ts'
import type { Judges, Score } from '../types.ts'

/** What a judge decided, as a share of full marks and in its own words; or why that is not known. */
export type Opinion =
  | { readonly value: number; readonly verdict: string; readonly reason: string }
  | { readonly problem: string }

/** One member of the panel and its opinion. */
export interface Vote {
  readonly judge: string
  readonly opinion: Opinion
}

type Decided = Exclude<Opinion, { readonly problem: string }>

/** Code points of a reason, as reports show it. */
const REASON_WIDTH = 200

/**
 * The score of a panel. A judge without a verdict does not vote, and less than half of the panel decides nothing.
 *
 * - majority: each vote passes or fails by the threshold; the value is the mean over the side that won. A tie is no score.
 * - mean: the mean of all votes against the threshold.
 */
export function panelScore(votes: readonly Vote[], panel: Judges['panel'], threshold: number): Score {
  const decided = votes.map(({ opinion }) => opinion).filter((opinion) => 'value' in opinion)
  if (decided.length === 0 || decided.length * 2 < votes.length) {
    return unscored(
      told(votes.length === 1 ? '' : `${decided.length} of ${votes.length} judges gave a verdict: `, votes),
    )
  }
  if (decided.length === 1 || panel === 'mean') {
    return graded(meanOf(decided), threshold, told(votes.length === 1 ? '' : `mean of ${decided.length}: `, votes))
  }
  const passing = decided.filter(({ value }) => value >= threshold)
  const failing = decided.filter(({ value }) => value < threshold)
  const count = `${passing.length} of ${decided.length} judges let it pass: `
  if (passing.length === failing.length) return unscored(told(`tie, ${count}`, votes))
  return graded(meanOf(passing.length > failing.length ? passing : failing), threshold, told(count, votes))
}

/** Rounded at the twelfth decimal, so that the mean of equal values meets the threshold that each of them meets. */
function meanOf(votes: readonly Decided[]): number {
  const sum = votes.reduce((total, { value }) => total + value, 0)
  return Math.round((sum / votes.length) * 1e12) / 1e12
}

/** All votes in one line; each judge has the same share of it. */
function told(head: string, votes: readonly Vote[]): string {
  const width = Math.max(1, Math.floor((REASON_WIDTH - head.length) / votes.length) - '; '.length)
  return oneLine(head + votes.map((vote) => oneLine(toldVote(vote), width)).join('; '), REASON_WIDTH)
}

function toldVote({ judge, opinion }: Vote): string {
  if ('problem' in opinion) return `${judge}: ${opinion.problem}`
  return `${judge}: ${opinion.verdict}${opinion.reason.trim() === '' ? '' : ` (${opinion.reason})`}`
}
