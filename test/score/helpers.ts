/** One answer scored by one scorer, for tables of cases. */
import * as assert from 'uvu/assert'
import { UserError } from '../../src/lib/errors.ts'
import type { AnswerFacts, Judges, Score, ScoreInput, Scorer } from '../../src/score/types.ts'

export type Vars = Readonly<Record<string, string>>

/** Nothing is known of the answer beside its text. */
export const NO_FACTS: AnswerFacts = {
  finishReason: null,
  refusal: null,
  toolCalls: [],
  latencyMs: null,
  ttftMs: null,
  costUsd: null,
  completionTokens: null,
}

/** Fails the test when it is asked. */
export const NO_JUDGES: Judges = {
  models: [],
  panel: 'majority',
  ask: () => Promise.reject(new Error('no judge was expected to be asked')),
  similarities: () => Promise.reject(new Error('no embedding was expected to be asked for')),
}

/** An answer with everything else left empty. */
export function scoreInput(input: Partial<Omit<ScoreInput, 'facts'>> & { facts?: Partial<AnswerFacts> }): ScoreInput {
  return { output: '', expected: [], vars: {}, messages: [], ...input, facts: { ...NO_FACTS, ...input.facts } }
}

/** The scorer as a function of its output and expected answers; fails when the scorer returns a promise. */
export function scoring(
  scorer: Scorer,
  argument?: string,
): (output: string, expected: readonly string[], vars?: Vars) => Score {
  const score = scorer.create(argument)
  return (output, expected, vars = {}) => {
    const outcome = score(scoreInput({ output, expected, vars }), NO_JUDGES)
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
