/**
 * How far apart are two pass rates on the same items, given all four counts? Both Wilson intervals put together with the
 * correlation between the models.
 *
 * Source: Newcombe 1998, "Improved confidence intervals for the difference between binomial proportions based on paired
 * data" (method 10).
 */
import { wilsonInterval } from '../interval.ts'

/** Items by the verdicts of both models. */
export interface PairedCounts {
  readonly bothPass: number
  /** Only the candidate passes. */
  readonly wins: number
  /** Only the baseline passes. */
  readonly losses: number
  readonly bothFail: number
}

export interface NewcombeInterval {
  /** Candidate − baseline; null without pairs. */
  readonly estimate: number | null
  readonly low: number
  readonly high: number
  /** Correlation of the verdicts, corrected towards 0; 0 where one model gives one verdict only. */
  readonly phi: number
}

/** Limits of candidate − baseline, inside −1..1. */
export function newcombePaired(counts: PairedCounts, confidence = 0.95): NewcombeInterval {
  const { bothPass, wins, losses, bothFail } = counts
  const n = bothPass + wins + losses + bothFail
  if (n === 0) return { estimate: null, low: -1, high: 1, phi: 0 }
  const estimate = (wins - losses) / n
  const [candidateRate, baselineRate] = [(bothPass + wins) / n, (bothPass + losses) / n]
  const candidate = wilsonInterval(bothPass + wins, n, confidence)
  const baseline = wilsonInterval(bothPass + losses, n, confidence)
  const phi = correlation(counts, n)
  const down = distance(candidateRate - candidate.low, baseline.high - baselineRate, phi)
  const up = distance(candidate.high - candidateRate, baselineRate - baseline.low, phi)
  return { estimate, low: Math.max(-1, estimate - down), high: Math.min(1, estimate + up), phi }
}

/** The phi coefficient, a positive one with half a pair per pair taken off its numerator. */
function correlation({ bothPass, wins, losses, bothFail }: PairedCounts, n: number): number {
  const margins = (bothPass + wins) * (losses + bothFail) * (bothPass + losses) * (wins + bothFail)
  if (margins === 0) return 0
  const agreement = bothPass * bothFail - wins * losses
  return (agreement > 0 ? Math.max(agreement - n / 2, 0) : agreement) / Math.sqrt(margins)
}

/** Length of the third side, the cosine of the angle between the other two being `phi`. */
function distance(one: number, other: number, phi: number): number {
  return Math.sqrt(Math.max(0, one * one - 2 * phi * one * other + other * other))
}
