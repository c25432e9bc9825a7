/** Which means does a gate not reject? Its two processes inverted: the same bets, laid on every candidate mean. */
import { signChange } from './bisect.ts'
import { type SettledDesign, uncappedBet, varianceBefore } from './gate-design.ts'
import type { UnitLog } from './unit-log.ts'

/** So many factors stay far inside the range of a double; one logarithm serves them all. */
const FACTORS_PER_LOG = 16

/**
 * low = sup{m: Π(1 + min(g, c/(1+m))(d − m)) ≥ 1/alphaPass}, −1 if none; high = inf{m: Π(1 − min(g, c/(1−m))(d − m)) ≥
 * 1/alphaRegression}, 1 if none. Both products are monotone in m. A missing row is −1 in the first and +1 in the second.
 */
export function invertedLimits(log: UnitLog, design: SettledDesign): { low: number; high: number } {
  const { cap, alphaPass, alphaRegression } = design
  const bets = uncappedBets(log, design)
  const tooLow = (m: number): number =>
    logCapital(log, bets, { design, mean: m, cap: cap / (1 + m), side: 1 }) + Math.log(alphaPass)
  const tooHigh = (m: number): number =>
    logCapital(log, bets, { design, mean: m, cap: cap / (1 - m), side: -1 }) + Math.log(alphaRegression)
  return {
    low: tooLow(-1) >= 0 ? signChange(tooLow, { holds: -1, fails: 1 }).holds : -1,
    high: tooHigh(1) >= 0 ? signChange(tooHigh, { holds: 1, fails: -1 }).holds : 1,
  }
}

interface Candidate {
  readonly design: SettledDesign
  readonly mean: number
  readonly cap: number
  /** 1 bets that the true mean is above the candidate, −1 that it is below. */
  readonly side: 1 | -1
}

function logCapital(log: UnitLog, bets: Float64Array, { design, mean, cap, side }: Candidate): number {
  const { largestUnit } = design
  let capital = 0
  let product = 1
  log.forEach((sum, rows, missing, index) => {
    const distance = (sum - side * missing - mean * rows) / largestUnit
    product *= 1 + side * Math.min(bets[index] ?? 0, cap) * distance
    if (index % FACTORS_PER_LOG !== FACTORS_PER_LOG - 1) return
    capital += Math.log(product)
    product = 1
  })
  return capital + Math.log(product)
}

/** The bets as they were laid, found again from the units before each. */
function uncappedBets(log: UnitLog, design: SettledDesign): Float64Array {
  const variance = varianceBefore(design)
  const bets = new Float64Array(log.length)
  log.forEach((sum, rows, missing, index) => {
    bets[index] = uncappedBet(design, variance.value)
    if (missing < rows) variance.add(sum / design.largestUnit)
  })
  return bets
}
