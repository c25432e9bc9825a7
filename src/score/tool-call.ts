/** Did the model call the expected tools? */
import { UserError } from '../lib/errors.ts'
import { parseExactJson } from '../lib/exact-json.ts'
import { parseJson } from '../lib/json.ts'
import { didYouMean } from '../lib/suggest.ts'
import { oneLine } from '../lib/text.ts'
import { jsonOfAnswer } from './json-answer.ts'
import { unlessTooDeep } from './limits.ts'
import { NO_EXPECTED, passed, quote, unscored } from './marks.ts'
import { sharesOf } from './metric/shares.ts'
import {
  type Call,
  hasArguments,
  madeCall,
  matchedInAnyOrder,
  matchedInOrder,
  type Matches,
  readCalls,
  sameArguments,
  sameName,
} from './structure/tool-calls.ts'
import type { Score, ScoreInput, Scorer } from './types.ts'

const WORDS: readonly string[] = ['names', 'ordered', 'subset']

/** How calls are compared. */
interface Comparison {
  readonly isOrdered: boolean
  readonly matches: Matches
}

function parseComparison(argument: string | undefined): Comparison {
  const words = argument === undefined ? [] : argument.split(',').map((word) => word.trim())
  const unknown = words.find((word) => !WORDS.includes(word))
  if (unknown !== undefined) {
    throw new UserError(
      `--scorer tool-call:${argument}: "${unknown}" is no way to compare calls.${didYouMean(unknown, WORDS)} Expected a comma ` +
        `list of: ${WORDS.join(', ')}.`,
    )
  }
  if (words.includes('names') && words.includes('subset')) {
    throw new UserError(
      `--scorer tool-call:${argument}: "names" looks at no arguments, "subset" at some of them. Leave out one of the two.`,
    )
  }
  const matches = words.includes('names') ? sameName : words.includes('subset') ? hasArguments : sameArguments
  return { isOrdered: words.includes('ordered'), matches }
}

function scoreCalls({ output, expected, facts }: ScoreInput, { isOrdered, matches }: Comparison): Score {
  const made = facts.toolCalls.map(madeCall)
  let best: Score | undefined
  for (const candidate of expected) {
    const wanted = readCalls(parseExactJson(candidate)?.value)
    if (wanted === undefined) return unscored(`the expected answer ${quote(candidate)} describes no tool calls`)
    const same = (isOrdered ? matchedInOrder : matchedInAnyOrder)(made, wanted, matches)
    const value = sharesOf({ found: made.length, wanted: wanted.length, same }).f1 ?? 1
    if (value === 1) return passed(made.length === 0 ? 'no call was made, as expected' : `called ${namesOf(made)}`)
    const reason = reasonOf({ made, wanted, same, output, isOrdered })
    if (best === undefined || value > (best.value ?? 0)) best = { value, pass: false, reason }
  }
  return best ?? NO_EXPECTED
}

interface Comparing {
  readonly made: readonly Call[]
  readonly wanted: readonly Call[]
  readonly same: number
  readonly output: string
  readonly isOrdered: boolean
}

function reasonOf({ made, wanted, same, output, isOrdered }: Comparing): string {
  if (made.length === 0) {
    const written = jsonOfAnswer(output)
    const how =
      written !== undefined && (readCalls(written.value)?.length ?? 0) > 0
        ? 'the call is written as text, not made'
        : 'no tool was called'
    return oneLine(`${how}; expected ${namesOf(wanted)}`)
  }
  const broken = made.find((call) => call.arguments === null)
  if (broken !== undefined) return oneLine(`the arguments of ${quote(broken.name)} are no JSON object`)
  return oneLine(
    `${same} of ${wanted.length} expected calls${isOrdered ? ' in order' : ''}: called ${namesOf(made)}, expected ${namesOf(wanted)}`,
  )
}

function namesOf(calls: readonly Call[]): string {
  return calls.length === 0
    ? 'none'
    : oneLine(
        calls
          .slice(0, 10)
          .map(({ name }) => name)
          .join(', '),
        70,
      )
}

export const toolCall = {
  name: 'tool-call',
  group: 'answer',
  summary: 'The model called the expected tools with the expected arguments, and no others.',
  details: `The expected answer is JSON: \`{"name": "get_weather", "arguments": {"city": "Paris"}}\`, a list of such calls, or \`[]\` when no call is right.
OpenAI's form \`{"function": {"name": …, "arguments": "{…}"}}\` is read as well; arguments left out are none. The calls that the model made come
from the API's answer; a call that the model only writes down as text is a miss, and the reason says so.

Two calls are the same when their names are equal and their arguments are the same JSON (the order of keys does not count, 1 and 1.0 are
one number). Numbers are compared to their last digit, also those that a double would round, such as ids of 20 digits. The value is F1:
2 × matched calls / (calls made + calls expected); an answer passes when all match and none is extra.

- \`ordered\`: the calls come in the expected order; the longest sequence that does is counted.
- \`names\`: arguments are not looked at.
- \`subset\`: a call may have further arguments beside the expected ones.

Tools are sent as a parameter: \`--param 'tools=[{"type": "function", "function": {"name": "get_weather", "parameters": {…}}}]'\`. In CSV the expected calls
are a cell of JSON. In JSONL a single call may be an object, and several are JSON within a string, since a list there means several right
answers: \`"expected": "[{\\"name\\": \\"get_time\\"}, …]"\`. \`"[]"\`, as text too, means that no call is right.

Outputs in a column (\`--provider replay --replay-column\`) are text without calls, so only \`[]\` passes there; \`--replay-run\` and \`assay score\` keep the
calls of the run.

Words are combined with commas: \`tool-call:ordered,subset\`. Matching is the best there is (a maximum bipartite matching), so with \`subset\` no call
is given away to an expected one that another could meet.`,
  examples: [
    {
      output: '',
      expected: ['{"name": "get_weather", "arguments": {"city": "Paris", "days": 2}}'],
      facts: { toolCalls: [{ name: 'get_weather', arguments: '{"days": 2.0, "city": "Paris"}' }] },
      score: { value: 1, pass: true },
    },
    {
      output: '',
      expected: ['[{"name": "search", "arguments": {"q": "Paris"}}, {"name": "get_time"}]'],
      facts: { toolCalls: [{ name: 'get_time', arguments: '' }] },
      score: { value: 0.667, pass: false },
    },
    {
      argument: 'subset',
      output: '',
      expected: ['{"function": {"name": "search", "arguments": "{\\"q\\": \\"Paris\\"}"}}'],
      facts: { toolCalls: [{ name: 'search', arguments: '{"q": "Paris", "limit": 5}' }] },
      score: { value: 1, pass: true },
    },
    {
      output: '{"name": "get_time", "arguments": {}}',
      expected: ['{"name": "get_time"}'],
      score: { value: 0, pass: false },
    },
    { output: 'Hello!', expected: ['[]'], score: { value: 1, pass: true } },
  ],
  argument: `comma list of ${WORDS.join(', ')}`,
  needsExpected: true,
  create: (argument) => {
    const comparison = parseComparison(argument)
    return (input) => (input.expected.length === 0 ? NO_EXPECTED : unlessTooDeep(() => scoreCalls(input, comparison)))
  },
  checkSample: ({ expected }) => {
    const bad = expected.find((candidate) => !describesCalls(candidate))
    return bad === undefined
      ? undefined
      : `the expected answer ${quote(bad)} describes no tool calls. Write {"name": "…", "arguments": {…}}, a list of these, or [] for none.`
  },
} as const satisfies Scorer

function describesCalls(text: string): boolean {
  try {
    return readCalls(parseJson(text)?.value) !== undefined
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
