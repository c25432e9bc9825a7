/** Does the answer name the items of a list, in whatever order? */
import { plural } from '../lib/text.ts'
import { parseThreshold } from './argument.ts'
import { unlessTooDeep } from './limits.ts'
import { formatShare, graded, NO_EXPECTED, quote } from './marks.ts'
import { listItems } from './text/list-items.ts'
import type { Score, Scorer } from './types.ts'

const DEFAULT_THRESHOLD = 1

type Items = ReadonlySet<string>

/** Harmonic mean of precision and recall over two sets; 1 when both are empty. */
function setF1(answer: Items, expected: Items): number {
  const total = answer.size + expected.size
  if (total === 0) return 1
  const same = [...expected].filter((item) => answer.has(item)).length
  return (2 * same) / total
}

/** `F1 0.667, missing "Lyon", also "Nice" and 2 others`. */
function reasonOf(value: number, answer: Items, expected: Items): string {
  const missing = [...expected].filter((item) => !answer.has(item))
  const surplus = [...answer].filter((item) => !expected.has(item))
  return `F1 ${formatShare(value)} of ${plural(expected.size, 'expected item')}${named('missing', missing)}${named('also', surplus)}`
}

function named(what: string, [first, ...others]: readonly string[]): string {
  if (first === undefined) return ''
  return `, ${what} ${quote(first)}${others.length === 0 ? '' : ` and ${others.length} more`}`
}

function scoreLists(output: string, expected: readonly string[], threshold: number): Score {
  const answer = listItems(output)
  const scored = expected.map(listItems).map((items) => ({ items, value: setF1(answer, items) }))
  const best = scored.reduce((one, other) => (other.value > one.value ? other : one))
  return graded(best.value, threshold, reasonOf(best.value, answer, best.items))
}

export const listF1 = {
  name: 'list-f1',
  group: 'formats',
  summary: 'The answer lists the expected items and no others, in any order; with a threshold, most of them.',
  details: `Answer and expected cell are read as lists. A JSON array gives its items, also out of a fenced block; any other text is cut at line
breaks, commas and semicolons, those of Chinese, Japanese and Arabic included. Of each item the marker in front (\`- \`, \`• \`, \`1. \`, \`(2) \`, \`[x] \`),
quotation marks and Markdown's emphasis around it and a full stop behind it are dropped; upper and lower case, the kind and amount of
white space and Unicode's compatibility forms (NFKC) do not count. Items that are named twice count once.

The score is the F1 of the two sets: 2 × shared items / (items of the answer + expected items); 1 when both lists are empty, which is
written \`[]\`. Items that hold a comma themselves, such as 1,000, have to be written as JSON on both sides. Words around the list become part
of an item: "They are: Paris" is not Paris, and "Lyon and Nice" is one item. Cut them off with a filter in front of the scorer.

Where a row has several expected answers, each is a whole list, and the best counts. In JSON datasets a list as the expected value means
several expected answers: write the list into a string there.`,
  examples: [
    { output: '1. Lyon\n2. Paris', expected: ['Paris, Lyon'], score: { value: 1, pass: true } },
    { output: '["Paris", "Nice"]', expected: ['Paris; Lyon'], score: { value: 0.5, pass: false } },
    {
      argument: '0.6',
      output: '- **Paris**\n- Lyon\n- Nice',
      expected: ['Paris, Lyon'],
      score: { value: 0.8, pass: true },
    },
    { output: '[]', expected: ['[]'], score: { value: 1, pass: true } },
  ],
  argument: `the F1 from which an answer passes, ${DEFAULT_THRESHOLD} unless given`,
  needsExpected: true,
  create: (argument) => {
    const threshold = parseThreshold('list-f1', argument, DEFAULT_THRESHOLD)
    return ({ output, expected }) => {
      if (expected.length === 0) return NO_EXPECTED
      return unlessTooDeep(() => scoreLists(output, expected, threshold))
    }
  },
} as const satisfies Scorer
