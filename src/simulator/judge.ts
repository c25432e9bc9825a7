/**
 * What would this model say as a judge, and is it right? A judge of known quality: what is true follows from the texts, and a
 * judge is right with the probability that is its skill, as a model is that answers. Pure and seeded.
 *
 * A request is a judge's question when it has both
 *
 * - a menu of verdicts: `properties.verdict.enum` of the JSON schema in response_format; without one, lines such as
 *   `"yes": when it does` or `4: with small flaws` behind the first mention of "verdict" in quotation marks;
 * - texts between tags whose names share a code of hex digits, `<answer-1a2b3c4d> … </answer-1a2b3c4d>`: an `answer`, or a
 *   `first` and a `second` of which the better one is to be named. `expected`, or `expected-1`, `expected-2` …, is what is right.
 *
 * What is true:
 *
 * - An answer agrees with an expected text when it contains it (case, width, punctuation aside), or when both end in the same
 *   number where the expected one has it behind "####". If it agrees with any, the best verdict is true, else the worst. Of
 *   numbers the highest is best, of words the first, unless that is a negative word (`no`, `unsupported`).
 * - Of two answers the one is better that agrees; where both or neither do, or nothing is expected, a hash of each text
 *   decides, so that their order does not matter. Equal texts are a tie.
 * - Without an expected text a hash of the texts chooses from the menu: all judges err about the same truth.
 *
 * A judge that errs says any other verdict of the menu.
 */
import { canonicalJson, hash01 } from '../lib/hash.ts'
import { isObject } from '../lib/json.ts'
import { type FencedText, textsOutsideFences, fencedTexts } from './fenced.ts'
import { chanceOf, messageHash, skillOf, textOf } from './oracle.ts'
import type { ChatRequest, Form } from './request.ts'
import type { SimulatorOptions } from './types.ts'

export interface Verdict {
  readonly reason: string
  /** One of the menu. */
  readonly verdict: Choice
}

type Choice = string | number

const NEGATIVE = /^(?:no|not|none|never|false|fail|wrong|incorrect|invalid|bad|irrelevant|un|dis|contra)/i

const MENU_LINE = /^[ \t]*(?:[-*][ \t]+)?(?:"([^"\n]{1,64})"|(-?\d{1,3}))[ \t]*:/gm

/** Gives a verdict, or null when the request is no question to a judge. */
export function createJudge(
  options: Pick<SimulatorOptions, 'skills'>,
): (request: Pick<ChatRequest, 'model' | 'messages' | 'seed' | 'form'>) => Verdict | null {
  const skills = new Map(Object.entries(options.skills ?? {}))

  return ({ model, messages, seed, form }) => {
    const said = messages.map(textOf).join('\n\n')
    const fenced = fencedTexts(said)
    const truth = truthOf(fenced)
    if (truth === null) return null
    const menu = menuOf(form) ?? menuIn(textsOutsideFences(said, fenced))
    if (menu.length < 2) return null
    const right = truth(menu)
    const hash = messageHash(messages)
    const chance = chanceOf(skills.get(model) ?? skillOf(model), hash01(`difficulty|${hash}`))
    const draw = `judge|${model}|${hash}|${seed}`
    const isRight = hash01(draw) < chance
    const others = menu.filter((choice) => choice !== right)
    const verdict = isRight ? right : pick(others, `other|${draw}`)
    return { reason: 'Simulated judgement.', verdict }
  }
}

/** How the true verdict is chosen from a menu; null when there is nothing to judge. */
function truthOf(texts: readonly FencedText[]): ((menu: readonly Choice[]) => Choice) | null {
  const textsOf = (name: string): string[] => texts.filter((one) => one.name === name).map(({ text }) => text)
  const expected = textsOf('expected')
  const [answer] = textsOf('answer')
  if (answer !== undefined) {
    if (expected.length > 0) return (menu) => extremeOf(menu, agrees(answer, expected) ? 'best' : 'worst')
    const hashed = `truth|${canonicalJson(texts)}`
    return (menu) => pick(menu, hashed)
  }
  const [first] = textsOf('first')
  const [second] = textsOf('second')
  return first === undefined || second === undefined ? null : (menu) => better(first, second, expected, menu)
}

function better(first: string, second: string, expected: readonly string[], menu: readonly Choice[]): Choice {
  const tie = menu.find((choice) => choice !== 'first' && choice !== 'second') ?? extremeOf(menu, 'worst')
  if (plain(first) === plain(second)) return tie
  // A hash is below 1: agreement decides wherever it differs.
  const [a, b] = [first, second].map((text) => (agrees(text, expected) ? 1 : 0) + hash01(`quality|${plain(text)}`))
  const winner = Number(a) > Number(b) ? 'first' : 'second'
  return menu.includes(winner) ? winner : tie
}

function extremeOf(menu: readonly Choice[], which: 'best' | 'worst'): Choice {
  const numbers = menu.filter((choice) => typeof choice === 'number')
  const [first = '', last = first] = [menu[0], menu.at(-1)]
  const [best, worst] =
    numbers.length === menu.length
      ? [Math.max(...numbers), Math.min(...numbers)]
      : NEGATIVE.test(String(first)) && !NEGATIVE.test(String(last))
        ? [last, first]
        : [first, last]
  return which === 'best' ? best : worst
}

function pick(choices: readonly Choice[], draw: string): Choice {
  return choices[Math.floor(hash01(draw) * choices.length)] ?? ''
}

/** The menu of a schema; null when it has none. */
function menuOf(form: Form | null): readonly Choice[] | null {
  const properties = form?.schema['properties']
  const verdict = isObject(properties) ? properties['verdict'] : undefined
  const choices: unknown = isObject(verdict) ? verdict['enum'] : undefined
  return Array.isArray(choices) ? choices.filter(isChoice) : null
}

function isChoice(value: unknown): value is Choice {
  return typeof value === 'string' || typeof value === 'number'
}

/** The menu that a prompt lists in words. */
function menuIn(prompt: string): readonly Choice[] {
  const [, ...behind] = prompt.split('"verdict"')
  const lines = behind.join('"verdict"').matchAll(MENU_LINE)
  return Array.from(lines, ([, word, number]) => word ?? Number(number)).filter((choice) => choice !== 'reason')
}

function agrees(answer: string, expected: readonly string[]): boolean {
  return expected.some((text) => {
    const number = text.includes('####') ? lastNumber(text) : null
    return number === null ? contains(plain(answer), plain(text)) : lastNumber(answer) === number
  })
}

/** Letters of the Latin alphabet count as whole words only: "no" is not in "know". */
function contains(text: string, part: string): boolean {
  return /^[a-z0-9 ]*$/.test(part) ? ` ${text} `.includes(` ${part} `) : text.includes(part)
}

/** A text without case, width, punctuation and extra blanks; as it is when nothing would be left. */
function plain(text: string): string {
  const lower = text.normalize('NFKC').toLowerCase()
  return lower.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ').trim() || lower.trim()
}

function lastNumber(text: string): number | null {
  const written = text
    .replaceAll(/(?<=\d),(?=\d{3})/g, '')
    .match(/-?\d+(?:\.\d+)?/g)
    ?.at(-1)
  return written === undefined ? null : Number(written)
}
