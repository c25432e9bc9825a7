/** What do the scorers that look for the expected text inside the answer have in common? */
import { failed, NO_EXPECTED, passed, quote, quoteAny, unscored } from './marks.ts'
import { parseNormalisations } from './normalise.ts'
import type { ScoreFunction, ScoreInput } from './types.ts'

/** A score function that passes when `holds` says so for one expected answer; both sides are normalised before. */
export function scoreContained(
  scorer: string,
  argument: string | undefined,
  verb: string,
  holds: (answer: string, part: string) => boolean,
): ScoreFunction {
  const normalise = parseNormalisations(scorer, argument)
  return ({ output, expected }) => {
    // The empty text is part of every answer: as an expected answer it says nothing.
    const parts = expected.map(normalise).filter((part) => part !== '')
    if (parts.length === 0) return expected.length === 0 ? NO_EXPECTED : unscored('the expected answer is empty')
    const answer = normalise(output)
    const found = parts.find((part) => holds(answer, part))
    if (found !== undefined) return passed(`the answer ${verb} ${quote(found)}`)
    return failed(`no answer that ${verb} ${quoteAny(expected)}: ${quote(output)}`)
  }
}

/** Refuses an expected answer of which nothing is left to look for. */
export function checkContained(
  scorer: string,
  { expected }: Pick<ScoreInput, 'expected'>,
  argument: string | undefined,
): string | undefined {
  const normalise = parseNormalisations(scorer, argument)
  const empty = expected.find((candidate) => normalise(candidate) === '')
  if (empty === undefined) return undefined
  return (
    `the expected answer ${quote(empty)} is empty for ${scorer}, and every answer would pass. Write down the text to look ` +
    'for, or use the scorer exact to ask for an empty answer.'
  )
}
