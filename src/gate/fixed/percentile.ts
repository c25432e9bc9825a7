/** By what ratio do two percentiles of the latency differ? */
import { bounded, randomFrom } from '../../lib/random.ts'
import { plural } from '../../lib/text.ts'
import { nearestRank } from '../../stats/quantile.ts'
import { percentileOf } from '../metrics.ts'
import type { PairedValues } from '../pairs.ts'
import type { MetricAsked } from '../types.ts'
import { type FixedDesign, type FixedResult, NOTHING } from './result.ts'

/** Replicates of the ratio of two percentiles; beyond so many samples a random part of them is resampled. */
const RESAMPLES = 2_000
const MOST_SAMPLES = 10_000
/** Rows that have to be slower than the percentile: 10 are 20 rows for the median, and 200 for the 95th percentile. */
const LEAST_BEYOND = 10

/** Latency percentiles: ratio of the two, limits and p-values by a bootstrap that draws whole samples (clusters) for both. */
export function percentileResult(values: PairedValues, metric: MetricAsked, design: FixedDesign): FixedResult {
  const p = percentileOf(metric) ?? 0.5
  const { candidate, baseline } = values
  const [now, before] = [nearestRank(candidate.slice().sort(), p) ?? 0, nearestRank(baseline.slice().sort(), p) ?? 0]
  if (before === 0 || now === 0)
    return { ...NOTHING, baseline: before, candidate: now, flags: ['a percentile is 0: no ratio'] }
  const ratios = percentileRatios(values, p, design.label)
  const at = (share: number): number =>
    ratios[Math.min(ratios.length - 1, Math.max(0, Math.floor(share * ratios.length)))] ?? Number.NaN
  const pAtMost = (ratio: number): number => (1 + countWhere(ratios, (one) => one <= ratio)) / (ratios.length + 1)
  const pAtLeast = (ratio: number): number => (1 + countWhere(ratios, (one) => one >= ratio)) / (ratios.length + 1)
  // So few rows beyond the percentile say nothing of it: resampling would repeat the same one.
  const isFew = candidate.length * (1 - p) < LEAST_BEYOND
  const pAnyDrop = isFew ? 1 : pAtMost(1)
  const pPass = isFew ? 1 : pAtLeast(1 + metric.margin)
  return {
    ...NOTHING,
    baseline: before,
    candidate: now,
    difference: now / before - 1,
    low: at(design.alpha) - 1,
    high: at(1 - design.alpha) - 1,
    method: 'ratio by bootstrap',
    pRegression: design.alarmOn === 'any-drop' || isFew ? pAnyDrop : pAtMost(1 + metric.margin),
    pPass,
    pAnyDrop,
    flags: [
      ...(isFew ? [`${plural(candidate.length, 'row')} are too few for this percentile`] : []),
      ...(candidate.length > MOST_SAMPLES
        ? [`resampled from ${MOST_SAMPLES.toLocaleString('en-US')} of the samples`]
        : []),
    ],
  }
}

function percentileRatios({ candidate, baseline, clusterOf }: PairedValues, p: number, label: string): Float64Array {
  const random = randomFrom(label)
  const units = unitsOf(clusterOf, candidate.length)
  const drawn = Math.min(candidate.length, MOST_SAMPLES)
  return Float64Array.from({ length: RESAMPLES }, () => {
    const samples: number[] = []
    while (samples.length < drawn) for (const sample of units[bounded(units.length, random)] ?? []) samples.push(sample)
    const of = (values: Float64Array): number =>
      nearestRank(Float64Array.from(samples, (sample) => values[sample] ?? 0).sort(), p) ?? 0
    return of(candidate) / of(baseline)
  }).sort()
}

/** Samples that are drawn together. */
function unitsOf(clusterOf: Uint32Array | null, samples: number): readonly (readonly number[])[] {
  if (clusterOf === null) return Array.from({ length: samples }, (_, sample) => [sample])
  const units: number[][] = []
  for (const [sample, cluster] of clusterOf.entries()) (units[cluster] ??= []).push(sample)
  return units
}

function countWhere(values: Float64Array, holds: (value: number) => boolean): number {
  return values.reduce((count, value) => count + (holds(value) ? 1 : 0), 0)
}
