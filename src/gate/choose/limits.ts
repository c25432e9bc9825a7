/**
 * How far may a contender be from the best? The processes of the choice inverted: the same bets, laid on every candidate
 * difference m, so that the limits say what the choice says.
 *
 * low: the largest m for which "worse than the best by −m or more" is rejected, so against everyone that is still in. high: the
 * smallest for which "within −m of the best" is, by the mean of the processes against all others. Both hold for all contenders
 * at once, and at any stop.
 */
import { bisect } from '../../stats/sequential/bisect.ts'
import { type SettledDesign, uncappedBet, varianceBefore } from '../../stats/sequential/gate-design.ts'
import type { Evidence } from './evidence.ts'
import { type Levels, levelsOf } from './levels.ts'
import { logMean } from './log-mean.ts'
import { betDesign } from './pair-evidence.ts'
import type { ChooseRule } from './rule.ts'
import type { SettledTrials } from './settled-trials.ts'

/** So many factors stay far inside the range of a double; one logarithm serves them all. */
const FACTORS_PER_LOG = 16

/** The rows of a pair with the bets that were laid on them. */
interface PairSeries {
  readonly worst: Float64Array
  readonly best: Float64Array
  /** Before any cap. */
  readonly bets: Float64Array
}

/** Limits of a contender's difference to the best, itself included, or to the reference; null where there is nothing to compare. */
export function differenceLimits(contender: number, rule: ChooseRule): { low: number; high: number } | null {
  const { design, evidence, trials } = rule
  const bets = betDesign(design.margin)
  const levels = levelsOf(design)
  const others = design.contenders.flatMap((_one, other) => {
    if (evidence.pair(contender, other) === null) return []
    const rows = Math.min(rule.rowsOf(contender), rule.rowsOf(other))
    return [{ other, series: seriesOf(contender, other, rows, trials, bets) }]
  })
  if (others.length === 0) return null
  const rivals = others.filter(({ other }) => !evidence.isDropped(other))
  const lows = rivals.map(({ other, series }) =>
    lowLimit(series, looks(contender, other, series, evidence), bets, levels),
  )
  const high = highLimit(
    others.map(({ series }) => series),
    bets,
    levels,
  )
  // Nobody is better than the best of all, which it may be itself.
  return design.reference === null
    ? { low: Math.min(0, ...lows), high: Math.min(0, high) }
    : { low: Math.min(1, ...lows), high }
}

function seriesOf(
  first: number,
  second: number,
  rows: number,
  trials: SettledTrials,
  design: SettledDesign,
): PairSeries {
  const [worst, best, bets] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)]
  const variance = varianceBefore(design)
  for (let row = 0; row < rows; row++) {
    const { difference, missing } = trials.pairRow(row, first, second)
    bets[row] = uncappedBet(design, variance.value)
    worst[row] = difference - missing
    best[row] = difference + missing
    if (missing < 1) variance.add(difference)
  }
  return { worst, best, bets }
}

/** Row counts at which the low limit is looked for: what was rejected once stays so. */
function looks(first: number, second: number, { bets }: PairSeries, evidence: Evidence): number[] {
  const rejectedAt = evidence.rejectedAtRow(first, second)
  return rejectedAt === null ? [bets.length] : [bets.length, rejectedAt]
}

function lowLimit(
  series: PairSeries,
  rowCounts: readonly number[],
  { cap }: SettledDesign,
  { logAccept }: Levels,
): number {
  const isTooLow = (m: number): boolean =>
    rowCounts.some(
      (rows) => logCapital(series.worst, series.bets, { rows, mean: m, cap: cap / (1 + m), side: 1 }) >= logAccept,
    )
  return isTooLow(-1) ? bisect(isTooLow, { holds: -1, fails: 1 }).holds : -1
}

function highLimit(all: readonly PairSeries[], { cap }: SettledDesign, { logDrop }: Levels): number {
  const isTooHigh = (m: number): boolean =>
    logMean(
      all.map(({ best, bets }) => logCapital(best, bets, { rows: bets.length, mean: m, cap: cap / (1 - m), side: -1 })),
    ) >= logDrop
  return isTooHigh(1) ? bisect(isTooHigh, { holds: 1, fails: -1 }).holds : 1
}

interface Candidate {
  readonly rows: number
  readonly mean: number
  readonly cap: number
  /** 1 bets that the true mean is above the candidate, −1 that it is below. */
  readonly side: 1 | -1
}

function logCapital(differences: Float64Array, bets: Float64Array, { rows, mean, cap, side }: Candidate): number {
  let [capital, product] = [0, 1]
  for (let row = 0; row < rows; row++) {
    product *= 1 + side * Math.min(bets[row] ?? 0, cap) * ((differences[row] ?? 0) - mean)
    if (row % FACTORS_PER_LOG !== FACTORS_PER_LOG - 1) continue
    capital += Math.log(product)
    product = 1
  }
  return capital + Math.log(product)
}
