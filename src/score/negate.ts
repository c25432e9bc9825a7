/** `not-NAME`: the answer passes where the scorer would fail it, with 1 − its value; what it cannot judge stays unjudged. */
import type { Score, ScoreFunction, Scorer } from './types.ts'

/** In front of the name of any scorer. */
export const NOT = 'not-'

/** The scorer that says the opposite. A metric over its observations would say the same as before, so it has none. */
export function negated(scorer: Scorer): Scorer {
  const { metric: _metric, promptfooTypes: _words, examples: _examples, ...kept } = scorer
  return { ...kept, name: `${NOT}${scorer.name}`, create: (argument) => negatedScore(scorer.create(argument)) }
}

function negatedScore(score: ScoreFunction): ScoreFunction {
  return (input, judges) => {
    const outcome = score(input, judges)
    return 'then' in outcome ? outcome.then(opposite) : opposite(outcome)
  }
}

/** The reason stays: what was found is the same, and tells why this passes or fails. */
function opposite({ value, pass, reason }: Score): Score {
  return { value: value === null ? null : 1 - value, pass: pass === null ? null : !pass, reason }
}
