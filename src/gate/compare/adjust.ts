/** Which of many differences stand up? P-values adjusted for their number; what is shown together is judged together. */
import { benjaminiHochberg, holm } from '../../stats/multiplicity.ts'
import { CONFIDENCE } from './differences.ts'
import type { UnadjustedMetric } from './metric.ts'
import type { UnadjustedPair } from './pair.ts'
import type { Adjustment, ComparedMetric, ComparedPair, ComparisonReport, FlipCounts } from './types.ts'

/** A pair with all but its adjusted p-values. */
export interface FlippedPair extends UnadjustedPair {
  readonly flips: FlipCounts | null
}

/** Quality metrics of all pairs are one family, slices of all pairs another; cost and the like are told one by one. */
export function adjusted(
  pairs: readonly FlippedPair[],
  adjustSlices: Adjustment,
): Pick<ComparisonReport, 'pairs' | 'adjusted'> {
  const quality = pairs.flatMap(({ metrics }) => metrics.filter(({ kind }) => kind === 'quality'))
  const slices = pairs.flatMap((pair) => pair.slices)
  const adjustedOf = new Map([...byHolm(quality), ...(adjustSlices === 'bh' ? byBh(slices) : byHolm(slices))])
  const withAdjusted = <M extends UnadjustedMetric>(metric: M): M & ComparedMetric => {
    const adjustedPValue = adjustedOf.get(metric) ?? metric.pValue
    return { ...metric, adjustedPValue, isProven: isProven(metric, adjustedPValue) }
  }
  return {
    pairs: pairs.map(
      (pair): ComparedPair => ({
        ...pair,
        metrics: pair.metrics.map(withAdjusted),
        slices: pair.slices.map(withAdjusted),
      }),
    ),
    adjusted: {
      quality: { method: 'holm', comparisons: comparisonsOf(quality) },
      slices: { method: adjustSlices, comparisons: comparisonsOf(slices) },
    },
  }
}

type Adjusted = [UnadjustedMetric, number | null][]

function byHolm(metrics: readonly UnadjustedMetric[]): Adjusted {
  const pValues = holm(metrics.map(({ pValue }) => pValue))
  return metrics.map((metric, index) => [metric, pValues[index] ?? null])
}

function byBh(metrics: readonly UnadjustedMetric[]): Adjusted {
  const pValues = benjaminiHochberg(metrics.map(({ pValue }) => pValue))
  return metrics.map((metric, index) => [metric, pValues[index] ?? null])
}

/** Those whose p-value cannot be told do not count. */
function comparisonsOf(metrics: readonly UnadjustedMetric[]): number {
  return metrics.filter(({ pValue }) => pValue !== null).length
}

/** Interval and p-value have to agree: they may differ by a hair at the edge. Of latency the interval is that of the ratio. */
function isProven({ kind, low, high, ratio }: UnadjustedMetric, pValue: number | null): boolean {
  const [from, to, nothing] = kind === 'latency' ? [ratio?.low ?? null, ratio?.high ?? null, 1] : [low, high, 0]
  if (pValue === null || from === null || to === null) return false
  return pValue <= 1 - CONFIDENCE && (from > nothing || to < nothing)
}
