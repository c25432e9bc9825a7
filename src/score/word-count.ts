/** Is the answer as long as asked for? */
import { UserError } from '../lib/errors.ts'
import { plural } from '../lib/text.ts'
import { failed, NO_EXPECTED, passed, quote, unscored } from './marks.ts'
import { countWords } from './text/count-words.ts'
import type { Score, Scorer } from './types.ts'

/** Both ends belong to it. */
interface Range {
  readonly least: number
  readonly most: number
}

/** `10..100`, `10..`, `..100` or `50`; undefined when the text is none of them or holds no number. */
function parseRange(text: string): Range | undefined {
  const match = /^(\d{1,9})?(\s*\.\.\s*)?(\d{1,9})?$/.exec(text.trim())
  if (match === null) return undefined
  const [, from, dots, to] = match
  if (dots === undefined)
    return from === undefined || to !== undefined ? undefined : { least: Number(from), most: Number(from) }
  const range = { least: Number(from ?? 0), most: Number(to ?? Infinity) }
  return (from ?? to) !== undefined && range.least <= range.most ? range : undefined
}

function scoreRange({ least, most }: Range, output: string): Score {
  const words = countWords(output)
  const found = plural(words, 'word')
  if (words < least) return failed(`${found}, at least ${least} expected`)
  return words > most ? failed(`${found}, at most ${most} expected`) : passed(found)
}

export const wordCount = {
  name: 'word-count',
  summary: 'The answer has as many words as asked for, in any language.',
  details: `The argument is a range in which both ends are included, or a number. Without it each row's expected answer is one; of several ranges
one has to fit.

Words are those of \`Intl.Segmenter\` (Unicode's UAX #29, locale "en"), which also knows languages that write without spaces:

- "don't", "3.14", "1,000" and "snake_case" are one word; "state-of-the-art" is four, "C++" and "10%" are one.
- Punctuation, symbols and emoji are none.
- Chinese, Japanese, Thai, Lao, Khmer and Burmese are cut by dictionary: 東京都に住んでいます has seven words. The dictionaries come with Node, so that
  counts of such texts may differ by a few between versions of it.

\`word-count\` of promptfoo counts what stands between white space; there "state-of-the-art" is one word. Long texts are cut in pieces of about
a thousand characters at the end of a word.`,
  examples: [
    { argument: '3..10', output: 'Paris is the capital of France.', score: { value: 1, pass: true } },
    { argument: '..5', output: 'Paris is the capital of France.', score: { value: 0, pass: false } },
    { argument: '4', output: '我爱北京天安门', score: { value: 1, pass: true } },
    { output: 'Yes.', expected: ['1..2'], score: { value: 1, pass: true } },
  ],
  argument: 'a range of words (10..100, 10.. or ..100) or a number; without it each expected answer is one',
  // Only without an argument: checkSample sees to that.
  needsExpected: false,
  promptfooTypes: { 'word-count': undefined },
  create: (argument) => {
    if (argument === undefined) return ({ output, expected }) => scoreCells(expected, output)
    const range = parseRange(argument)
    if (range !== undefined) return ({ output }) => scoreRange(range, output)
    throw new UserError(
      `--scorer word-count:${argument}: "${argument}" is no number of words. Expected a range such as 10..100, 10.. or ..100, or a number.`,
    )
  },
  checkSample: ({ expected }, argument) => {
    if (argument !== undefined) return undefined
    if (expected.length === 0) {
      return 'there is no expected number of words. Fill it in, or give one for all rows with --scorer word-count:10..100.'
    }
    const wrong = expected.find((text) => parseRange(text) === undefined)
    return (
      wrong &&
      `the expected answer ${quote(wrong)} is no number of words. Expected a range such as 10..100, 10.. or ..100, or a number.`
    )
  },
} as const satisfies Scorer

function scoreCells(expected: readonly string[], output: string): Score {
  if (expected.length === 0) return NO_EXPECTED
  const ranges = expected.flatMap((text) => parseRange(text) ?? [])
  const scores = ranges.map((range) => scoreRange(range, output))
  return scores.find(({ pass }) => pass) ?? scores[0] ?? unscored('the expected answer is no number of words')
}
