/** Which items does a list name, however it is written? */
import { exactJsonText } from '../../lib/exact-json.ts'
import { exactJsonOfAnswer } from '../json-answer.ts'

/** `- `, `* `, `• `, `1. `, `2) `, `(3) `, `[x] `, also one behind the other, as models and people begin an item. */
const MARKER = /^(?:(?:[-*+•‣◦▪·–—]|\(?\d{1,3}[.)]|\[[ xX]?\])\s+)+/

/**
 * Quotation marks, Markdown's emphasis and code marks around an item; a full stop and its kin behind it. Without the look
 * behind, a long run of marks inside an item would be read again from each of them.
 */
const OUTER_MARKS = /^["'`*_“”‘’„«»「」『』]+|(?<!["'`*_“”‘’„«»「」『』.!?。！？])["'`*_“”‘’„«»「」『』.!?。！？]+$/gu

/**
 * The different items of a list, in a form in which equal ones are equal. A JSON array gives its items, a fenced one too; any
 * other text is cut at line breaks, commas and semicolons of all scripts.
 */
export function listItems(text: string): ReadonlySet<string> {
  const json = exactJsonOfAnswer(text)?.value
  const items = Array.isArray(json)
    ? json.map(textOf)
    : text.split(/[\n\r,;、，；،؛]/).map((item) => item.trim().replace(MARKER, ''))
  return new Set(items.map(plainForm).filter((item) => item !== ''))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : exactJsonText(value)
}

function plainForm(item: string): string {
  return item.normalize('NFKC').replace(/\s+/g, ' ').trim().replace(OUTER_MARKS, '').trim().toLowerCase()
}
