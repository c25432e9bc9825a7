/** docs/scorers/filters.md: which part of an answer is scored, from the registry of filters; its examples are scored now. */
import { allFilters } from '../dist/score/filter/parse.js'
import { parseScorer } from '../dist/score/parse.js'
import { code, prose, table } from './markdown.js'

const INTRODUCTION = `# Filters

\`--scorer 'filter > scorer'\` scores a part of the answer. Filters stand in front of any scorer, each with \` > \` behind it; of several the first
is applied first: \`without-thinking > last-line > exact\`. The shell needs quotation marks around it. Each \`--scorer\` has filters of its own,
so one output can be scored by several extractions side by side.

Where a filter finds nothing, or nothing but white space, the answer fails: one that does not keep to the form is a wrong one. The expected
answer is never filtered. \`results.csv\` has a column for each scorer as it was typed: \`score:last-line > exact\`.

\`after\` cuts its text off: \`after:Answer: > exact\` compares what stands behind the last "Answer:". It is not for \`numeric\`, which then takes
the last number of all that follows; to accept a number only behind GSM8K's \`####\`, keep the marker, and \`numeric\` reads the
number next to it: \`extract:/####\\W{0,3}\\d.*/ > numeric\` (\`####\`, up to three spaces or signs, a digit, and the rest of the line).`

/** A number is taken only behind GSM8K's marker. */
const STRICT = 'extract:/####\\W{0,3}\\d.*/ > numeric'

/** How an answer comes to its score through filters. */
const EXAMPLES = [
  { scorer: 'numeric', output: '6 × 7 = 42, 3 more than 39', expected: '42' },
  { scorer: STRICT, output: '6 × 7 = 42', expected: '42' },
  { scorer: STRICT, output: '6 × 7\n#### 42 (3 more than 39)', expected: '42' },
  { scorer: STRICT, output: '#### $42.00\n\nStep 1 was hard.', expected: '42' },
  { scorer: 'after:#### > numeric', output: '#### $42.00\n\nStep 1 was hard.', expected: '42' },
  { scorer: 'after:Answer: > exact', output: 'Rome? No.\nAnswer: Paris', expected: 'Paris' },
  { scorer: 'last-line > exact', output: 'The capital is asked for.\nParis', expected: 'Paris' },
  { scorer: 'extract:/answer is (\\w+)/i > exact', output: 'The answer is Paris.', expected: 'Paris' },
  { scorer: 'without-thinking > starts-with', output: '<think>London?</think>Paris', expected: 'Paris' },
  { scorer: 'code > json-equal', output: 'Here:\n```json\n{"a": 1}\n```', expected: '{"a":1}' },
]

/** The page; `judges` are for scorers that ask nobody. */
export async function filtersPage(generated, inputOf, judges) {
  const rows = []
  for (const { scorer, output, expected } of EXAMPLES) {
    const { pass, reason } = await parseScorer(scorer).score(inputOf({ output, expected: [expected] }), judges)
    rows.push([code(scorer), code(output), code(expected), pass ? 'yes' : 'no', code(reason)])
  }
  const filters = allFilters().map(({ name, summary, argument }) => [code(name), prose(summary), prose(argument ?? '')])
  return `${generated}

${INTRODUCTION}

${table(['filter', 'what is scored', 'argument'], filters)}

## Examples

${table(['scorer', 'output', 'expected', 'pass', 'reason'], rows)}

⏎ is a line feed.

[All scorers](../scorers.md)
`
}
