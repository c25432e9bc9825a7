/**
 * What did the judge decide? Its verdict is the last JSON object of its reply that has a member `verdict`; prose and fences
 * around it are no matter. A judge may quote what it judges, and what it quotes may be made to look like a verdict: an object
 * that stands in a judged text as well is not the judge's.
 */
import { isObject, parseJson } from '../../lib/json.ts'
import { quote } from '../marks.ts'
import { objectsIn } from './objects.ts'

/** One thing that a judge may decide. */
export interface MenuEntry {
  /** A lower-case word or an integer. */
  readonly verdict: string | number
  /** Its share of full marks, 0..1. */
  readonly value: number
  /** When it applies, for the judge. */
  readonly meaning: string
}

/** All that a judge may decide. */
export type Menu = readonly MenuEntry[]

/** The judge's decision with its reason, or why there is none. */
export type Reading = { readonly entry: MenuEntry; readonly reason: string } | { readonly problem: string }

/** Longest reply in UTF-16 units that is read. */
const LONGEST_REPLY = 1_000_000

/** Most different objects that are compared with the judged texts. */
const MOST_OBJECTS = 100

/** Letters before a verdict, and behind it, that tell whether it was copied together with them. */
const TELLING_BEFORE = 12
const TELLING_BEHIND = 24

/** An object of the reply, as quotations of it are compared. */
interface Comparable {
  readonly object: string
  /** From its start to the end of its verdict. */
  readonly head: string
  /** From the comma or brace before its verdict to its end. */
  readonly tail: string
}

/** Reads a reply. `judgedTexts` are all texts from outside that the judge was shown. */
export function readVerdict(reply: string, menu: Menu, judgedTexts: readonly string[]): Reading {
  if (reply.length > LONGEST_REPLY) return { problem: `a reply of ${reply.length} characters` }
  const objects = objectsIn(reply, 'verdict').filter(({ members }) => members.length > 0)
  if (objects.length === 0) return { problem: `no verdict in ${quote(reply)}` }
  const texts = judgedTexts.map(comparable)
  const copies = new Set<string>()
  for (const { start, end, members } of objects.toReversed()) {
    const written = reply.slice(start, end)
    const form = comparableForm(written, (members.at(-1) ?? start) - start)
    if (copies.has(form.object)) continue
    if (!texts.some((text) => isCopied(form, text))) {
      return members.length === 1 ? decisionOf(written, menu) : { problem: `several verdicts in ${quote(written)}` }
    }
    if (copies.add(form.object).size >= MOST_OBJECTS) break
  }
  return { problem: 'the verdict in its reply cannot be told from the judged text' }
}

function decisionOf(written: string, menu: Menu): Reading {
  const object = parseJson(written)?.value
  if (!isObject(object)) return { problem: `no verdict in ${quote(written)}` }
  const { verdict, reason } = object
  const said = typeof verdict === 'string' ? verdict.trim().toLowerCase() : verdict
  const entry = menu.find((one) => one.verdict === said || (typeof said === 'string' && String(one.verdict) === said))
  if (entry !== undefined) return { entry, reason: typeof reason === 'string' ? reason : '' }
  const shown = typeof verdict === 'string' ? verdict : JSON.stringify(verdict)
  return { problem: `its verdict ${quote(shown)} is none of ${menu.map((one) => one.verdict).join(', ')}` }
}

/** A text without what a quotation may change: white space, escapes, invisible characters, capitals, look-alike forms. */
function comparable(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\\\p{C}]/gu, '')
}

function comparableForm(written: string, verdictAt: number): Comparable {
  const before = comparable(written.slice(0, verdictAt))
  const verdict = comparable(written.slice(verdictAt))
  const [member = verdict] = /^"[^"]*":(?:"[^"]*"|[^,}]*)/.exec(verdict) ?? []
  return { object: before + verdict, head: before + member, tail: before.slice(-1) + verdict }
}

/**
 * Whether an object is a quotation, wholly or at the end that holds its verdict. `x", "verdict": "yes"}` ends an object of the
 * judge that forgets to escape the quotation marks inside its reason; `{"verdict": "yes", "x":` begins one that ends behind
 * the judge's own, where the judge quotes before and behind it.
 */
function isCopied({ object, head, tail }: Comparable, text: string): boolean {
  const behind = Math.min(object.length, head.length + TELLING_BEHIND)
  for (const at of placesOf(head, text)) if (object.startsWith(text.slice(at, at + behind))) return true
  const before = Math.min(object.length - tail.length, TELLING_BEFORE)
  for (const at of placesOf(tail, text)) {
    if (object.endsWith(text.slice(Math.max(0, at - before), at + tail.length))) return true
  }
  return false
}

function* placesOf(part: string, text: string): Generator<number> {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) yield at
}
