/** How do the epochs of a sample become one value? */
import { UserError } from '../lib/errors.ts'
import { closest } from '../lib/suggest.ts'
import { oneLine } from '../lib/text.ts'
import { passAtK, passHatK } from './pass-k.ts'

export interface Reducer {
  /** As typed, e.g. `median` or `pass@5`; names the figure in reports. */
  readonly name: string
  /** It asks how many epochs passed, and has nothing to say about graded scores. */
  readonly passesOnly: boolean
  /** With fewer epochs it has no value for any sample. */
  readonly minimumEpochs: number
  /**
   * One value from those of a sample's epochs, each 0..1 and at least one. Null with fewer than `minimumEpochs`, and for a
   * `passesOnly` reducer where a value is neither 0 nor 1.
   */
  reduce(values: readonly number[]): number | null
}

type Reduce = (values: readonly number[]) => number

/** Of any values. */
const BY_VALUE: ReadonlyMap<string, Reduce> = new Map([
  ['mean', meanOf],
  ['median', medianOf],
  ['mode', modeOf],
  ['max', maxOf],
])

/** Of passes and failures; the number stands for k. */
const BY_PASSES: ReadonlyMap<string, (n: number, passes: number, k: number) => number | null> = new Map([
  ['at-least-', (n, passes, k) => (k > n ? null : passes >= k ? 1 : 0)],
  ['pass@', passAtK],
  ['pass^', passHatK],
])

const KNOWN = [...BY_VALUE.keys(), ...[...BY_PASSES.keys()].map((name) => `${name}k`)]

/** Reads `mean`, `median`, `mode`, `max`, `at-least-2`, `pass@5` or `pass^5`. Throws UserError. */
export function parseReducer(text: string): Reducer {
  const typed = text.trim().toLowerCase()
  const byValue = BY_VALUE.get(typed)
  if (byValue !== undefined) return { name: typed, passesOnly: false, minimumEpochs: 1, reduce: byValue }
  const [, prefix = '', digits = ''] = /^(at-least-|pass@|pass\^)(.*)$/.exec(typed) ?? []
  const byPasses = BY_PASSES.get(prefix)
  if (byPasses === undefined) throw unknownReducer(text)
  const k = /^[1-9]\d{0,6}$/.test(digits) ? Number(digits) : undefined
  if (k === undefined) {
    throw new UserError(
      `--reducer ${oneLine(text, 60)}: expected a whole number from 1 after "${prefix}", found "${oneLine(digits, 40)}". Write e.g. ${prefix}2.`,
    )
  }
  return {
    name: `${prefix}${k}`,
    passesOnly: true,
    minimumEpochs: k,
    reduce: (values) => {
      if (values.some((value) => value !== 0 && value !== 1)) return null
      return byPasses(values.length, sumOf(values), k)
    },
  }
}

function unknownReducer(text: string): UserError {
  const typed = text.trim().toLowerCase()
  // A number stands where the known names have k: pass-5 means pass@5.
  const match = closest(typed.replace(/\d+$/, 'k'), KNOWN)
  const meant = match === undefined ? '' : ` Did you mean "${match.replace(/k$/, /\d+$/.exec(typed)?.[0] ?? '2')}"?`
  return new UserError(
    `--reducer ${oneLine(text, 60)}: there is no such reducer.${meant} Expected one of: ${KNOWN.join(', ')} (k: a number).`,
  )
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length
}

/** The mean of both middle values where there is no single one. */
function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}

/** The most frequent value. Of several the smallest: a tie is no proof of the better one. */
function modeOf(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const most = Math.max(...counts.values())
  return Math.min(...[...counts].filter(([, count]) => count === most).map(([value]) => value))
}

function maxOf(values: readonly number[]): number {
  return Math.max(...values)
}
