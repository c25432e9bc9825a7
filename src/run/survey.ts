/** One look at every prompt before the first is sent: does it fit, can it be sliced, does the simulator know the answer? */
import type { Settings } from '../config/types.ts'
import type { Sample } from '../dataset/types.ts'
import { UserError } from '../lib/errors.ts'
import { oneLine, plural } from '../lib/text.ts'
import { cellOf } from '../prompt/render.ts'
import { countPromptTokens, promptTokensBound, tokenFamily } from '../prompt/tokens.ts'
import type { Message } from '../prompt/types.ts'
import { messageHash } from '../simulator/oracle.ts'
import { answersOf, everyPrompt } from './answers.ts'
import type { ModelPlan } from './models.ts'
import type { Prepared } from './prepare.ts'
import type { SimulatorProcess } from './simulator-process.ts'
import type { Turns } from './turns.ts'

/** Problems shown one by one; of more, the number is enough. */
const SHOWN = 5

/** Each value of a --slice column has statistics of its own in memory, and a line in the reports. */
const MOST_SLICES = 200

/**
 * Throws UserError when prompts are too long for a model or a --slice column has too many values. `simulator` null: nobody
 * needs to be told the answers. Rejects with the reason of the interrupt when that aborts.
 */
export async function survey(
  prepared: Prepared,
  { endpoint: { maxTokens }, dataset: { slice } }: Pick<Settings, 'endpoint' | 'dataset'>,
  simulator: SimulatorProcess | null,
  turns: Turns,
): Promise<void> {
  const { file } = prepared.dataset
  const bounded = prepared.models.filter(
    ({ contextTokens }) => contextTokens !== null && prepared.promptTokensAtMost + maxTokens > contextTokens,
  )
  if (bounded.length === 0 && simulator === null && slice.length === 0) return
  const sliceCheck = new SliceCheck(slice, file)
  const tooLong: string[] = []
  let count = 0
  // All rows that the shards share out: each of them is told of what is wrong with any, and simulated as in one run.
  const { prompts, whole } = prepared
  const all = { prompts, sampleAt: whole.sampleAt, shape: { ...prepared.shape, samples: whole.samples } }
  for await (const { sample, messages } of everyPrompt(all, turns)) {
    sliceCheck.look(sample)
    for (const model of bounded) {
      const problem = contextProblem(messages, model, maxTokens)
      if (problem === undefined) continue
      count += 1
      if (tooLong.length < SHOWN) tooLong.push(`${file}:${sample.line}: ${problem}`)
    }
    const answers = answersOf(sample)
    if (answers.length > 0) await simulator?.register(messageHash(messages), answers)
  }
  await simulator?.synced()
  if (count > 0) throw tooLongError(tooLong, count)
}

function tooLongError(shown: readonly string[], count: number): UserError {
  const more = count > shown.length ? [`… and ${plural(count - shown.length, 'more prompt')} like these.`] : []
  return new UserError([
    ...shown,
    ...more,
    'Shorten the prompt, lower --max-tokens, choose a model with a longer context, or leave the rows out.',
  ])
}

/** Values seen of each --slice column. */
class SliceCheck {
  readonly #file: string
  readonly #seen: ReadonlyMap<string, Set<string>>

  constructor(columns: readonly string[], file: string) {
    this.#file = file
    this.#seen = new Map(columns.map((column) => [column, new Set()]))
  }

  /** Throws at the first value too many: to count on would keep a whole column in memory. */
  look({ vars, line }: Sample): void {
    for (const [column, values] of this.#seen) {
      values.add(cellOf(vars, column) ?? '')
      if (values.size <= MOST_SLICES) continue
      throw new UserError(
        `${this.#file}:${line}: --slice ${oneLine(column, 60)}: the column has more than ${MOST_SLICES} different values up to ` +
          'this line, and each would be a slice of its own. Choose a column that sorts the rows into few kinds, or carry ' +
          'the values over with --keep.',
      )
    }
  }
}

/** Counting tokens is dear, so it is done only where the number of bytes does not settle the question. */
function contextProblem(
  messages: readonly Message[],
  { slug, contextTokens }: ModelPlan,
  maxTokens: number,
): string | undefined {
  if (contextTokens === null || promptTokensBound(messages, {}) + maxTokens <= contextTokens) return undefined
  const family = tokenFamily(slug)
  const tokens = countPromptTokens(messages, family)
  if (tokens + maxTokens <= contextTokens) return undefined
  const about = family.exact ? '' : 'about '
  return (
    `the prompt has ${about}${plural(tokens, 'token')}, and with --max-tokens ${maxTokens.toLocaleString('en-US')} for the answer ` +
    `that is more than the ${contextTokens.toLocaleString('en-US')} of ${slug}.`
  )
}
