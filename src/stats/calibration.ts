/** How good is a judge? Its verdicts against people's, and the pass rate that people would have given to all answers. */
import { cohenKappa, krippendorffAlpha } from './agreement.ts'
import { resampledLimits, type Statistic } from './bootstrap.ts'
import { type ClusterKind, ClusterKinds, rowTotals } from './cluster-kinds.ts'
import type { Place } from './cluster-totals.ts'
import { type JudgedAnswer, powerTunedMean } from './ppi.ts'
import { SampleRate } from './sample-rate.ts'
import { normalQuantile } from './special-functions.ts'
import type { Calibration, Confusion, CorrectedRate, Estimate } from './types.ts'

/** Below these the limits of PPI++ hold less often than they say: measured, see docs/calibrate.md. */
export const LEAST_LABELLED_SAMPLES = 100
export const LEAST_OF_EACH_VERDICT = 10

/** From so many samples on the large-sample error of kappa is good enough. */
const LEAST_FOR_STANDARD_ERROR = 50
/** A standard error below this is the rounding of 0. */
const ROUNDING = 1e-7

export interface CalibrationOptions {
  readonly confidence: number
  /** Begins the names of the random streams: a run's seed and the place of the figures in it. */
  readonly label: string
}

/** People's verdict (first) and the judge's: pass, fail, or none. */
const BOTH_PASS = 'pp'
const ONLY_HUMAN = 'pf'
const ONLY_JUDGE = 'fp'
const BOTH_FAIL = 'ff'
const JUDGE_PASS = '-p'
const JUDGE_FAIL = '-f'

/** Collects verdicts, the epochs of one sample next to each other; memory does not grow with the answers. */
export class CalibrationAccumulator {
  readonly #kinds = new ClusterKinds()
  readonly #judge = new SampleRate()
  readonly #judgeOfLabelled = new SampleRate()
  readonly #human = new SampleRate()
  readonly #agreement = new SampleRate()
  readonly #sensitivity = new SampleRate()
  readonly #specificity = new SampleRate()
  readonly #precision = new SampleRate()
  readonly #negativePredictive = new SampleRate()
  #labelledUnscored = 0

  /** `judge` null: not scored; `human` null: not labelled. */
  add(place: Place, human: boolean | null, judge: boolean | null): void {
    if (judge === null) {
      if (human !== null) this.#labelledUnscored += 1
      return
    }
    this.#judge.add(place, judge ? 1 : 0)
    this.#kinds.add(place, codeOf(human, judge))
    if (human === null) return
    const isRight = human === judge ? 1 : 0
    this.#human.add(place, human ? 1 : 0)
    this.#judgeOfLabelled.add(place, judge ? 1 : 0)
    this.#agreement.add(place, isRight)
    ;(human ? this.#sensitivity : this.#specificity).add(place, isRight)
    ;(judge ? this.#precision : this.#negativePredictive).add(place, isRight)
  }

  /** Null without a label on any answer that the judge has scored or not. */
  finish({ confidence, label }: CalibrationOptions): Calibration | null {
    const kinds = this.#kinds.kinds()
    const confusion = confusionOf(rowTotals(kinds))
    const { bothPass, onlyHumanPasses, onlyJudgePasses, bothFail } = confusion
    const labelled = bothPass + onlyHumanPasses + onlyJudgePasses + bothFail
    if (labelled + this.#labelledUnscored === 0) return null
    const judge = this.#judge.estimate(confidence)
    const human = this.#human.estimate(confidence)
    return {
      scored: judge.n,
      labelled,
      labelledSamples: samplesWith(kinds, isLabelled),
      labelledUnscored: this.#labelledUnscored,
      judge,
      judgeOfLabelled: this.#judgeOfLabelled.estimate(confidence),
      human,
      confusion,
      agreement: this.#agreement.estimate(confidence),
      kappa: kappaOf(kinds, confidence, label),
      alpha: alphaOf(kinds, confidence, label),
      sensitivity: this.#sensitivity.estimate(confidence),
      specificity: this.#specificity.estimate(confidence),
      precision: this.#precision.estimate(confidence),
      negativePredictive: this.#negativePredictive.estimate(confidence),
      corrected: correctedRate(kinds, human, confidence),
    }
  }
}

/** Do several raters agree on the same answers? Krippendorff's alpha of passes and failures, verdicts may be missing. */
export class RaterAgreement {
  readonly #kinds = new ClusterKinds()

  /** A verdict of each rater, always in the same order. */
  add(sampleIndex: number, verdicts: readonly (boolean | null)[]): void {
    if (verdicts.filter((verdict) => verdict !== null).length < 2) return
    this.#kinds.add(
      { sample: sampleIndex },
      verdicts.map((verdict) => (verdict === null ? '-' : verdict ? 'p' : 'f')).join(''),
    )
  }

  finish(options: CalibrationOptions): Estimate {
    return alphaOf(this.#kinds.kinds(), options.confidence, options.label)
  }
}

function codeOf(human: boolean | null, judge: boolean): string {
  if (human === null) return judge ? JUDGE_PASS : JUDGE_FAIL
  if (human) return judge ? BOTH_PASS : ONLY_HUMAN
  return judge ? ONLY_JUDGE : BOTH_FAIL
}

function isLabelled(code: string): boolean {
  return code[0] !== '-'
}

function samplesWith(kinds: readonly ClusterKind[], has: (code: string) => boolean): number {
  return kinds.reduce((sum, { rows, count }) => sum + ([...rows.keys()].some(has) ? count : 0), 0)
}

function confusionOf(totals: ReadonlyMap<string, number>): Confusion {
  const of = (code: string): number => totals.get(code) ?? 0
  return {
    bothPass: of(BOTH_PASS),
    onlyHumanPasses: of(ONLY_HUMAN),
    onlyJudgePasses: of(ONLY_JUDGE),
    bothFail: of(BOTH_FAIL),
  }
}

function tableOf({ bothPass, onlyHumanPasses, onlyJudgePasses, bothFail }: Confusion): number[][] {
  return [
    [bothPass, onlyHumanPasses],
    [onlyJudgePasses, bothFail],
  ]
}

/** Large-sample limits; with few samples, and where epochs hang together, resampled ones. */
function kappaOf(kinds: readonly ClusterKind[], confidence: number, label: string): Estimate {
  const rated = kinds.filter(({ rows }) => [...rows.keys()].some(isLabelled))
  const statistic: Statistic = (counts) => cohenKappa(tableOf(confusionOf(rowTotals(rated, counts)))).kappa
  const { n, kappa, standardError } = cohenKappa(tableOf(confusionOf(rowTotals(rated))))
  const isAlone = rated.every(({ rows }) => [...rows.values()].reduce((sum, times) => sum + times, 0) === 1)
  if (kappa === null || standardError === null || n < LEAST_FOR_STANDARD_ERROR || !isAlone) {
    return resampled(rated, statistic, n, confidence, `${label}|kappa`)
  }
  if (standardError < ROUNDING) return { value: kappa, low: null, high: null, n, method: 'none' }
  const halfWidth = normalQuantile((1 + confidence) / 2) * standardError
  return {
    value: kappa,
    low: Math.max(-1, kappa - halfWidth),
    high: Math.min(1, kappa + halfWidth),
    n,
    method: 'large-sample',
  }
}

/** The letters of a code are the raters' verdicts; whose code has fewer than two says nothing. */
function alphaOf(kinds: readonly ClusterKind[], confidence: number, label: string): Estimate {
  const isRated = (code: string): boolean => code.replaceAll('-', '').length > 1
  const rated = kinds.filter(({ rows }) => [...rows.keys()].some(isRated))
  const statistic: Statistic = (counts) => {
    const items = [...rowTotals(rated, counts)].map(([code, count]) => ({ ratings: ratingsOf(code), count }))
    return krippendorffAlpha(items, 'nominal').alpha
  }
  const n = [...rowTotals(rated)].reduce((sum, [code, count]) => sum + (isRated(code) ? count : 0), 0)
  return resampled(rated, statistic, n, confidence, `${label}|alpha`)
}

function ratingsOf(code: string): (number | null)[] {
  return Array.from(code, (verdict) => (verdict === '-' ? null : verdict === 'p' ? 1 : 0))
}

function resampled(
  kinds: readonly ClusterKind[],
  statistic: Statistic,
  n: number,
  confidence: number,
  label: string,
): Estimate {
  const counts = kinds.map(({ count }) => count)
  return { value: statistic(counts), n, ...resampledLimits(counts, statistic, { label, confidence }) }
}

/** PPI++ where there are labels enough for its limits to hold, and answers that people have not seen; else the labels alone. */
function correctedRate(kinds: readonly ClusterKind[], human: Estimate, confidence: number): CorrectedRate {
  const missing = {
    samples: Math.max(0, LEAST_LABELLED_SAMPLES - samplesWith(kinds, isLabelled)),
    failures: Math.max(0, LEAST_OF_EACH_VERDICT - samplesWith(kinds, (code) => code[0] === 'f')),
    passes: Math.max(0, LEAST_OF_EACH_VERDICT - samplesWith(kinds, (code) => code[0] === 'p')),
  }
  const labelsAlone = { ...human, usesJudge: false, lambda: null, missing }
  if (missing.samples + missing.failures + missing.passes > 0) return labelsAlone
  const { estimate, low, high, unlabelled, lambda } = powerTunedMean(
    kinds.map(({ rows, count }) => ({ answers: [...rows].map(answerOf), count })),
    confidence,
  )
  if (unlabelled === 0 || estimate === null || low === null || high === null) return labelsAlone
  const within = (share: number): number => Math.min(1, Math.max(0, share))
  return {
    value: within(estimate),
    low: within(low),
    high: within(high),
    n: human.n,
    method: 'ppi++',
    usesJudge: true,
    lambda,
    missing,
  }
}

function answerOf([code, count]: readonly [string, number]): JudgedAnswer {
  return { human: isLabelled(code) ? (code[0] === 'p' ? 1 : 0) : null, judge: code[1] === 'p' ? 1 : 0, count }
}
