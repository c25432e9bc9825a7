/**
 * What do all scorers together say about one answer? Only answers come here: a failed trial has no score. Most scorers are
 * synchronous, and then so is this; a promise appears only when one of them returns one.
 */
import type { Assertion, Sample } from '../dataset/types.ts'
import { UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { scorerForCell } from './cell.ts'
import { COMBINE_ALL, type Combine, type Composition, passOf, type WeighedScore, weightedMean } from './combine.ts'
import { unscored } from './marks.ts'
import { memoized } from './memo.ts'
import {
  type Judges,
  NotJudged,
  type ParsedScorer,
  type Score,
  type ScoreFunction,
  type ScoreInput,
  type Scorer,
  type TrialScore,
} from './types.ts'
import { scorerError } from './user.ts'

/** An answer, its sample's right answers, and the scorers that the sample asks for itself. */
export interface TrialInput extends ScoreInput {
  readonly assertions: readonly Assertion[]
  /** The sample's own threshold for the weighted mean of all its scores. */
  readonly passFrom?: number
}

export interface TrialScorerOptions extends Composition {
  /** The scorers of the run. */
  readonly scorers: readonly ParsedScorer[]
  /** True when the user named them; else a sample with assertions of its own is scored by those alone. */
  readonly isExplicit: boolean
}

/** A score and its weight; not final while a judge still has to give an answer. */
interface Outcome extends WeighedScore {
  readonly isFinal: boolean
}

/** One scorer at work: under which name, with which right answers, and what its score counts. */
interface Task {
  readonly label: string
  readonly score: ScoreFunction
  /** Undefined: those of the sample. */
  readonly expected: readonly string[] | undefined
  /** Undefined: the scorer's own. */
  readonly threshold: number | undefined
  readonly weight: number
}

/** Scores one answer. It never throws and its promise never rejects. */
export type TrialScorer = (input: TrialInput, judges: Judges) => TrialScore | Promise<TrialScore>

/** A function that scores the answers of a run. */
export function trialScorer(options: TrialScorerOptions): TrialScorer {
  const { isExplicit, combine = COMBINE_ALL } = options
  const runTasks = options.scorers.map((scorer) => taskOf(scorer, options))
  return (input, judges) => {
    const { assertions, passFrom } = input
    const common = usesRunScorers(isExplicit, assertions) ? runTasks : []
    const tasks = assertions.length === 0 ? common : withAssertions(common, assertions)
    const rule = passFrom === undefined ? combine : ({ mode: 'weighted', threshold: passFrom } as const)
    const outcomes = tasks.map((task) => attempt(task, input, judges))
    if (outcomes.every(isSettled)) return combined(tasks, outcomes, rule)
    return Promise.all(outcomes.map((outcome) => Promise.resolve(outcome))).then((settled) =>
      combined(tasks, settled, rule),
    )
  }
}

/**
 * Why a sample cannot be scored, or undefined when it can: asked before anything is sent. The text goes behind
 * `file:line: `.
 */
export function checkSample(
  { scorers, isExplicit, weights }: TrialScorerOptions,
  sample: Pick<Sample, 'expected' | 'vars' | 'assertions'>,
): string | undefined {
  const used = usesRunScorers(isExplicit, sample.assertions) ? scorers : []
  for (const { scorer, argument } of used) {
    const problem = problemFor(scorer, argument, sample)
    if (problem !== undefined) return problem
  }
  for (const assertion of sample.assertions) {
    const problem = problemOf(assertion, sample.vars)
    if (problem !== undefined) return problem
  }
  const decidesNothing = used.length > 0 && used.every(({ label }) => weights?.get(label) === 0)
  return decidesNothing && sample.assertions.length === 0
    ? 'every scorer has the weight 0, so nothing decides whether the answer passes. Give one of them another --weight.'
    : undefined
}

function problemFor(
  scorer: Scorer,
  argument: string | undefined,
  sample: Pick<ScoreInput, 'expected' | 'vars'>,
): string | undefined {
  if (!scorer.needsExpected || sample.expected.length > 0) return scorer.checkSample?.(sample, argument)
  return `there is no expected answer, and the scorer ${scorer.name} compares with one. Fill it in, or choose a scorer that needs none.`
}

function problemOf({ scorer: name, argument, expected }: Assertion, vars: Sample['vars']): string | undefined {
  const scorer = scorerForCell(name, argument)
  if (scorer === undefined) return undefined
  const { problem } = assertionScore(keyOf(name, argument))
  return problem ?? problemFor(scorer, argument ?? undefined, { expected, vars })
}

function usesRunScorers(isExplicit: boolean, assertions: readonly Assertion[]): boolean {
  return isExplicit || assertions.length === 0
}

function taskOf({ label, score }: ParsedScorer, { weights, thresholds }: TrialScorerOptions): Task {
  return { label, score, expected: undefined, threshold: thresholds?.get(label), weight: weights?.get(label) ?? 1 }
}

function withAssertions(common: readonly Task[], assertions: readonly Assertion[]): readonly Task[] {
  const tasks = [...common]
  for (const { scorer, argument, expected, threshold } of assertions) {
    const label = argument === null ? scorer : `${scorer}:${argument}`
    const { score } = assertionScore(keyOf(scorer, argument))
    tasks.push({ label: freeLabel(label, tasks), score, expected, threshold, weight: 1 })
  }
  return tasks
}

/** A row may ask for one scorer several times, with other texts: includes, includes#2, includes#3. */
function freeLabel(label: string, tasks: readonly Task[]): string {
  const isTaken = (candidate: string): boolean => tasks.some((task) => task.label === candidate)
  let free = label
  for (let number = 2; isTaken(free); number += 1) free = `${label}#${number}`
  return free
}

function keyOf(scorer: string, argument: string | null): string {
  return JSON.stringify([scorer, argument])
}

/** Score functions of assertions by their key, each with what is wrong with it. */
const assertionScore = memoized(100, (key): { readonly score: ScoreFunction; readonly problem?: string } => {
  const [name, argument] = JSON.parse(key) as [string, string | null]
  const scorer = scorerForCell(name, argument)
  if (scorer === undefined) {
    return { score: () => unscored(`a dataset cannot ask for the scorer ${oneLine(key, 60)}`) }
  }
  try {
    return { score: scorer.create(argument ?? undefined) }
  } catch (error) {
    // A number of the cell that the scorer has no use for.
    if (!(error instanceof UserError)) throw error
    const problem = error.message
    return { score: () => unscored(oneLine(problem)), problem }
  }
})

function attempt(task: Task, input: TrialInput, judges: Judges): Outcome | Promise<Outcome> {
  const { score, expected, weight } = task
  try {
    const outcome = score(expected === undefined ? input : { ...input, expected }, judges)
    return isPromise(outcome)
      ? outcome.then(
          (settled) => checked(settled, task),
          (error: unknown) => thrown(error, weight),
        )
      : checked(outcome, task)
  } catch (error) {
    return thrown(error, weight)
  }
}

function isPromise<T extends object>(outcome: T | Promise<T>): outcome is Promise<T> {
  return 'then' in outcome
}

function isSettled(outcome: Outcome | Promise<Outcome>): outcome is Outcome {
  return !isPromise(outcome)
}

/** A value outside 0..1 would falsify every mean. */
function checked(score: Score, { threshold, weight }: Task): Outcome {
  const { value, pass } = score
  const isRight = value === null ? pass === null : value >= 0 && value <= 1 && pass !== null
  if (!isRight) {
    const problem = `value ${value} with pass ${pass}; expected 0 to 1 with true or false, or null with null`
    return { score: scorerError(problem), weight, isFinal: true }
  }
  const isOwn = threshold === undefined || value === null
  return { score: isOwn ? score : { ...score, pass: value >= threshold }, weight, isFinal: true }
}

function thrown(error: unknown, weight: number): Outcome {
  if (!(error instanceof NotJudged)) return { score: scorerError(error), weight, isFinal: true }
  return { score: unscored(oneLine(`not judged: ${error.message}`)), weight, isFinal: false }
}

function combined(tasks: readonly Task[], outcomes: readonly Outcome[], combine: Combine): TrialScore {
  const pass = passOf(outcomes, combine)
  return {
    pass,
    score: weightedMean(outcomes),
    scores: Object.fromEntries(tasks.map(({ label }, index) => [label, outcomes[index]?.score ?? unscored('')])),
    reason: reasonOf(tasks, outcomes, pass),
    isFinal: outcomes.every(({ isFinal }) => isFinal),
  }
}

/** Of several scorers, those are named that the answer owes its verdict to. */
function reasonOf(tasks: readonly Task[], outcomes: readonly Outcome[], pass: boolean | null): string {
  const [only] = outcomes
  if (only === undefined) return 'no scorer'
  if (outcomes.length === 1) return oneLine(only.score.reason)
  const named = outcomes.map(({ score, weight }, index) => ({
    decides: weight > 0 && (score.pass === true) === (pass === true),
    text: `${tasks[index]?.label}: ${score.reason}`,
  }))
  const deciding = named.filter(({ decides }) => decides)
  return oneLine((deciding.length > 0 ? deciding : named).map(({ text }) => text).join('; '))
}
