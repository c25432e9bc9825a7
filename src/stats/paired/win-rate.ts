/**
 * On how many items is the candidate better, equal, worse? Counts leave out by how much: beside the mean difference, with
 * which they may disagree.
 *
 * Source: Dixon & Mood 1946 (sign test).
 */
import { type Interval, wilsonInterval } from '../interval.ts'

export interface WinTieLoss {
  readonly wins: number
  readonly ties: number
  readonly losses: number
  /** (wins − losses) / pairs, −1..1; null without pairs. tangoInterval gives its limits. */
  readonly net: number | null
  /** Share of wins among the pairs that are no tie, with Wilson limits; null where all are ties. */
  readonly winRate: Interval | null
}

/** Keeps 0.3 − 0.1 a tie within 0.2. */
const ROUNDING = 1e-12

/** A pair is a tie when its scores are no further apart than `tieBand`. */
export function winTieLoss(differences: ArrayLike<number>, tieBand = 0, confidence = 0.95): WinTieLoss {
  let wins = 0
  let losses = 0
  for (let row = 0; row < differences.length; row++) {
    const difference = differences[row] ?? Number.NaN
    if (difference > tieBand + ROUNDING) wins += 1
    else if (difference < -tieBand - ROUNDING) losses += 1
  }
  const n = differences.length
  return {
    wins,
    ties: n - wins - losses,
    losses,
    net: n === 0 ? null : (wins - losses) / n,
    winRate: wins + losses === 0 ? null : wilsonInterval(wins, wins + losses, confidence),
  }
}
