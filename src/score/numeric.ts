/** Is the number that the answer ends in the expected one? */
import { UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { finalNumber, type FinalNumber } from './final-number.ts'
import { failed, NO_EXPECTED, passed, quote, unscored } from './marks.ts'
import { decimal, isWithin, magnitude, product, type Rational } from './rational.ts'
import type { Scorer } from './types.ts'

const HUNDREDTH = decimal('0.01')

/** How far an answer may be off: `limit`, or `limit` times the size of the expected number. */
interface Tolerance {
  readonly limit: Rational
  readonly isRelative: boolean
}

const EXACT: Tolerance = { limit: decimal('0'), isRelative: false }

function parseTolerance(argument: string | undefined): Tolerance {
  if (argument === undefined) return EXACT
  const [, digits, percent] = /^\s*(\d{1,100}(?:\.\d{1,100})?|\.\d{1,100})\s*(%?)\s*$/.exec(argument) ?? []
  if (digits === undefined) {
    throw new UserError(
      `--scorer numeric:${argument}: "${argument}" is no tolerance. Expected an absolute one such as numeric:0.01, or one ` +
        'relative to the expected number such as numeric:1%.',
    )
  }
  const isRelative = percent === '%'
  return { limit: isRelative ? product(decimal(digits), HUNDREDTH) : decimal(digits), isRelative }
}

/**
 * A percent sign does not count when both have one or neither has. When one has it, both readings count: 5% equals 5 and
 * 0.05, because datasets write a percentage either way.
 */
function agrees(found: FinalNumber, wanted: FinalNumber, tolerance: Tolerance): boolean {
  if (isClose(found.value, wanted.value, tolerance)) return true
  if (found.isPercent === wanted.isPercent) return false
  return isClose(asShare(found), asShare(wanted), tolerance)
}

function asShare({ value, isPercent }: FinalNumber): Rational {
  return isPercent ? product(value, HUNDREDTH) : value
}

function isClose(found: Rational, wanted: Rational, { limit, isRelative }: Tolerance): boolean {
  return isWithin(found, wanted, isRelative ? product(limit, magnitude(wanted)) : limit)
}

/** Both sides are read by the rules of final-number.ts, so a whole worked solution can be the expected answer. */
export const numeric = {
  name: 'numeric',
  group: 'numbers',
  summary:
    'The number after the last ####, else in the last \\boxed{}, else the last number of the answer equals the expected one.',
  details: `The number is read from the answer and from the expected answer by the same rules, so a whole worked solution can be the expected answer:

1. the first number behind the last \`####\`, the marker of GSM8K's solutions (Cobbe et al. 2021), where its line begins with that number;
2. else in the last \`\\boxed{…}\`, the marker of MATH's solutions (Hendrycks et al. 2021); a box without a number is an answer without one;
3. else the last number of the text.

Behind \`####\`, \`650 (since 3 of them)\` and \`USD 650, not 3\` are 650, and \`600 + 50 = 650\` is 600. In front of the number there may be a sign, a
currency, \`*\`, \`:\`, \`=\`, and words of up to three letters that begin with a capital one. Any other line behind the marker is passed over, and so is
one that reads like a heading (\`Step 2\`, \`2. Add the costs\`), as if it were unmarked: in \`#### about 650 (since 3 of them)\`
the last number counts, 3.

1234.5, 1,234.5, 1 234.5, 1.234,5 and 1234,5 are read alike: a comma with three digits behind it groups thousands, any other single
comma is a decimal comma. Sign, currency, exponent (\`2e3\`, \`2 × 10^3\`), percent sign and fractions (\`3/4\`, \`1 1/2\`, \`\\frac{3}{4}\`) are understood.
Digits inside words (GPT4), of powers (m^2) and of times (10:30) are no numbers, and words such as "million" are not read.

The arithmetic is exact: 0.1 + 0.2 is 0.3 here, and a fraction is never rounded. When one side alone carries a percent sign, both readings
count: 5% agrees with 5 and with 0.05. To accept a number only behind a marker, put a
[filter](filters.md) in front that keeps the marker: \`extract:/####\\W{0,3}\\d.*/ > numeric\`.`,
  examples: [
    { output: '5 packs of 12 are 60 eggs, minus 4.\n#### 56', expected: ['56'], score: { value: 1, pass: true } },
    { output: 'She pays $1,250.00 in total.', expected: ['1250'], score: { value: 1, pass: true } },
    { output: 'That makes 56, or 57 with the spare one.', expected: ['56'], score: { value: 0, pass: false } },
    { argument: '1%', output: 'About 3.14', expected: ['3.14159'], score: { value: 1, pass: true } },
    { output: 'I cannot say.', expected: ['56'], score: { value: 0, pass: false } },
  ],
  argument: 'how far the answer may be off: absolute (0.01) or relative to the expected number (1%); 0 unless given',
  needsExpected: true,
  create: (argument) => {
    const tolerance = parseTolerance(argument)
    return ({ output, expected }) => {
      if (expected.length === 0) return NO_EXPECTED
      const found = finalNumber(output)
      if (found === undefined) return failed('no number in the answer')
      let wanted: FinalNumber | undefined
      for (const candidate of expected) {
        wanted = finalNumber(candidate)
        if (wanted === undefined) return unscored(`the expected answer ${quote(candidate)} holds no number`)
        if (agrees(found, wanted, tolerance)) return passed(`${show(found)} agrees with the expected ${show(wanted)}`)
      }
      return failed(`${show(found)}, expected ${wanted === undefined ? 'another number' : show(wanted)}`)
    }
  },
  checkSample: ({ expected }) => {
    const bad = expected.find((candidate) => finalNumber(candidate) === undefined)
    return bad === undefined
      ? undefined
      : `the expected answer ${quote(bad)} holds no number. The scorer numeric compares numbers: write one such as 42, or use another scorer.`
  },
} as const satisfies Scorer

function show({ text }: FinalNumber): string {
  return oneLine(text, 60)
}
