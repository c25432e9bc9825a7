/** One answer scored by one scorer, for tables of cases. */
import * as assert from 'uvu/assert'
import { UserError } from '../../src/lib/errors.ts'
import type { Score, Scorer } from '../../src/score/types.ts'

export type Vars = Readonly<Record<string, string>>

/** The scorer as a function of its output and expected answers; fails when the scorer returns a promise. */
export function scoring(
  scorer: Scorer,
  argument?: string,
): (output: string, expected: readonly string[], vars?: Vars) => Score {
  const score = scorer.create(argument)
  return (output, expected, vars = {}) => {
    const outcome = score({ output, expected, vars })
    if ('then' in outcome) throw new Error('expected a score at once')
    return outcome
  }
}

/** The message of the UserError that the work throws. */
export function refusalOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    assert.instance(error, UserError)
    return error instanceof Error ? error.message : ''
  }
  throw new Error('expected a UserError')
}
