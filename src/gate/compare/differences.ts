/** By how much do shares and scores differ, and could it be chance? Two-sided; candidate − baseline, within −1..1. */
import { mcnemar } from '../../stats/paired/mcnemar.ts'
import { clusterSums, meanDifference } from '../../stats/paired/difference.ts'
import { signFlipTest } from '../../stats/paired/permutation.ts'
import { tangoInterval } from '../../stats/paired/tango.ts'
import { minimumDetectable } from '../../stats/power.ts'
import { bettingInterval } from '../../stats/sequential/betting.ts'
import { studentCdf } from '../../stats/special-functions.ts'
import type { PairedValues } from '../pairs.ts'
import type { ComparedKind } from './types.ts'

/** Level of every interval that a comparison shows. */
export const CONFIDENCE = 0.95

/** Metrics whose values are 0..1. */
type BoundedKind = Extract<ComparedKind, 'quality' | 'failures'>

/** What the differences of one metric come to. */
export interface DifferenceResult {
  readonly low: number | null
  readonly high: number | null
  readonly method: string
  /** Of "no difference"; null where it cannot be told. */
  readonly pValue: number | null
  readonly test: string
  readonly minimumDetectable: number | null
  readonly flags: readonly string[]
}

export const NO_PAIRS: DifferenceResult = {
  low: null,
  high: null,
  method: 'none',
  pValue: null,
  test: 'none',
  minimumDetectable: null,
  flags: ['no pairs'],
}

/** Fewer units (samples, clusters) have a test of their own: it needs no normal curve. */
const LEAST_FOR_T = 30
/** Of the pairs, where none is known to differ: what a detectable difference of quality is told for then. */
const ASSUMED_DISCORDANCE = 0.2
/** Fewer pairs that differ cannot bring a p-value below 0.05, whichever way they differ. */
const LEAST_DISCORDANT = 6
/** Betting takes time for each value and gains little from more of the same. */
const MOST_BETS = 10_000

/**
 * Tango and McNemar for pass and fail; else Student over samples or clusters; and where all differences are alike, which no
 * spread can judge, a bet on bounded values. `label` names the stream of a sampled test.
 */
export function boundedDifference(
  differences: Float64Array,
  values: PairedValues,
  { label, kind }: { readonly label: string; readonly kind: BoundedKind },
): DifferenceResult {
  if (differences.length === 0) return NO_PAIRS
  return values.isBinary && values.clusterOf === null
    ? binaryDifference(differences, kind)
    : gradedDifference(differences, values, label)
}

function binaryDifference(differences: Float64Array, kind: BoundedKind): DifferenceResult {
  const n = differences.length
  const wins = countOf(differences, (difference) => difference > 0)
  const losses = countOf(differences, (difference) => difference < 0)
  const discordant = wins + losses
  const spread = Math.sqrt(discordant / n - ((wins - losses) / n) ** 2)
  // Answers of an unchanged model differ, failures need not: of these nothing is assumed.
  const assumed = kind === 'quality' ? Math.sqrt(ASSUMED_DISCORDANCE) : null
  const used = spread > 0 ? spread : assumed
  return {
    ...tangoInterval(wins, losses, n, CONFIDENCE),
    method: 'tango',
    pValue: mcnemar(wins, losses).midP,
    test: 'mcnemar mid-p',
    minimumDetectable: used === null ? null : minimumDetectable(n, used),
    flags: [
      ...(discordant === 0 ? ['degenerate: no pair differs'] : []),
      ...(discordant > 0 && discordant < LEAST_DISCORDANT ? [`too few pairs differ (${discordant}) to tell`] : []),
      ...(spread > 0 || assumed === null ? [] : ['detectable difference: 20 % of pairs assumed to differ']),
    ],
  }
}

function gradedDifference(differences: Float64Array, { clusterOf }: PairedValues, label: string): DifferenceResult {
  const { mean, standardError, df, low, high, degenerate, clusters } = meanDifference(
    differences,
    clusterOf,
    CONFIDENCE,
  )
  if (mean === null) return NO_PAIRS
  if (standardError === null || df === null || low === null || high === null || degenerate) {
    return alikeDifference(mean, clusters)
  }
  const isFew = clusters < LEAST_FOR_T
  const units = clusterOf === null ? differences : clusterSums(differences, clusterOf)
  const byT = { pValue: 2 * studentCdf(-Math.abs(mean / standardError), df), test: 't' }
  const bySigns = (): Pick<DifferenceResult, 'pValue' | 'test'> => {
    const { pTwoSided, exact } = signFlipTest(units, { label })
    return { pValue: pTwoSided, test: exact ? 'sign flips' : 'sign flips, sampled' }
  }
  return {
    low: Math.max(-1, low),
    high: Math.min(1, high),
    method: clusterOf === null ? 'paired t' : 'paired t over clusters',
    ...(isFew ? bySigns() : byT),
    minimumDetectable: minimumDetectable(differences.length, standardError * Math.sqrt(differences.length)),
    flags: isFew ? [`few ${clusterOf === null ? 'samples' : 'clusters'} (${clusters}) for a t interval`] : [],
  }
}

/** A single unit, or all alike in the mean: a bet on bounded values needs no spread. */
function alikeDifference(mean: number, units: number): DifferenceResult {
  const bets = new Float64Array(Math.min(units, MOST_BETS)).fill((mean + 1) / 2)
  const { low, high } = bettingInterval(bets, CONFIDENCE)
  return {
    low: 2 * low - 1,
    high: 2 * high - 1,
    method: 'betting',
    // As extreme are only the two patterns in which all signs are equal.
    pValue: mean === 0 ? 1 : 2 ** (1 - units),
    test: 'sign flips',
    minimumDetectable: null,
    flags: [units < 2 ? 'nothing to tell chance from' : 'degenerate: all differences are equal'],
  }
}

export function countOf(values: Float64Array, holds: (value: number) => boolean): number {
  let count = 0
  for (const value of values) if (holds(value)) count += 1
  return count
}
