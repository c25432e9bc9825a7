/**
 * Is it worse by more than the margin? The verdict of one metric when all rows are in: non-inferiority and its opposite
 * (statistics.md 9 and 11.9). Not for runs that were stopped because of what they showed: sequential.ts.
 */
import { amountResult } from './fixed/amount.ts'
import { boundedResult } from './fixed/bounded.ts'
import { percentileResult } from './fixed/percentile.ts'
import { type FixedDesign, type FixedResult, NOTHING } from './fixed/result.ts'
import type { PairedValues } from './pairs.ts'
import type { MetricAsked } from './types.ts'

export type { FixedDesign, FixedResult } from './fixed/result.ts'

/** The numbers of one metric, its p-values not yet adjusted for the family that it belongs to. */
export function fixedResult(values: PairedValues, metric: MetricAsked, design: FixedDesign): FixedResult {
  if (values.samples === 0) return NOTHING
  switch (metric.kind) {
    case 'quality':
    case 'failures':
      return boundedResult(values, metric, design)
    case 'amount':
      return amountResult(values, metric, design)
    case 'percentile':
      return percentileResult(values, metric, design)
  }
}
