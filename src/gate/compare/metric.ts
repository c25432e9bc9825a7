/** One metric over pairs: what it is on both sides, and how far apart. */
import { winTieLoss } from '../../stats/paired/win-rate.ts'
import { countsOf, type PairedValues } from '../pairs.ts'
import { type AmountResult, amountDifference, latencyDifference } from './amounts.ts'
import { boundedDifference, type DifferenceResult, NO_PAIRS } from './differences.ts'
import type { ComparedKind, ComparedMetric } from './types.ts'

/** Missing beyond this share of the pairs, the bounds are shown. */
const FEW_MISSING = 0.02

/** A metric whose p-value is not adjusted yet. */
export type UnadjustedMetric = Omit<ComparedMetric, 'adjustedPValue' | 'isProven'>

const UNITS: Readonly<Record<string, ComparedMetric['unit']>> = { cost: 'USD', tokens: 'tokens', latency: 'ms' }

/** What a column of rows is. */
export function kindOf(column: string): ComparedKind {
  if (column === 'failures' || column === 'latency') return column
  return column === 'cost' || column === 'tokens' ? 'amount' : 'quality'
}

/** `asked` are the trials that both sides have asked; `label` names the stream of sampled tests. */
export function compareMetric(
  column: string,
  values: PairedValues,
  { asked, label }: { readonly asked: number; readonly label: string },
): UnadjustedMetric {
  const kind = kindOf(column)
  const differences = values.candidate.map((value, sample) => value - (values.baseline[sample] ?? Number.NaN))
  const difference = meanOf(differences)
  const { wins, ties, losses, net, winRate } = winTieLoss(differences)
  const { ratio, ...result } = resultOf(kind, differences, values, label)
  return {
    name: column,
    kind,
    unit: UNITS[column] ?? 'share',
    ...countsOf(values),
    baseline: meanOf(values.baseline),
    candidate: meanOf(values.candidate),
    difference,
    ...result,
    ratio,
    higher: wins,
    equal: ties,
    lower: losses,
    net,
    higherShare: winRate,
    worstCase: kind === 'quality' ? worstCase(difference, values, asked) : null,
  }
}

function resultOf(
  kind: ComparedKind,
  differences: Float64Array,
  values: PairedValues,
  label: string,
): DifferenceResult & { readonly ratio: AmountResult['ratio'] | null } {
  if (differences.length === 0) return { ...NO_PAIRS, ratio: null }
  switch (kind) {
    case 'amount':
      return amountDifference(differences, values)
    case 'latency':
      return latencyDifference(differences, values)
    case 'quality':
    case 'failures':
      return { ...boundedDifference(differences, values, { label, kind }), ratio: null }
  }
}

/** A failure has no score: what if it had the worst one, or the best? Told where many are missing, or more on one side. */
function worstCase(
  difference: number | null,
  { pairs, missingCandidate, missingBaseline }: PairedValues,
  asked: number,
): { low: number; high: number } | null {
  const missing = asked - pairs
  if (difference === null || (missing <= FEW_MISSING * asked && missingCandidate === missingBaseline)) return null
  return { low: (difference * pairs - missing) / asked, high: (difference * pairs + missing) / asked }
}

/** Null without values. */
function meanOf(values: Float64Array): number | null {
  if (values.length === 0) return null
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}
