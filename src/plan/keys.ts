/** The three keys: what makes two requests, two trials, two rows of a comparison the same. */
import { key128 } from '../lib/hash.ts'

/**
 * Same request, same answer expected: serves the response cache. `identity` is provider and base URL; `body` the request as
 * sent (messages, model, parameters, routing).
 */
export function requestKey(identity: string, body: string, epoch: number): string {
  return key128(`request\n${identity}\n${epoch}\n${body}`)
}

/** Same request for the same sample and prompt: serves resume, i.e. what is done already. */
export function trialKey(request: string, sampleId: string, promptId: string): string {
  return key128(`trial\n${request}\n${JSON.stringify([sampleId, promptId])}`)
}

/**
 * Same question in two runs: serves compare and gate. Model, prompt text and endpoint are not in it, so that runs which
 * differ in them can be paired.
 */
export function pairKey(
  sample: {
    readonly id: string
    readonly vars: Readonly<Record<string, string>>
    readonly expected: readonly string[]
    readonly assertions: readonly {
      readonly scorer: string
      readonly argument: string | null
      readonly expected: readonly string[]
      readonly threshold?: number
    }[]
    readonly passFrom?: number
    readonly pairColumns?: readonly string[]
  },
  epoch: number,
): string {
  const vars = Object.keys(sample.vars)
    .filter((column) => sample.pairColumns?.includes(column) ?? true)
    .sort()
    .map((column) => [column, sample.vars[column]])
  const assertions = sample.assertions.map(({ scorer, argument, expected, threshold }) =>
    threshold === undefined ? [scorer, argument, expected] : [scorer, argument, expected, threshold],
  )
  const { passFrom } = sample
  const parts = [sample.id, vars, sample.expected, assertions, ...(passFrom === undefined ? [] : [passFrom])]
  return key128(`pair\n${epoch}\n${JSON.stringify(parts)}`)
}
