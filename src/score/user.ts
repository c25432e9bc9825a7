/** How does a scorer of the user's own take part? Whatever its code does, a row gets a score, or none with the reason why. */
import { messageOf, UserError } from '../lib/errors.ts'
import { isObject } from '../lib/json.ts'
import { oneLine } from '../lib/text.ts'
import { formatShare, unscored } from './marks.ts'
import type { Score, ScoreFunction, ScoreInput, Scorer } from './types.ts'

/** What a scorer of your own gets to see; all of it is frozen. */
export type ScorerInput = ScoreInput

/** Its verdict: right or wrong, a share of full marks (0..1), both with a reason, or null when it cannot judge. */
export type ScorerVerdict =
  | boolean
  | number
  | null
  | { readonly value: number; readonly pass?: boolean | undefined; readonly reason?: string | undefined }

/** A scorer of your own, as it goes into `scorer` of eval.config.ts. */
export interface UserScorer {
  /** Names the score in reports. Lower case, kebab-case, and not the name of a built-in scorer. */
  readonly name: string
  /** Judges one answer. An exception leaves the answer unscored, with the exception's message as the reason. */
  readonly score: (input: ScorerInput) => ScorerVerdict | Promise<ScorerVerdict>
  /** The value from which an answer passes, above 0 and at most 1; 1 unless given. */
  readonly threshold?: number | undefined
  /** True: rows without an expected answer are refused before anything is sent. */
  readonly needsExpected?: boolean | undefined
}

/** Gives a scorer of your own its types: `scorer({ name: 'polite', score: ({ output }) => output.includes('please') })`. */
export function scorer(definition: UserScorer): UserScorer {
  return definition
}

const KEYS: ReadonlySet<string> = new Set(['name', 'score', 'threshold', 'needsExpected'])
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** The definition, checked. `place` begins the message of the UserError that it throws otherwise. */
export function checkedUserScorer(definition: unknown, place: string): UserScorer {
  if (!isObject(definition))
    throw new UserError(`${place}: expected scorer({ name, score }), found ${kindOf(definition)}.`)
  const { name, score, threshold, needsExpected } = definition
  const problem =
    typeof name !== 'string' || !NAME.test(name)
      ? `name: expected a name in lower case such as "polite" or "no-excuses", found ${JSON.stringify(name)}`
      : typeof score !== 'function'
        ? `score: expected a function, found ${kindOf(score)}`
        : threshold !== undefined && !(typeof threshold === 'number' && threshold > 0 && threshold <= 1)
          ? `threshold: expected a number above 0 and at most 1, found ${JSON.stringify(threshold)}`
          : needsExpected !== undefined && typeof needsExpected !== 'boolean'
            ? `needsExpected: expected true or false, found ${JSON.stringify(needsExpected)}`
            : unknownKey(definition)
  if (problem !== undefined) throw new UserError(`${place}: ${problem}.`)
  // Checked above, all but the function's own types, which each of its verdicts is checked for.
  return definition as unknown as UserScorer
}

function unknownKey(definition: object): string | undefined {
  const key = Object.keys(definition).find((candidate) => !KEYS.has(candidate))
  return key === undefined ? undefined : `${key}: there is no such field. Expected ${[...KEYS].join(', ')}`
}

/** What is true of a scorer that is no entry of the registry. */
export function entryOf(name: string, score: ScoreFunction, needsExpected: boolean): Scorer {
  return { name, summary: 'A scorer of your own.', argument: null, needsExpected, create: () => score }
}

/** A promise that is pending for longer is given up: without an answer the run would never end. */
const LIMIT_MS = 60_000

/** The score function of a definition. The limit is an argument for the tests. */
export function userScore({ score, threshold = 1 }: UserScorer, limitMs = LIMIT_MS): ScoreFunction {
  return (input) => {
    try {
      const verdict = score(frozenInput(input))
      return isPromiseLike(verdict)
        ? settledInTime(verdict, limitMs).then((settled) => toScore(settled, threshold), scorerError)
        : toScore(verdict, threshold)
    } catch (error) {
      return scorerError(error)
    }
  }
}

/** The code cannot judge this row; that is no verdict on the answer. */
export function scorerError(error: unknown): Score {
  return unscored(oneLine(`scorer error: ${messageOf(error)}`))
}

/** Any value as a score: code of users may return anything, whatever its types say. */
export function toScore(verdict: unknown, threshold: number): Score {
  if (verdict === null) return unscored('the scorer could not judge this answer')
  if (typeof verdict === 'boolean') return scoreOf(verdict ? 1 : 0, verdict, undefined)
  if (isShare(verdict)) return scoreOf(verdict, verdict >= threshold, undefined)
  if (isObject(verdict)) {
    const { value, pass, reason } = verdict
    const isPass = pass === undefined || typeof pass === 'boolean'
    const isReason = reason === undefined || typeof reason === 'string'
    if (isShare(value) && isPass && isReason) return scoreOf(value, pass ?? value >= threshold, reason)
  }
  return scorerError(
    `it returned ${shown(verdict)}; expected true, false, a number from 0 to 1, { value, pass?, reason? } or null`,
  )
}

function scoreOf(value: number, pass: boolean, reason: string | undefined): Score {
  const said = reason === undefined ? '' : oneLine(reason)
  return { value, pass, reason: said === '' ? `value ${formatShare(value)}` : said }
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1
}

function shown(verdict: unknown): string {
  try {
    // JSON has no NaN.
    const text = typeof verdict === 'number' ? String(verdict) : JSON.stringify(verdict)
    return oneLine(text ?? kindOf(verdict), 60)
  } catch {
    return kindOf(verdict)
  }
}

function kindOf(value: unknown): string {
  return value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : value === undefined
        ? 'nothing'
        : `a ${typeof value}`
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && 'then' in value
}

/** The timer keeps the process alive on purpose: when nothing else does, the run still has to come to its end. */
function settledInTime(promise: PromiseLike<unknown>, limitMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`given up after ${limitMs / 1000} s without an answer`)), limitMs)
    promise.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error instanceof Error ? error : new Error(String(error)))
      },
    )
  })
}

/** A copy of what a scorer may see, so that code which changes it changes nothing of the run. */
function frozenInput({ output, expected, vars, messages, facts }: ScoreInput): ScorerInput {
  return frozenCopy({ output, expected, vars, messages, facts })
}

function frozenCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  const copy = Array.isArray(value)
    ? value.map(frozenCopy)
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, frozenCopy(inner)]))
  return Object.freeze(copy) as T
}
