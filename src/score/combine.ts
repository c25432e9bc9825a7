/** What do the scores of several scorers come to? Weights, thresholds, and the rule by which an answer passes. */
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { oneLine } from '../lib/text.ts'
import type { ParsedScorer, Score } from './types.ts'

/** When does an answer pass: when all scorers pass, when any does, or from a weighted mean on? */
export interface Combine {
  readonly mode: 'all' | 'any' | 'weighted'
  /** The weighted mean from which an answer passes, 0..1; other modes have no use for it. */
  readonly threshold: number
}

/** How the scores of a run's scorers count. */
export interface Composition {
  /** When an answer passes; all scorers have to unless given. */
  readonly combine?: Combine
  /** By label; 1 for a scorer that is not in it. 0: reported, but without influence on pass and score. */
  readonly weights?: ReadonlyMap<string, number>
  /** By label: the value from which an answer passes, in place of the scorer's own. */
  readonly thresholds?: ReadonlyMap<string, number>
}

/** Every scorer has to pass. */
export const COMBINE_ALL: Combine = { mode: 'all', threshold: 1 }

const WEIGHTED_THRESHOLD = 0.5

/** What rounding may take from a mean: 0.7 + 0.1 is a little less than 0.8 in binary. */
const ROUNDING = 1e-12

/** One scorer's score among others. */
export interface WeighedScore {
  readonly score: Score
  /** 0: reported, and decides nothing. */
  readonly weight: number
}

/** Whether the answer passes; null where a scorer that could not judge would decide, or nobody has judged. */
export function passOf(scores: readonly WeighedScore[], { mode, threshold }: Combine): boolean | null {
  let hasPassed = false
  let hasFailed = false
  let hasUnscored = false
  for (const { score, weight } of scores) {
    if (weight === 0) continue
    if (score.pass === null) hasUnscored = true
    else if (score.pass) hasPassed = true
    else hasFailed = true
  }
  if (mode === 'all') return hasFailed ? false : hasPassed && !hasUnscored ? true : null
  if (mode === 'any') return hasPassed ? true : hasFailed && !hasUnscored ? false : null
  const mean = hasUnscored ? null : weightedMean(scores)
  return mean === null ? null : mean >= threshold - ROUNDING
}

/** Mean of the values that are not null, each as often as its weight says; null when nothing is left to weigh. */
export function weightedMean(scores: readonly WeighedScore[]): number | null {
  let sum = 0
  let total = 0
  for (const { score, weight } of scores) {
    if (score.value === null) continue
    sum += score.value * weight
    total += weight
  }
  return total === 0 ? null : Math.min(1, sum / total)
}

/** Reads `all`, `any`, `weighted` or `weighted:0.7`. Throws UserError. */
export function parseCombine(text: string): Combine {
  const typed = text.trim()
  if (typed === 'all') return COMBINE_ALL
  if (typed === 'any') return { mode: 'any', threshold: 1 }
  if (typed === 'weighted') return { mode: 'weighted', threshold: WEIGHTED_THRESHOLD }
  const threshold = typed.startsWith('weighted:') ? parseShare(typed.slice('weighted:'.length)) : undefined
  if (threshold !== undefined) return { mode: 'weighted', threshold }
  const meant = didYouMean(typed, ['all', 'any', 'weighted'])
  throw new UserError(
    `--combine ${oneLine(typed, 60)}: expected all, any, weighted, or weighted:0.7 with the mean from which an answer passes.${meant}`,
  )
}

type Pairs = readonly (readonly [key: string, value: unknown])[]

/** Weights by the label of a scorer: numbers from 0 on. Throws UserError for another label or value. */
export function parseWeights(pairs: Pairs, scorers: readonly ParsedScorer[]): ReadonlyMap<string, number> {
  return byLabel('--weight', pairs, scorers, (value) => {
    const weight = parseNumber(value)
    return weight !== undefined && weight >= 0 && weight <= 1e6 ? weight : 'a weight from 0 on, such as 2 or 0.5'
  })
}

/** Thresholds by the label of a scorer: shares such as 0.8 or 80%. Throws UserError for another label or value. */
export function parseThresholds(pairs: Pairs, scorers: readonly ParsedScorer[]): ReadonlyMap<string, number> {
  return byLabel('--threshold', pairs, scorers, (value) => {
    const share = parseShare(value)
    // From 0 on everything would pass.
    return share !== undefined && share > 0 ? share : 'a share above 0 such as 0.8 or 80%'
  })
}

/** `read` gives the number, or what was expected. */
function byLabel(
  flag: string,
  pairs: Pairs,
  scorers: readonly ParsedScorer[],
  read: (value: string) => number | string,
): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>()
  for (const [key, rest] of pairs) {
    // A label may hold an equals sign itself, as that of regex:a=b does: the last one of all ends it.
    const typed = `${key}=${String(rest)}`
    const end = typed.lastIndexOf('=')
    const label = labelMeant(typed.slice(0, end), scorers)
    const at = `${flag} ${oneLine(typed, 100)}`
    if (label === undefined) throw unknownLabel(at, typed.slice(0, end), scorers)
    if (numbers.has(label)) throw new UserError(`${at}: ${label} is given twice. Leave one out.`)
    const number = read(typed.slice(end + 1))
    if (typeof number === 'string') throw new UserError(`${at}: expected ${number}.`)
    numbers.set(label, number)
  }
  return numbers
}

/** As reports show it, or with other white space. */
function labelMeant(typed: string, scorers: readonly ParsedScorer[]): string | undefined {
  const wanted = typed.trim().replace(/\s+/g, ' ')
  return scorers.find(({ label }) => label.replace(/\s+/g, ' ') === wanted)?.label
}

function unknownLabel(at: string, typed: string, scorers: readonly ParsedScorer[]): UserError {
  const labels = scorers.map(({ label }) => label)
  return new UserError(
    `${at}: no scorer of this run is called "${oneLine(typed, 60)}".${didYouMean(typed, labels)} Expected one of: ${labels.join(', ')}.`,
  )
}

/** A share of full marks: 0.8 or 80%. */
function parseShare(text: string): number | undefined {
  const percent = /^(.+)%$/.exec(text.trim())?.[1]
  const number = percent === undefined ? parseNumber(text) : parseNumber(percent)
  const share = number === undefined ? undefined : percent === undefined ? number : number / 100
  return share !== undefined && share >= 0 && share <= 1 ? share : undefined
}

function parseNumber(text: string): number | undefined {
  return /^\s*(?:\d+\.?\d*|\.\d+)\s*$/.test(text) ? Number(text) : undefined
}
