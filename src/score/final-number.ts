/**
 * Which number does a text give as its answer? In this order:
 * 1. the number after the last `####`, the marker of GSM8K's solutions (Cobbe et al. 2021, "Training Verifiers to Solve Math
 *    Word Problems"), unless what follows reads like a Markdown heading;
 * 2. the last number in the last `\boxed{…}`, the marker of MATH's solutions (Hendrycks et al. 2021); a box without a
 *    number is an answer without one;
 * 3. the last number in the text.
 *
 * A number is written 1234.5, 1,234.5, 1 234.5, 1_234.5, 1.234,5 or 1234,5: a comma with three digits behind it groups
 * thousands, any other single comma between digits is a decimal comma. It may carry a sign, a currency, an exponent (2e3,
 * 2 × 10^3) or a percent sign. 3/4 and 1 1/2 are read as their value. Digits that belong to a word (GPT4, x2), to a power
 * (2^10, m^2) or to a time (10:30) are no numbers; words such as "million" are not read.
 */
import { decimal, negated, product, quotient, sum, type Rational } from './rational.ts'

export interface FinalNumber {
  /** Without regard to a percent sign: 5 for 5%. */
  readonly value: Rational
  readonly isPercent: boolean
  /** As it stands in the text, for people. */
  readonly text: string
}

// Longer runs of digits are read as no number: nobody's answer, but BigInt's slow road.
const DIGITS = String.raw`\d{1,400}(?!\d)`
const FRACTION = String.raw`(?:\.${DIGITS})?`

/** How digits may be grouped; `amount` reads each form by its own rule. */
const FORMS = [
  String.raw`(?<mixed>\d{1,9}[ \u00a0]\d{1,9}/\d{1,9})(?![\d/])`,
  String.raw`(?<commas>[1-9]\d{0,2}(?:,\d{2,3}){0,20},\d{3}(?!\d)${FRACTION})`,
  String.raw`(?<dots>[1-9]\d{0,2}(?:\.\d{3}){1,20},${DIGITS})`,
  String.raw`(?<spaces>[1-9]\d{0,2}(?<gap>[ \u00a0_'’])\d{3}(?:\k<gap>\d{3}){0,20}(?!\d|-?[A-Za-z])(?:[.,]${DIGITS})?)`,
  String.raw`(?<!\d,)(?<comma>\d{1,400},${DIGITS})(?!,\d)`,
  String.raw`(?<plain>${DIGITS}${FRACTION}|(?<!\d)\.${DIGITS})`,
].join('|')

const NUMBER = new RegExp(
  [
    // Not inside a word, behind a subscript's letter, in an exponent, or behind the colon of a time.
    String.raw`(?<![A-Za-z\d]|[A-Za-z]_\{?|\^\{?-?|\d:)`,
    // A minus behind a closing bracket is a difference, not a sign.
    String.raw`(?<sign>(?<![)\]%])[-+])?`,
    String.raw`(?:(?:[A-Z]{0,2}\p{Sc}|USD|EUR|GBP|CHF|JPY|CNY|INR|AUD|CAD)[ \u00a0]?(?<innerSign>[-+])?)?`,
    // Not the base of a power, nor the hour of a time: half of either would pass for the whole.
    String.raw`(?![\d.,]{1,60}(?:\^\{?[-\d]|:\d))`,
    `(?:${FORMS})`,
    String.raw`(?:[eE](?<e>[-+]?\d{1,3})(?![A-Za-z\d])|\s?[×x*]\s?10\^\{?(?<times>[-+]?\d{1,3})\}?)?`,
    String.raw`(?:\s?/\s?(?<under>${DIGITS}${FRACTION})(?!/))?`,
    String.raw`(?<percent>\s?(?:%|per ?cent\b))?`,
  ].join(''),
  'gu',
)

/** The number that the text gives as its answer; undefined when there is none. */
export function finalNumber(text: string): FinalNumber | undefined {
  const plain = withoutTypography(text)
  return afterMarker(plain) ?? lastNumber(boxed(plain) ?? plain)
}

/** Typeset numbers in the characters of a keyboard. */
function withoutTypography(text: string): string {
  const plain = text
    .replace(/[\u2212\uff0d]/g, '-')
    .replace(/[\u2007\u2009\u202f]/g, '\u00a0')
    .replace(/[¼-¾⅐-⅞]/g, (fraction) => ` ${fraction.normalize('NFKC').replace('\u2044', '/')}`)
    .replace(/(?<=10)[⁺⁻]?[⁰¹²³⁴-⁹]+/g, (power) => `^${power.normalize('NFKC').replace('\u2212', '-')}`)
  return plain.includes('\\') ? withoutLatex(plain) : plain
}

function withoutLatex(text: string): string {
  return text
    .replace(/\\([dt]?)frac(\d)(\d)/g, '\\$1frac{$2}{$3}')
    .replace(
      /(\d?)\\[dt]?frac\{([^{}]{1,400})\}\{([^{}]{1,400})\}/g,
      (_all, before: string, over: string, under: string) =>
        before === '' ? `${over}/${under}` : `${before} ${over}/${under}`,
    )
    .replace(/\\(?:text|textbf|mathbf|mathrm)\{([^{}]{0,400})\}(?:\^\{?\d+\}?)?/g, (_all, inner: string) =>
      /\d/.test(inner) ? inner : ' ',
    )
    .replace(/\\(?:times|cdot)\b/g, '×')
    .replace(/\{,\}/g, ',')
    .replace(/\\!/g, '')
    .replace(/\\[,;: ]/g, '\u00a0')
    .replace(/\\([$%])/g, '$1')
}

function afterMarker(text: string): FinalNumber | undefined {
  const start = text.lastIndexOf('####')
  if (start < 0) return undefined
  const line = text.slice(start + 4).split('\n', 1)[0] ?? ''
  // "#### 2. Add the costs" and "#### Step 2" are headings.
  if (!/^[\s*:=]*[-+\p{Sc}A-Z.\d]/u.test(line) || /^\s*\d+[.):]\s+\S/.test(line)) return undefined
  const match = line.matchAll(NUMBER).next().value
  return match === undefined || /[A-Za-z]{4}/.test(line.slice(0, match.index)) ? undefined : read(match)
}

/** What stands in the last complete \boxed{…}, braces inside it included. */
export function boxed(text: string): string | undefined {
  const start = text.lastIndexOf('\\boxed{')
  if (start < 0) return undefined
  const from = start + '\\boxed{'.length
  let depth = 1
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1
    if (text[at] === '}') depth -= 1
    if (depth === 0) return text.slice(from, at)
  }
  return undefined
}

function lastNumber(text: string): FinalNumber | undefined {
  let last: RegExpExecArray | undefined
  for (const match of text.matchAll(NUMBER)) last = match
  return last && read(last)
}

function read(match: RegExpExecArray): FinalNumber {
  const groups = match.groups ?? {}
  const whole = amount(groups)
  const over = product(whole, decimal('1', Number(groups.e ?? groups.times ?? 0)))
  const value = (groups.under !== undefined && quotient(over, decimal(groups.under))) || over
  const isNegative = (groups.sign === '-') !== (groups.innerSign === '-')
  return { value: isNegative ? negated(value) : value, isPercent: groups.percent !== undefined, text: match[0].trim() }
}

/** The digits of the form that matched, read by its own rule. */
function amount(groups: Readonly<Record<string, string | undefined>>): Rational {
  if (groups.mixed !== undefined) return mixed(groups.mixed)
  if (groups.commas !== undefined) return decimal(groups.commas.replaceAll(',', ''))
  if (groups.dots !== undefined) return decimal(groups.dots.replaceAll('.', '').replace(',', '.'))
  if (groups.spaces !== undefined) return decimal(groups.spaces.replace(/[ \u00a0_'’]/g, '').replace(',', '.'))
  return decimal((groups.comma ?? groups.plain ?? '0').replace(',', '.'))
}

/** "1 3/4" is 1 + 3/4. */
function mixed(text: string): Rational {
  const [whole = '0', over = '0', under = '1'] = text.split(/[ \u00a0/]/)
  const part = quotient(decimal(over), decimal(under))
  return part === undefined ? decimal(whole) : sum(decimal(whole), part)
}
