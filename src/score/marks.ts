/** How is a judgement written down? */
import { oneLine } from '../lib/text.ts'
import type { Score } from './types.ts'

/** Code points of a text that a reason quotes. */
const QUOTED_WIDTH = 60

// Most answers are short and plain; for them the careful way through oneLine would cost more than the comparison itself.
const PLAIN = /^[ -~\u00a1-\u02ff]{0,60}$/

export function passed(reason: string): Score {
  return { value: 1, pass: true, reason }
}

export function failed(reason: string): Score {
  return { value: 0, pass: false, reason }
}

/** The scorer could not judge: neither right nor wrong. */
export function unscored(reason: string): Score {
  return { value: null, pass: null, reason }
}

/** The score of a sample without a right answer, for scorers that need one. */
export const NO_EXPECTED: Score = unscored('no expected answer to compare with')

/** A share of full marks (0..1) that passes from the threshold on. */
export function graded(value: number, threshold: number, reason: string): Score {
  return { value, pass: value >= threshold, reason }
}

/** The text in quotation marks, as one short printable line. */
export function quote(text: string): string {
  return `"${PLAIN.test(text) ? text : oneLine(text, QUOTED_WIDTH)}"`
}

/** `"Paris"`, or `"Paris" or 2 others`. */
export function quoteAny(expected: readonly string[]): string {
  const others = expected.length - 1
  return `${quote(expected[0] ?? '')}${others > 0 ? ` or ${others} other${others === 1 ? '' : 's'}` : ''}`
}

/** A share for people: 0.667, 1. */
export function formatShare(value: number): string {
  return String(Math.round(value * 1000) / 1000)
}
