/** What a sequential gate fixes before the first row is known, and the bets that follow from it (statistics.md 11.4 and 11.9). */
import { PredictableVariance } from './predictable-variance.ts'

/** Which null REGRESSION rejects: 'over-margin' (the default): "worse by at most the margin"; 'any-drop': "not worse at all". */
export type AlarmOn = 'over-margin' | 'any-drop'

/** What has to stand before the first row is known. */
export interface GateDesign {
  /** δ, the largest tolerated drop, 0 < δ ≤ 1 in the unit of the differences. */
  readonly margin: number
  /** Error level of REGRESSION; for m metrics the caller passes α/m. */
  readonly alphaRegression: number
  /** Error level of PASS. */
  readonly alphaPass: number
  readonly alarmOn: AlarmOn
  /** Rows in the largest unit (cluster), known in advance; 1 unless rows come in clusters. */
  readonly largestUnit?: number
  /** Mean number of rows in a unit, which only tunes the bets; `largestUnit` unless given. */
  readonly meanUnit?: number
  /** Largest share of the capital that one bet can lose; 0.75 unless given. */
  readonly cap?: number
  /** The prior variance counts as so many units; 10 unless given. */
  readonly priorWeight?: number
  /** Variance of Σd / largestUnit over units, assumed before any is known; 0.25 unless given. */
  readonly priorVariance?: number
}

/** Every field of the design, with its default. */
export type SettledDesign = Required<GateDesign>

const CAP = 0.75
const PRIOR_WEIGHT = 10
const PRIOR_VARIANCE = 0.25

/** The variance before the first unit. */
export function varianceBefore({ priorWeight, priorVariance }: SettledDesign): PredictableVariance {
  return new PredictableVariance({ weight: priorWeight, variance: priorVariance, mean: 0 })
}

/**
 * The bet before any cap: near the one of largest growth when the truth is "unchanged" (PASS), "dropped by the margin"
 * (REGRESSION of any drop) or "by twice the margin" (REGRESSION over the margin).
 */
export function uncappedBet({ margin, meanUnit, largestUnit }: SettledDesign, variance: number): number {
  const effect = (margin * meanUnit) / largestUnit
  return effect / (variance + effect * effect)
}

/** The mean at which REGRESSION's null ends. */
export function nullOfRegression({ alarmOn, margin }: SettledDesign): number {
  return alarmOn === 'any-drop' ? 0 : -margin
}

/** The bets on the next unit, given the variance of those before: no factor can fall below 1 − cap. */
export function betsAt(design: SettledDesign, variance: number): { pass: number; regression: number; anyDrop: number } {
  const bet = uncappedBet(design, variance)
  const { cap, margin } = design
  return {
    pass: Math.min(bet, cap / (1 - margin)),
    regression: Math.min(bet, cap / (1 - nullOfRegression(design))),
    anyDrop: Math.min(bet, cap),
  }
}

/** With its defaults; a design under which nothing would be guaranteed is refused. */
export function settled(design: GateDesign): SettledDesign {
  const { largestUnit = 1 } = design
  const full = {
    cap: CAP,
    priorWeight: PRIOR_WEIGHT,
    priorVariance: PRIOR_VARIANCE,
    meanUnit: largestUnit,
    ...design,
    largestUnit,
  }
  const { margin, alphaPass, alphaRegression, meanUnit, cap, priorWeight, priorVariance } = full
  const isGuaranteed = [alphaPass, alphaRegression, cap].every((share) => share > 0 && share < 1)
  const isUnitPossible = largestUnit >= 1 && meanUnit > 0 && meanUnit <= largestUnit
  if (!isGuaranteed || !isUnitPossible || !(margin > 0 && margin <= 1) || !(priorWeight > 0 && priorVariance >= 0)) {
    throw new RangeError(`no gate can be made of ${JSON.stringify(design)}`)
  }
  return full
}
