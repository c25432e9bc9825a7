/** The screen of `assay calibrate`: how good a scorer is by people's labels, and what that means for its pass rate. */
import { styleText } from 'node:util'
import { oneLine, plural } from '../lib/text.ts'
import type { Calibration, Confusion, Estimate } from '../stats/types.ts'
import { integer, percent, percentWithInterval } from './numbers.ts'
import { sideBySide } from './table.ts'

/** A run's scorers against people. */
export interface CalibrationReport {
  readonly formatVersion: 1
  readonly runId: string
  readonly simulated: boolean
  /** Where people's labels stand. */
  readonly labels: string
  readonly confidence: number
  readonly groups: readonly CalibratedGroup[]
  /** Whether several scorers agree with each other, per model × prompt. */
  readonly raters: readonly RaterGroup[]
  /** What a reader has to know before acting on the numbers. */
  readonly notes: readonly string[]
}

export interface CalibratedGroup {
  readonly model: string
  readonly prompt: string
  /** Its label; for several scorers together their labels, and the verdict is that of the trial. */
  readonly scorer: string
  /** Whether it is one scorer, and asks a judge: the words for it. */
  readonly isJudge: boolean
  /** Null: no answer of the group has a label. */
  readonly calibration: Calibration | null
}

export interface RaterGroup {
  readonly model: string
  readonly prompt: string
  readonly scorers: readonly string[]
  /** Krippendorff's alpha of their passes and failures. */
  readonly alpha: Estimate
}

export interface CalibrationScreen {
  readonly color: boolean
  /** Characters in a line. */
  readonly columns: number
}

/** Rendered text, ending in a line feed. */
export function calibrationScreen(report: CalibrationReport, { color, columns }: CalibrationScreen): string {
  const bold = (text: string): string => (color ? styleText('bold', text) : text)
  const yellow = (text: string): string => (color ? styleText('yellow', text) : text)
  const calibrated = report.groups.flatMap(({ calibration, ...place }) =>
    calibration === null ? [] : [{ place, calibration }],
  )
  const lines = [
    bold(
      `${report.simulated ? 'SIMULATED · ' : ''}${oneLine(report.runId, 80)} · labels: ${oneLine(report.labels, 200)}`,
    ),
    ...sideBySide(
      calibrated.map(({ place, calibration }) => ({ head: headOf(place), figures: figuresOf(calibration) })),
      { columns, color },
    ),
    ...calibrated.flatMap(({ place, calibration }) =>
      ['', bold(headOf(place).replaceAll('\n', ' · '))].concat(
        meaningOf(calibration, place.isJudge ? 'judge' : 'scorer').map((sentence) => `  ${sentence}`),
      ),
    ),
    ...(report.raters.length > 0 ? [''] : []),
    ...report.raters.map(ratersLine),
    ...report.notes.map((note) => yellow(`! ${oneLine(note, 400)}`)),
  ]
  return `${lines.join('\n')}\n`
}

function headOf({ model, prompt, scorer }: Omit<CalibratedGroup, 'calibration' | 'isJudge'>): string {
  return [model, prompt, scorer].map((name) => oneLine(name, 48)).join('\n')
}

/** The figures of one scorer, by name: the same for all, since they are rows of one table. */
export function figuresOf(calibration: Calibration): Record<string, string> {
  const { bothPass, onlyHumanPasses, onlyJudgePasses, bothFail } = calibration.confusion
  return {
    labelled: `${integer(calibration.labelled)} of ${integer(calibration.scored)} scored`,
    'scorer: pass rate [95 %]': percentWithInterval(calibration.judge),
    corrected: `${percentWithInterval(calibration.corrected)}${calibration.corrected.usesJudge ? '' : ' *'}`,
    'labelled: by the scorer': percentWithInterval(calibration.judgeOfLabelled),
    'labelled: by people': percentWithInterval(calibration.human),
    'people pass: scorer passes / fails': `${integer(bothPass)} / ${integer(onlyHumanPasses)}`,
    'people fail: scorer passes / fails': `${integer(onlyJudgePasses)} / ${integer(bothFail)}`,
    sensitivity: percentWithInterval(calibration.sensitivity),
    specificity: percentWithInterval(calibration.specificity),
    precision: percentWithInterval(calibration.precision),
    'negative predictive value': percentWithInterval(calibration.negativePredictive),
    agreement: percentWithInterval(calibration.agreement),
    "Cohen's kappa": coefficient(calibration.kappa),
    "Krippendorff's alpha": coefficient(calibration.alpha),
  }
}

/** What a scorer is called in a sentence. */
type Rater = 'scorer' | 'judge'

/** What the figures come to, in sentences. */
export function meaningOf(calibration: Calibration, rater: Rater = 'scorer'): string[] {
  const { labelled, labelledUnscored, kappa } = calibration
  return [
    ...(labelled === 0 ? [`No labelled answer has a score: nothing can be said of the ${rater}.`] : []),
    ...errorsOf(calibration.confusion, rater),
    ...(kappa.value === null && labelled > 0
      ? ['One verdict alone was given: kappa and alpha say nothing, look at the agreement.']
      : []),
    ...correctionOf(calibration, rater),
    ...(labelledUnscored > 0
      ? [`${plural(labelledUnscored, 'labelled answer')} without a score: left out, neither right nor wrong.`]
      : []),
  ]
}

function errorsOf({ bothPass, onlyHumanPasses, onlyJudgePasses, bothFail }: Confusion, rater: Rater): string[] {
  const humanFails = onlyJudgePasses + bothFail
  const humanPasses = bothPass + onlyHumanPasses
  const bias = onlyJudgePasses - onlyHumanPasses
  const parts = [
    ...(humanFails > 0 ? [`passes ${share(onlyJudgePasses, humanFails)} that people fail`] : []),
    ...(humanPasses > 0 ? [`fails ${share(onlyHumanPasses, humanPasses)} that people pass`] : []),
  ]
  if (parts.length === 0) return []
  const leaning =
    bias === 0
      ? 'in sum it is as mild as people'
      : `in sum it is ${bias > 0 ? 'milder' : 'stricter'} than people, by ${percent(Math.abs(bias) / (humanFails + humanPasses))} of the labelled`
  return [`The ${rater} ${parts.join(' and ')}: ${leaning}.`]
}

function share(count: number, of: number): string {
  return `${integer(count)} of ${integer(of)} answers (${percent(count / of)})`
}

function correctionOf({ judge, human, corrected, labelled, scored }: Calibration, rater: Rater): string[] {
  if (labelled === 0) return []
  const { low, high, usesJudge } = corrected
  if (usesJudge) {
    const isWithin = judge.value !== null && low !== null && high !== null && judge.value >= low && judge.value <= high
    return [
      `The pass rate to quote is the corrected one, ${percentWithInterval(corrected)}: PPI++, the ${rater} on all answers and people on ${integer(labelled)}.`,
      isWithin
        ? `The ${rater}'s own ${percent(judge.value)} lies within its limits; its interval leaves the ${rater}'s errors out.`
        : `The ${rater}'s own ${percent(judge.value)} lies outside its limits: part of it is the ${rater}'s own error.`,
    ]
  }
  const quote = `the pass rate to quote is people's own, ${percentWithInterval(corrected)}`
  const needed = moreLabels(corrected, human)
  if (needed === null) {
    return [
      `* ${labelled === scored ? 'People have seen every scored answer' : 'The labels leave nothing to correct by'}: ${quote}.`,
    ]
  }
  return [`* Too few labels to correct the ${rater} by (${needed}); until then ${quote}.`]
}

/** "label at least 40 more samples, drawn at random, …"; null when nothing is missing. */
function moreLabels({ missing }: Calibration['corrected'], human: Estimate): string | null {
  const { samples, failures, passes } = missing
  if (samples + failures + passes === 0) return null
  const rate = human.value ?? 0
  // As many as it takes at the present rate.
  const expected = [
    ...(failures > 0 && rate < 1 ? [Math.ceil(failures / (1 - rate))] : []),
    ...(passes > 0 && rate > 0 ? [Math.ceil(passes / rate)] : []),
  ]
  const wanted = [
    ...(failures > 0 ? [`${failures} more that people fail`] : []),
    ...(passes > 0 ? [`${passes} more that people pass`] : []),
  ]
  const among = wanted.length === 0 ? '' : `, until there are ${wanted.join(' and ')}`
  return `label about ${integer(Math.max(samples, ...expected))} more samples, drawn at random${among}`
}

function ratersLine({ model, prompt, scorers, alpha }: RaterGroup): string {
  const names = scorers.map((scorer) => oneLine(scorer, 48)).join(', ')
  return `${oneLine(model, 48)} · ${oneLine(prompt, 48)}: alpha of ${names} with each other ${coefficient(alpha)} over ${plural(alpha.n, 'answer')}`
}

/** "0.72 [0.61, 0.82]". */
function coefficient({ value, low, high }: Estimate): string {
  if (value === null) return '–'
  // Adding 0 takes the sign off what rounds to zero.
  const rounded = (number: number): string => (Math.round(number * 100) / 100 + 0).toFixed(2)
  const limits = low === null || high === null ? '' : ` [${rounded(low)}, ${rounded(high)}]`
  return `${rounded(value)}${limits}`
}
