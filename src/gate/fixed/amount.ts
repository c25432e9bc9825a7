/** By what ratio do costs and tokens differ? */
import { plural } from '../../lib/text.ts'
import { meanDifference } from '../../stats/paired/difference.ts'
import { oneSided } from '../../stats/paired/non-inferiority.ts'
import type { PairedValues } from '../pairs.ts'
import type { MetricAsked } from '../types.ts'
import { type FixedDesign, type FixedResult, meanOf, NOTHING } from './result.ts'

/**
 * Costs and tokens: ratio of the means. "The ratio is at most 1 + x" is "(1 + x)·baseline − candidate is not negative in the
 * mean", a paired t test without any division; the limits invert it (Fieller 1954).
 */
export function amountResult(
  { candidate, baseline, clusterOf, samples }: PairedValues,
  { margin }: MetricAsked,
  design: FixedDesign,
): FixedResult {
  const [now, before] = [meanOf(candidate), meanOf(baseline)]
  const gainAt = (ratio: number): { p: (side: 'pLess' | 'pGreater') => number } => {
    const gains = candidate.map((value, sample) => ratio * (baseline[sample] ?? Number.NaN) - value)
    const { mean, standardError, df, degenerate } = meanDifference(gains, clusterOf)
    return {
      p: (side) => {
        if (mean === null || standardError === null || df === null) return 1
        // Equal in every row: with enough of them, known and not estimated.
        if (degenerate) return df >= LEAST_EQUAL && (side === 'pGreater' ? mean > 0 : mean < 0) ? 0 : 1
        return oneSided(mean, standardError, df, 0)[side]
      },
    }
  }
  const pAnyDrop = gainAt(1).p('pLess')
  const limits = ratioLimits((ratio) => gainAt(ratio).p('pGreater'), before === 0 ? null : now / before, design.alpha)
  return {
    ...NOTHING,
    baseline: before,
    candidate: now,
    difference: before === 0 ? null : now / before - 1,
    low: limits.low === null ? null : limits.low - 1,
    high: limits.high === null ? null : limits.high - 1,
    method: 'ratio by Fieller',
    pRegression: design.alarmOn === 'any-drop' ? pAnyDrop : gainAt(1 + margin).p('pLess'),
    pPass: gainAt(1 + margin).p('pGreater'),
    pAnyDrop,
    flags: [
      ...(before === 0 ? ['the baseline is 0: no ratio'] : []),
      ...(samples < FEW ? [`${plural(samples, 'row')} are few for a t test`] : []),
    ],
  }
}

/** Equal differences that are taken for a rule: by chance all of so many would be alike in one case of a million. */
const LEAST_EQUAL = 20
const FEW = 10

/** Ratios at which the one-sided test is just at α, by bisection on both sides of the ratio seen. */
function ratioLimits(
  pGreater: (ratio: number) => number,
  seen: number | null,
  alpha: number,
): { low: number | null; high: number | null } {
  if (seen === null || seen <= 0) return { low: null, high: null }
  const crossing = (level: number, from: number, to: number): number | null => {
    // p falls as the ratio rises.
    let [low, high] = [from, to]
    if (pGreater(low) < level || pGreater(high) > level) return null
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2
      if (pGreater(middle) > level) low = middle
      else high = middle
    }
    return (low + high) / 2
  }
  return { low: crossing(1 - alpha, 0, seen), high: crossing(alpha, seen, 100 * seen) }
}
