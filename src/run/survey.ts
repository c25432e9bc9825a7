/** One look at every prompt before the first is sent: does it fit, and does the simulator know the answer? */
import { UserError } from '../lib/errors.ts'
import { plural } from '../lib/text.ts'
import { render } from '../prompt/render.ts'
import { countPromptTokens, promptTokensBound, tokenFamily } from '../prompt/tokens.ts'
import type { Message } from '../prompt/types.ts'
import { messageHash } from '../simulator/oracle.ts'
import type { ModelPlan, Prepared } from './prepare.ts'
import type { SimulatorProcess } from './simulator-process.ts'

/** Problems shown one by one; of more, the number is enough. */
const SHOWN = 5

/** Throws UserError when prompts are too long for a model. `simulator` null: nobody needs to be told the answers. */
export async function survey(prepared: Prepared, maxTokens: number, simulator: SimulatorProcess | null): Promise<void> {
  const bounded = prepared.models.filter(({ contextTokens }) => contextTokens !== null)
  if (bounded.length === 0 && simulator === null) return
  const tooLong: string[] = []
  let count = 0
  for (let position = 0; position < prepared.shape.samples; position++) {
    const sample = prepared.sampleAt(position)
    for (const prompt of prepared.prompts) {
      const messages = render(prompt, sample)
      for (const model of bounded) {
        const problem = contextProblem(messages, model, maxTokens)
        if (problem === undefined) continue
        count += 1
        if (tooLong.length < SHOWN) tooLong.push(`${prepared.dataset.file}:${sample.line}: ${problem}`)
      }
      const answers = [...sample.expected, ...sample.assertions.flatMap(({ expected }) => expected)]
      if (answers.length > 0) await simulator?.register(messageHash(messages), answers)
    }
  }
  await simulator?.synced()
  if (count === 0) return
  const more = count > tooLong.length ? [`… and ${plural(count - tooLong.length, 'more prompt')} like these.`] : []
  throw new UserError(
    [
      ...tooLong,
      ...more,
      'Shorten the prompt, lower --max-tokens, choose a model with a longer context, or leave the rows out.',
    ].join('\n'),
  )
}

/** Counting tokens is dear, so it is done only where the number of bytes does not settle the question. */
function contextProblem(
  messages: readonly Message[],
  { slug, contextTokens }: ModelPlan,
  maxTokens: number,
): string | undefined {
  if (contextTokens === null || promptTokensBound(messages) + maxTokens <= contextTokens) return undefined
  const family = tokenFamily(slug)
  const tokens = countPromptTokens(messages, family)
  if (tokens + maxTokens <= contextTokens) return undefined
  const about = family.exact ? '' : 'about '
  return (
    `the prompt has ${about}${plural(tokens, 'token')}, and with --max-tokens ${maxTokens.toLocaleString('en-US')} for the answer ` +
    `that is more than the ${contextTokens.toLocaleString('en-US')} of ${slug}.`
  )
}
