/** Why did the model stop? */
import { UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { failed, NO_EXPECTED, passed, quote, unscored } from './marks.ts'
import type { Scorer } from './types.ts'

/** Takes the finish reasons from the expected answer. */
const FROM_EXPECTED = 'expected'

function parseReasons(argument: string): readonly string[] {
  const reasons = argument.split(',').map((reason) => reason.trim().toLowerCase())
  if (reasons.every((reason) => /^[a-z][a-z0-9_-]*$/.test(reason))) return reasons
  throw new UserError(
    `--scorer finish-reason:${argument}: expected a comma list of finish reasons such as finish-reason:stop,tool_calls.`,
  )
}

export const finishReason = {
  name: 'finish-reason',
  group: 'answer',
  summary: 'The model stopped for one of the reasons of the argument, as the API tells it.',
  details: `The reason is \`finish_reason\` of results.csv: \`stop\` (a natural end), \`length\` (cut off at the token limit), \`tool_calls\`,
\`content_filter\` or what else the endpoint says; upper and lower case do not matter. Without an argument \`stop\` is asked for. An answer
of which the endpoint told no reason is unscored.

\`finish-reason:expected\` takes the reason from the sample's expected answer; promptfoo's \`finish-reason:stop\` in a cell means that.`,
  examples: [
    { output: 'Paris', facts: { finishReason: 'stop' }, score: { value: 1, pass: true } },
    { output: 'Paris is the', facts: { finishReason: 'length' }, score: { value: 0, pass: false } },
    { argument: 'stop,tool_calls', output: '', facts: { finishReason: 'tool_calls' }, score: { value: 1, pass: true } },
    { output: 'Paris', facts: { finishReason: null }, score: { value: null, pass: null } },
  ],
  argument: 'comma list of finish reasons, `stop` unless given; `expected` takes them from the expected answer',
  needsExpected: false,
  promptfooTypes: { 'finish-reason': FROM_EXPECTED },
  create: (argument) => {
    const wanted = argument === FROM_EXPECTED ? undefined : parseReasons(argument ?? 'stop')
    return ({ expected, facts }) => {
      const reasons = wanted ?? expected.map((reason) => reason.trim().toLowerCase())
      if (reasons.length === 0) return NO_EXPECTED
      if (facts.finishReason === null) return unscored('the endpoint told no finish reason')
      if (reasons.includes(facts.finishReason.toLowerCase()))
        return passed(oneLine(`finished with ${facts.finishReason}`))
      return failed(oneLine(`finished with ${quote(facts.finishReason)}, expected ${reasons.join(' or ')}`))
    }
  },
  checkSample: ({ expected }, argument) =>
    argument !== FROM_EXPECTED || expected.length > 0
      ? undefined
      : 'there is no expected answer, and finish-reason:expected compares with it. Write the finish reason there, such as stop.',
} as const satisfies Scorer
