/** How is the example on a scorer's page scored? The contract tests ask this, and the docs generator. */
import type { Judges, Score, ScoreInput, Scorer, ScorerExample } from '../../src/score/types.ts'
import { scoreInput } from './helpers.ts'

/** What the judges and the scorer are told of an example. */
export function inputOf({ output, expected = [], vars = {}, facts = {} }: ScorerExample): ScoreInput {
  const question = vars.question ?? 'Why?'
  return scoreInput({ output, expected, vars, facts, messages: [{ role: 'user', content: question }] })
}

/** The score of an example as the scorer gives it now. */
export async function scoreExample(scorer: Scorer, example: ScorerExample): Promise<Score> {
  return scorer.create(example.argument)(inputOf(example), judgesSaying(example.judgeSays ?? []))
}

/**
 * One judge that gives these answers, in the order in which it is asked. Embeddings are played by the same list: an answer
 * such as `[0.93]` holds the similarities of one question.
 */
export function judgesSaying(answers: readonly string[]): Judges {
  const left = [...answers]
  const next = (): string => {
    const answer = left.shift()
    if (answer === undefined) throw new Error(`asked more often than the ${answers.length} times of judgeSays`)
    return answer
  }
  return {
    models: ['judge-1'],
    panel: 'majority',
    ask: async () => next(),
    similarities: async () => JSON.parse(next()) as number[],
  }
}
