/** Is the answer JSON? */
import { parseJson } from '../lib/json.ts'
import { findJsonProblem, jsonErrorPlace } from '../lib/json-syntax.ts'
import { TIMED_OUT, TIMED_OUT_REASON } from './limits.ts'
import { failed, passed, unscored } from './marks.ts'
import { EXTENT_ARGUMENT, holdsAnywhere, readsAnywhere } from './structure/anywhere.ts'
import { withoutFence } from './structure/code-block.ts'
import type { Score, Scorer } from './types.ts'

/** An array of numbers is no start: prose has footnotes such as [1]. */
const START = /\{|\[(?=\s*["{[])/g

function scoreWhole(output: string): Score {
  const text = withoutFence(output)
  if (text === '') return failed('the answer is empty')
  if (parseJson(text) !== undefined) return passed('the answer is JSON')
  // JSON.parse also refuses what has no error, such as a text that is too long for it.
  const problem = findJsonProblem(text)
  return problem === undefined
    ? passed('the answer is JSON')
    : failed(`no JSON from line:column ${jsonErrorPlace(text)} on, where ${problem.expected} was expected`)
}

function scoreAnywhere(output: string): Score {
  const found = holdsAnywhere(output, START, beginsWithJson)
  if (found === TIMED_OUT) return unscored(TIMED_OUT_REASON)
  return found ? passed('the answer holds JSON') : failed('no JSON object or array in the answer')
}

function beginsWithJson(text: string): boolean {
  const problem = findJsonProblem(text)
  return problem === undefined || parseJson(text.slice(0, problem.offset)) !== undefined
}

export const validJson = {
  name: 'valid-json',
  summary: 'The answer is well-formed JSON; one Markdown code fence around it does not count.',
  group: 'formats',
  details: `Any value of RFC 8259 counts, a bare number or text in quotes as well. Trailing commas, comments and single quotes are
errors; the reason names the line and column of the first one. Prose before or after is an error too, unless the argument
is \`anywhere\`: then one JSON object in the answer is enough, or one array that begins with a text, an object or an array
(so that a footnote such as \`[1]\` is none). What is in the JSON is not looked at: see \`json-schema\`, \`json-equal\`,
\`json-path\` and \`json-fields\`. promptfoo's \`is-json\` is this scorer (there a code fence is an error), its \`contains-json\` is
\`valid-json:anywhere\`.`,
  examples: [
    { output: '{"city": "Paris"}', score: { value: 1, pass: true } },
    { output: '```json\n[1, 2]\n```', score: { value: 1, pass: true } },
    { output: "{'city': 'Paris'}", score: { value: 0, pass: false } },
    { argument: 'anywhere', output: 'Here you are: {"city": "Paris"}. Enjoy!', score: { value: 1, pass: true } },
  ],
  argument: EXTENT_ARGUMENT,
  needsExpected: false,
  promptfooTypes: { 'is-json': undefined, 'contains-json': 'anywhere' },
  create: (argument) => {
    const score = readsAnywhere('valid-json', argument) ? scoreAnywhere : scoreWhole
    return ({ output }) => score(output)
  },
} as const satisfies Scorer
