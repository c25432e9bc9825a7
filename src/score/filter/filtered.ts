/** How does a scorer look at a part of the answer only? */
import { oneLine } from '../../lib/text.ts'
import { failed, unscored } from '../marks.ts'
import type { Score, ScoreFunction } from '../types.ts'
import { applyFilters, type ParsedFilter } from './parse.ts'

/**
 * The same scorer behind filters. Where they find nothing the answer fails, as in lm-evaluation-harness: an answer that does
 * not keep to the form is a wrong one. The metric of a scorer with one counts it all the same, as an answer without text.
 */
export function filtered(score: ScoreFunction, filters: readonly ParsedFilter[], hasMetric: boolean): ScoreFunction {
  return (input, judges) => {
    const part = applyFilters(filters, input.output)
    if ('text' in part) return score({ ...input, output: part.text }, judges)
    if ('unscored' in part) return unscored(part.unscored)
    const nothing = failed(oneLine(`nothing to score: ${part.missing}`))
    if (!hasMetric) return nothing
    const blank = score({ ...input, output: '' }, judges)
    return 'then' in blank
      ? blank.then((outcome) => withObservation(nothing, outcome))
      : withObservation(nothing, blank)
  }
}

function withObservation(score: Score, { observation }: Score): Score {
  return observation === undefined ? score : { ...score, observation }
}
