/**
 * What do all scorers together say about one answer? Only answers come here: a failed trial has no score. Most scorers are
 * synchronous, and then so is this; a promise appears only when one of them returns one.
 */
import type { Assertion, Sample } from '../dataset/types.ts'
import { messageOf } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { unscored } from './marks.ts'
import { memoized } from './memo.ts'
import { findScorer } from './parse.ts'
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

/** An answer, its sample's right answers, and the scorers that the sample asks for itself. */
export interface TrialInput extends ScoreInput {
  readonly assertions: readonly Assertion[]
}

export interface TrialScorerOptions {
  /** The scorers of the run. */
  readonly scorers: readonly ParsedScorer[]
  /** True when the user named them; else a sample with assertions of its own is scored by those alone. */
  readonly isExplicit: boolean
}

/** A score, or that it is still to be made since a judge gave no answer. */
interface Outcome {
  readonly score: Score
  readonly isFinal: boolean
}

/** One scorer at work: under which name, and with which right answers. */
interface Task {
  readonly label: string
  readonly score: ScoreFunction
  readonly input: ScoreInput
}

/** Scores one answer. It never throws and its promise never rejects. */
export type TrialScorer = (input: TrialInput, judges: Judges) => TrialScore | Promise<TrialScore>

/** A function that scores the answers of a run. */
export function trialScorer(options: TrialScorerOptions): TrialScorer {
  return (input, judges) => {
    const tasks = tasksOf(options, input)
    const outcomes = tasks.map((task) => attempt(task, judges))
    const settled = outcomes.filter((outcome): outcome is Outcome => !isPromise(outcome))
    if (settled.length === outcomes.length) return combined(tasks, settled)
    return Promise.all(outcomes.map((outcome) => Promise.resolve(outcome))).then((all) => combined(tasks, all))
  }
}

/**
 * Why a sample cannot be scored, or undefined when it can: asked before anything is sent. The text goes behind
 * `file:line: `.
 */
export function checkSample(
  { scorers, isExplicit }: TrialScorerOptions,
  sample: Pick<Sample, 'expected' | 'vars' | 'assertions'>,
): string | undefined {
  for (const { scorer, argument } of usesRunScorers(isExplicit, sample.assertions) ? scorers : []) {
    const problem = problemFor(scorer, argument, sample)
    if (problem !== undefined) return problem
  }
  for (const { scorer: name, argument, expected } of sample.assertions) {
    const scorer = findScorer(name)
    const problem = scorer && problemFor(scorer, argument ?? undefined, { expected, vars: sample.vars })
    if (problem !== undefined) return problem
  }
  return undefined
}

function problemFor(
  scorer: Scorer,
  argument: string | undefined,
  sample: Pick<ScoreInput, 'expected' | 'vars'>,
): string | undefined {
  if (!scorer.needsExpected || sample.expected.length > 0) return scorer.checkSample?.(sample, argument)
  return `there is no expected answer, and the scorer ${scorer.name} compares with one. Fill it in, or choose a scorer that needs none.`
}

function usesRunScorers(isExplicit: boolean, assertions: readonly Assertion[]): boolean {
  return isExplicit || assertions.length === 0
}

function tasksOf({ scorers, isExplicit }: TrialScorerOptions, input: TrialInput): readonly Task[] {
  const tasks: Task[] = []
  if (usesRunScorers(isExplicit, input.assertions)) {
    for (const { label, score } of scorers) tasks.push({ label, score, input })
  }
  for (const assertion of input.assertions) {
    tasks.push({
      label: freeLabel(labelOf(assertion), tasks),
      score: scoreFunctionOf(labelOf(assertion)),
      input: { ...input, expected: assertion.expected },
    })
  }
  return tasks
}

function labelOf({ scorer, argument }: Assertion): string {
  return argument === null ? scorer : `${scorer}:${argument}`
}

/** A row may ask for one scorer several times, with other texts: includes, includes#2, includes#3. */
function freeLabel(label: string, tasks: readonly Task[]): string {
  const isTaken = (candidate: string): boolean => tasks.some((task) => task.label === candidate)
  let free = label
  for (let number = 2; isTaken(free); number += 1) free = `${label}#${number}`
  return free
}

/**
 * Score functions by the label of an assertion. A dataset may ask only for what stands in `promptfooTypes`: so no cell can
 * name a file for json-schema to read.
 */
const scoreFunctionOf = memoized(100, (label): ScoreFunction => {
  const colon = label.indexOf(':')
  const scorer = findScorer(colon < 0 ? label : label.slice(0, colon))
  const argument = colon < 0 ? undefined : label.slice(colon + 1)
  if (scorer !== undefined && Object.values(scorer.promptfooTypes ?? {}).includes(argument))
    return scorer.create(argument)
  return () => unscored(`a dataset cannot ask for the scorer ${oneLine(label, 60)}`)
})

function attempt({ score, input }: Task, judges: Judges): Outcome | Promise<Outcome> {
  try {
    const outcome = score(input, judges)
    return isPromise(outcome) ? outcome.then(checked, scorerError) : checked(outcome)
  } catch (error) {
    return scorerError(error)
  }
}

function isPromise<T extends object>(outcome: T | Promise<T>): outcome is Promise<T> {
  return 'then' in outcome
}

/** Scorers of users take part as well: a value outside 0..1 would falsify every mean. */
function checked(score: Score): Outcome {
  const { value, pass } = score
  if (value === null ? pass === null : value >= 0 && value <= 1 && pass !== null) return { score, isFinal: true }
  return {
    score: unscored(
      `scorer error: value ${value} with pass ${pass}; expected 0 to 1 with true or false, or null with null`,
    ),
    isFinal: true,
  }
}

function scorerError(error: unknown): Outcome {
  if (error instanceof NotJudged) return { score: unscored(oneLine(`not judged: ${error.message}`)), isFinal: false }
  return { score: unscored(oneLine(`scorer error: ${messageOf(error)}`)), isFinal: true }
}

function combined(tasks: readonly Task[], outcomes: readonly Outcome[]): TrialScore {
  const scores = outcomes.map(({ score }) => score)
  return {
    pass: passOf(scores),
    score: meanOf(scores),
    scores: Object.fromEntries(tasks.map(({ label }, index) => [label, scores[index] ?? unscored('')])),
    reason: reasonOf(tasks, scores),
    isFinal: outcomes.every(({ isFinal }) => isFinal),
  }
}

function passOf(scores: readonly Score[]): boolean | null {
  if (scores.some(({ pass }) => pass === false)) return false
  return scores.length > 0 && scores.every(({ pass }) => pass === true) ? true : null
}

function meanOf(scores: readonly Score[]): number | null {
  let sum = 0
  let count = 0
  for (const { value } of scores) {
    if (value === null) continue
    sum += value
    count += 1
  }
  return count === 0 ? null : sum / count
}

/** Of several scorers, those that did not pass are named; when all did, all are. */
function reasonOf(tasks: readonly Task[], scores: readonly Score[]): string {
  const [only] = scores
  if (only === undefined) return 'no scorer'
  if (scores.length === 1) return oneLine(only.reason)
  const named = scores.map(({ pass, reason }, index) => ({ pass, text: `${tasks[index]?.label}: ${reason}` }))
  const missed = named.filter(({ pass }) => pass !== true)
  return oneLine((missed.length > 0 ? missed : named).map(({ text }) => text).join('; '))
}
