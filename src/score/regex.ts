/** Does the answer match a pattern? */
import { messageOf, UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { failed, NO_EXPECTED, passed, quote, quoteAny, unscored } from './marks.ts'
import { memoized } from './memo.ts'
import { TIMED_OUT, TIMED_OUT_REASON, unlessTooDeep, withinTimeLimit } from './limits.ts'
import type { Score, Scorer } from './types.ts'

/** Patterns of the dataset that are kept compiled. */
const KEPT_PATTERNS = 1000

/** A compiled pattern, or why it is none. */
type Pattern = { readonly regex: RegExp } | { readonly problem: string }

/** JavaScript syntax; `/…/flags` when written so, else the whole text without flags. */
export function compile(source: string): Pattern {
  const [, body = source, flags = ''] = /^\/(.+)\/([dgimsuvy]*)$/s.exec(source) ?? []
  try {
    return { regex: new RegExp(body, flags) }
  } catch (error) {
    return { problem: oneLine(messageOf(error)) }
  }
}

/** What the user typed: one or two letters that are no flags are a slip, more of them may well be a path such as /usr/bin. */
export function compileTyped(source: string): Pattern {
  const flags = /^\/.+\/([A-Za-z]{1,2})$/s.exec(source)?.[1] ?? ''
  const wrong = Array.from(flags).find((flag) => !'dgimsuvy'.includes(flag))
  if (wrong === undefined) return compile(source)
  return {
    problem: `"${wrong}" behind the last slash is no flag (d, g, i, m, s, u, v, y). To look for slashes, write them as [/]`,
  }
}

const compileCell = memoized(KEPT_PATTERNS, compile)

/**
 * Whether the pattern takes at most about a million steps on a text of this length, so that no watchdog is needed. Without a
 * quantified group, k quantifiers and a bars allow at most 2ᵃ(n + 1)ᵏ⁺¹ ways to backtrack. Characters are counted
 * whatever they mean, which can only make the bound larger.
 */
export function isSurelyFast(source: string, length: number): boolean {
  if (/\)[*+?{]/.test(source)) return false
  const quantifiers = source.match(/[*+?{]/g)?.length ?? 0
  const bars = source.match(/\|/g)?.length ?? 0
  return 2 ** bars * (length + 1) ** (quantifiers + 1) <= 1e6
}

/** `search` is used because it ignores what an earlier answer left in `lastIndex` under the flags g and y. */
function scoreWith(patterns: readonly RegExp[], sources: readonly string[], output: string): Score {
  const search = (): number => patterns.findIndex((pattern) => output.search(pattern) >= 0)
  const isFast = patterns.every(({ source }) => isSurelyFast(source, output.length))
  const found = isFast ? search() : withinTimeLimit(search)
  if (found === TIMED_OUT) return unscored(TIMED_OUT_REASON)
  const source = sources[found]
  return source === undefined
    ? failed(`${quote(output)} does not match ${quoteAny(sources)}`)
    : passed(`matches ${quote(source)}`)
}

/** Without an argument each expected answer is a pattern. Patterns search anywhere in the answer: anchor with ^ and $. */
export const regex = {
  name: 'regex',
  summary: 'The answer matches a regular expression: the argument, else an expected answer.',
  details: `The pattern may match anywhere in the answer: anchor it with \`^\` and \`$\` where the whole answer is meant. With flags it is written
\`/pattern/flags\`, for example \`/paris/i\`. Without an argument every expected answer is a pattern of its own, and matching one is enough;
one that cannot be compiled is refused before anything is sent, with its line.

Patterns run under a time limit of 200 ms: one that backtracks without end, such as \`(a+)+$\`, leaves the answer unscored instead of
stopping the run.`,
  examples: [
    { argument: '^\\d{4}$', output: '1969', score: { value: 1, pass: true } },
    { argument: '^\\d{4}$', output: 'It was in 1969.', score: { value: 0, pass: false } },
    { argument: '/paris|lyon/i', output: 'PARIS', score: { value: 1, pass: true } },
    {
      output: 'The colour is grey.',
      expected: ['\\bgray\\b', '\\bgrey\\b'],
      score: { value: 1, pass: true },
    },
    { argument: '(a+)+$', output: `${'a'.repeat(40)}!`, score: { value: null, pass: null } },
  ],
  argument: 'a pattern in JavaScript syntax, also as /pattern/flags; without it each expected answer is one',
  // Only without an argument: checkSample sees to that.
  needsExpected: false,
  promptfooTypes: { regex: undefined },
  create: (argument) => {
    if (argument === undefined) return ({ output, expected }) => scoreCells(expected, output)
    const pattern = compileTyped(argument)
    if ('problem' in pattern) {
      throw new UserError(`--scorer regex:${argument}: ${pattern.problem}. Expected a pattern in JavaScript syntax.`)
    }
    return ({ output }) => unlessTooDeep(() => scoreWith([pattern.regex], [argument], output))
  },
  checkSample: ({ expected }, argument) => {
    if (argument !== undefined) return undefined
    if (expected.length === 0) {
      return 'there is no expected answer to use as a pattern. Fill it in, or give one pattern for all rows with --scorer regex:pattern.'
    }
    const pattern = expected.map(compileCell).find((candidate) => 'problem' in candidate)
    return (
      pattern &&
      `the expected answer is no pattern: ${pattern.problem}. Expected JavaScript syntax; write \\ before a character that is meant as it is.`
    )
  },
} as const satisfies Scorer

function scoreCells(expected: readonly string[], output: string): Score {
  if (expected.length === 0) return NO_EXPECTED
  const patterns: RegExp[] = []
  for (const pattern of expected.map(compileCell)) {
    if ('problem' in pattern) return unscored(pattern.problem)
    patterns.push(pattern.regex)
  }
  return unlessTooDeep(() => scoreWith(patterns, expected, output))
}
