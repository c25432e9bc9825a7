/** By how much, and by what ratio, do costs, tokens and latencies differ? Values of any size, lower is better. */
import { meanDifference, type MeanDifference } from '../../stats/paired/difference.ts'
import { minimumDetectable } from '../../stats/power.ts'
import { fieller } from '../../stats/ratio.ts'
import { studentCdf } from '../../stats/special-functions.ts'
import type { PairedValues } from '../pairs.ts'
import { CONFIDENCE, type DifferenceResult } from './differences.ts'
import type { ComparedRatio } from './types.ts'

/** A difference with the ratio that belongs to it. */
export interface AmountResult extends DifferenceResult {
  readonly ratio: ComparedRatio
}

/** Cost and tokens: the mean difference by Student, and the ratio of the totals with Fieller's limits. */
export function amountDifference(differences: Float64Array, values: PairedValues): AmountResult {
  const spread = meanDifference(differences, values.clusterOf, CONFIDENCE)
  return {
    ...limitsOf(spread, values),
    ...testOf(spread),
    minimumDetectable: detectable(spread),
    ratio: ratioOfTotals(spread, values),
    flags: flagsOf(spread),
  }
}

/** Latency: a slow answer is slow by a factor, so ratios are what is averaged. Those of 0 ms, which have none, are left out. */
export function latencyDifference(differences: Float64Array, values: PairedValues): AmountResult {
  const { candidate, baseline, clusterOf } = values
  const isTimed = (_: unknown, sample: number): boolean => (candidate[sample] ?? 0) > 0 && (baseline[sample] ?? 0) > 0
  const logs = candidate.map((now, sample) => Math.log(now) - Math.log(baseline[sample] ?? Number.NaN)).filter(isTimed)
  const spread = meanDifference(logs, clusterOf?.filter(isTimed) ?? null, CONFIDENCE)
  const change = detectable(spread)
  const untimed = differences.length - logs.length
  return {
    ...limitsOf(meanDifference(differences, clusterOf, CONFIDENCE), values),
    ...testOf(spread, 't of log ratios'),
    minimumDetectable: change === null ? null : Math.expm1(change),
    ratio: {
      value: exponential(spread.mean),
      low: exponential(spread.low),
      high: exponential(spread.high),
      method: 'paired t of log ratios',
    },
    flags: [...flagsOf(spread), ...(untimed === 0 ? [] : [`no ratio for ${untimed} samples of 0 ms`])],
  }
}

function limitsOf(
  { low, high }: MeanDifference,
  { clusterOf }: PairedValues,
): Pick<DifferenceResult, 'low' | 'high' | 'method'> {
  return { low, high, method: clusterOf === null ? 'paired t' : 'paired t over clusters' }
}

function testOf(
  { mean, standardError, df, degenerate }: MeanDifference,
  test = 't',
): Pick<DifferenceResult, 'pValue' | 'test'> {
  if (mean === null || standardError === null || df === null) return { pValue: null, test: 'none' }
  if (degenerate) return { pValue: mean === 0 ? 1 : null, test: mean === 0 ? 'all are equal' : 'none' }
  return { pValue: 2 * studentCdf(-Math.abs(mean / standardError), df), test }
}

function detectable({ n, standardError, degenerate }: MeanDifference): number | null {
  return standardError === null || degenerate ? null : minimumDetectable(n, standardError * Math.sqrt(n))
}

function flagsOf({ n, degenerate }: MeanDifference): string[] {
  return [...(n === 0 ? ['no pairs'] : []), ...(degenerate ? ['degenerate: all differences are equal'] : [])]
}

/** The covariance of two means follows from their variances and that of their difference. */
function ratioOfTotals(difference: MeanDifference, { candidate, baseline, clusterOf }: PairedValues): ComparedRatio {
  const [now, before] = [meanDifference(candidate, clusterOf), meanDifference(baseline, clusterOf)]
  const method = 'ratio of totals by Fieller'
  if (now.mean === null || before.mean === null || before.mean === 0) {
    return { value: null, low: null, high: null, method: 'none' }
  }
  const value = now.mean / before.mean
  const unknown = { value, low: null, high: null, method }
  if (now.standardError === null || before.standardError === null || difference.standardError === null) return unknown
  const [varianceOfNumerator, varianceOfDenominator] = [now.standardError ** 2, before.standardError ** 2]
  const limits = fieller(
    {
      numerator: now.mean,
      denominator: before.mean,
      varianceOfNumerator,
      varianceOfDenominator,
      covariance: (varianceOfNumerator + varianceOfDenominator - difference.standardError ** 2) / 2,
      degreesOfFreedom: now.clusters - 1,
    },
    CONFIDENCE,
  )
  // An interval of zero width is never given.
  return limits.kind === 'bounded' && limits.low < limits.high ? { ...unknown, ...limitsOnly(limits) } : unknown
}

function limitsOnly({ low, high }: { low: number; high: number }): { low: number; high: number } {
  return { low, high }
}

function exponential(value: number | null): number | null {
  return value === null ? null : Math.exp(value)
}
