/** How sure does an answer say that it is, and what does it answer? */
import { isObject } from '../../lib/json.ts'
import { jsonOfAnswer } from '../json-answer.ts'

/** A stated probability, 0..1, and the answer without it. */
export interface StatedConfidence {
  readonly probability: number
  readonly answer: string
}

/** Members of a JSON answer that hold the probability, and those that hold the answer proper. */
const CONFIDENCE_MEMBER = /^(?:confidence|probability|certainty)(?:[_ -]?(?:score|level|percent))?$/i
const ANSWER_MEMBER = /^(?:final[_ -]?)?(?:answer|label|result|response|output|choice|value)$/i

const NUMBER = String.raw`(?<number>\d{1,3}(?:[.,]\d{1,10})?|\.\d{1,10})\s?(?<unit>%|percent\b|/\s?(?<scale>100|10|5)\b)?(?!\d)`
const WORD = 'confidence|probability|certainty'

// Runs of white space are one character by now, so nothing here can backtrack for long.
const STATEMENTS: readonly RegExp[] = [
  // Confidence: 85% · (probability 0.7) · my confidence level is about 8/10 · Probability that this is right: 0.9
  String.raw`[(\[]?(?:\b(?:my|with a|with|the)\s)?["'*_]{0,3}\b(?:${WORD})\b["'*_]{0,3}(?:\s(?:score|level|that (?:it|this|my answer|the answer) is (?:right|correct|true)|in (?:this|my|the) answer))?["'*_]{0,3}\s?(?:[:=]|is|of)?["'*_]{0,3}\s?(?:about|around|approximately|roughly|~)?\s?${NUMBER}["'*_]{0,3}[)\]]?`,
  // 85% confident · 90 % sure · 0.7 probability
  String.raw`[(\[]?(?:\b(?:I am|I['’]m)\s)?(?:about|around|roughly|~)?\s?(?<![\d.,])${NUMBER}\s(?:confident|sure|certain|${WORD})\b[)\]]?`,
].map((source) => new RegExp(source, 'giu'))

/** The last probability that the answer states; undefined when there is none. All such statements are taken off. */
export function statedConfidence(output: string): StatedConfidence | undefined {
  return ofJson(output) ?? ofText(output)
}

function ofJson(output: string): StatedConfidence | undefined {
  const value = jsonOfAnswer(output)?.value
  if (!isObject(value)) return undefined
  const stated = Object.entries(value).findLast(([key]) => CONFIDENCE_MEMBER.test(key))
  const probability = stated === undefined ? undefined : ofMember(stated[1])
  if (probability === undefined) return undefined
  const rest = Object.entries(value).filter(([key]) => !CONFIDENCE_MEMBER.test(key))
  const answer = rest.findLast(([key]) => ANSWER_MEMBER.test(key)) ?? (rest.length === 1 ? rest[0] : undefined)
  return { probability, answer: textOf(answer === undefined ? Object.fromEntries(rest) : answer[1]) }
}

function ofMember(value: unknown): number | undefined {
  const match = new RegExp(`^\\s?${NUMBER}\\s?$`, 'iu').exec(String(value))
  return match === null ? undefined : probabilityOf(match)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function ofText(output: string): StatedConfidence | undefined {
  const text = output.replace(/\s+/g, (space) => (space.includes('\n') ? '\n' : ' '))
  const matches = STATEMENTS.flatMap((pattern) => Array.from(text.matchAll(pattern)))
    .filter((match) => probabilityOf(match) !== undefined)
    .sort((one, other) => one.index - other.index)
  const last = matches.at(-1)
  const probability = last && probabilityOf(last)
  return probability === undefined ? undefined : { probability, answer: without(text, matches) }
}

/** 85%, 85 (of 100), 0.85, 8/10; undefined beyond 1. Without a unit, 1 is certain and 2 is 2 %. */
function probabilityOf({ groups }: RegExpExecArray): number | undefined {
  const number = Number(groups?.['number']?.replace(',', '.'))
  const divisor = groups?.['unit'] === undefined ? (number <= 1 ? 1 : 100) : Number(groups['scale'] ?? 100)
  const probability = number / divisor
  return probability <= 1 ? probability : undefined
}

/** The text without the statements and the punctuation that is left of them. */
function without(text: string, matches: readonly RegExpExecArray[]): string {
  let rest = ''
  let from = 0
  for (const { 0: statement, index } of matches) {
    if (index < from) continue
    rest += text.slice(from, index)
    from = index + statement.length
    // The full stop goes with a statement that is a sentence or line of its own, and so does a comma before it.
    if (text[from] === '.') from += 1
    rest = rest.replace(/[ ,;–—-]+$/, '')
  }
  return (rest + text.slice(from)).trim()
}
