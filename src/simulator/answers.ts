/** What does a model say? As the oracle knows it, as a judge where one is asked, and in the form that was asked for. */
import { parseJson } from '../lib/json.ts'
import { instanceOf } from './instance.ts'
import { createJudge } from './judge.ts'
import type { Oracle } from './oracle.ts'
import type { ChatRequest } from './request.ts'
import type { SimulatorOptions } from './types.ts'

/** The text that a model answers with. Pure: equal requests are answered alike. */
export function createAnswers(
  options: Pick<SimulatorOptions, 'skills'>,
  oracle: Oracle,
): (request: ChatRequest) => string {
  const judge = createJudge(options)
  return (request) => {
    const { model, messages, seed, form } = request
    const { text, correct } = oracle.answer(model, messages, seed)
    const verdict = correct === null ? judge(request) : null
    if (form === null) return verdict === null ? text : `${verdict.reason}\n\n${JSON.stringify(verdict)}`
    return JSON.stringify(instanceOf(form.schema, verdict ?? parseJson(text)?.value ?? text))
  }
}
