/**
 * Where is a mean of scores, however often one looks and however few they are? The hedged-capital confidence sequence
 * (Waudby-Smith & Ramdas 2024, "Estimating means of bounded random variables by betting"; statistics.md 11.3).
 *
 * A gambler bets that the mean is above m, another that it is below; the means that make neither rich stay in the interval. It
 * needs no normal approximation: only scores in [0, 1], in an order that has nothing to do with them.
 */
import { signChange } from './bisect.ts'
import { PredictableVariance } from './predictable-variance.ts'

export interface BettingOptions {
  /** Rows of the finite set that the scores are drawn from without replacement; its realised mean is what is estimated then. */
  readonly population?: number
  /** Largest share of the capital that one bet can lose; 0.5 unless given. */
  readonly cap?: number
  /** Takes the intersection of the intervals after every score; else after a tenth more scores each time, which is nearly as narrow. */
  readonly everyRow?: boolean
}

const CAP = 0.5
/** Scores more until the interval is found anew. */
const GROWTH = 1.1
/** So many factors stay far inside the range of a double; one logarithm serves them all. */
const FACTORS_PER_LOG = 16

/**
 * The running intersection at 0 < confidence < 1: the truth is inside at every n at once with that probability, so a fixed n
 * may be used as well. Without scores it is [0, 1].
 */
export function bettingInterval(
  values: ArrayLike<number>,
  confidence: number,
  options: BettingOptions = {},
): { low: number; high: number } {
  const bets = betsOn(values, 1 - confidence)
  let limits = { low: 0, high: 1 }
  for (let rows = 0; rows < values.length; ) {
    rows = options.everyRow === true ? rows + 1 : Math.min(values.length, Math.ceil(rows * GROWTH) + 1)
    limits = narrowed(limits, { values, bets, rows, confidence, ...options })
  }
  return limits
}

/** λ_t = √(2 ln(2/α) / (v_{t−1}·t·ln(t+1))), each from the scores before its own. */
export function betsOn(values: ArrayLike<number>, alpha: number): Float64Array {
  const variance = new PredictableVariance({ weight: 1, variance: 0.25, mean: 0.5 })
  const bets = new Float64Array(values.length)
  for (let index = 0; index < values.length; index++) {
    const row = index + 1
    bets[index] = Math.sqrt((2 * Math.log(2 / alpha)) / (variance.value * row * Math.log(row + 1)))
    variance.add(values[index] ?? Number.NaN)
  }
  return bets
}

interface Wager extends BettingOptions {
  readonly values: ArrayLike<number>
  readonly bets: Float64Array
  /** Scores that are looked at, from the first. */
  readonly rows: number
  readonly confidence: number
}

/** What is left of the limits after so many scores; where they stay it costs one evaluation each. */
function narrowed({ low, high }: { low: number; high: number }, wager: Wager): { low: number; high: number } {
  const tooLow = (m: number): number => excess(wager, m, 1)
  const tooHigh = (m: number): number => excess(wager, m, -1)
  const possible = possibleMeans(wager)
  return {
    low: Math.max(possible.low, tooLow(low) >= 0 ? signChange(tooLow, { holds: low, fails: 1 }).holds : low),
    high: Math.min(possible.high, tooHigh(high) >= 0 ? signChange(tooHigh, { holds: high, fails: 0 }).holds : high),
  }
}

/** The limits after these scores alone, without those of earlier looks. */
export function bettingLimits(
  values: ArrayLike<number>,
  confidence: number,
  options: BettingOptions = {},
): { low: number; high: number } {
  const bets = betsOn(values, 1 - confidence)
  return narrowed({ low: 0, high: 1 }, { values, bets, rows: values.length, confidence, ...options })
}

/** Of a finite set the scores seen are certain, and those unseen are 0 to 1. */
function possibleMeans({ values, rows, population }: Wager): { low: number; high: number } {
  if (population === undefined) return { low: 0, high: 1 }
  let sum = 0
  for (let index = 0; index < rows; index++) sum += values[index] ?? 0
  return { low: sum / population, high: (sum + population - rows) / population }
}

/** ln of half the capital of the bet that the mean is above (1) or below (−1) `mean`, less ln(1/α): at 0 that mean is rejected. */
function excess({ values, bets, rows, confidence, population, cap = CAP }: Wager, mean: number, side: 1 | -1): number {
  const goal = Math.log(2 / (1 - confidence))
  let [capital, product, sum] = [0, 1, 0]
  for (let index = 0; index < rows; index++) {
    const value = values[index] ?? 0
    const expected = population === undefined ? mean : (population * mean - sum) / (population - index)
    const room = side === 1 ? expected : 1 - expected
    // The unseen scores cannot have such a mean.
    if (room < 0) return Infinity
    product *= 1 + side * Math.min(bets[index] ?? 0, cap / room) * (value - expected)
    sum += value
    if (index % FACTORS_PER_LOG !== FACTORS_PER_LOG - 1) continue
    capital += Math.log(product)
    product = 1
  }
  return capital + Math.log(product) - goal
}
