/** What the charts are drawn from; part of the page as JSON. Shares are 0..1, costs in USD, times in milliseconds. */

/** A figure with its limits; null where there are none. */
export interface Limits {
  readonly value: number
  readonly low: number | null
  readonly high: number | null
}

/** Everything refers to a model × prompt by its place in `series`. */
export interface ChartData {
  /** Names of model × prompt, short enough for a phone. */
  readonly series: readonly string[]
  readonly qualityCost: readonly QualityCostPoint[]
  readonly slices: SliceChart
  readonly costs: CostChart
  readonly latency: readonly LatencyCurves[]
}

export interface QualityCostPoint {
  readonly series: number
  readonly passRate: Limits
  readonly costPer1000Usd: Limits
  /** No other one is at least as good in both and better in one. */
  readonly isOnFrontier: boolean
}

export interface SliceChart {
  /** Pass rate over all rows, by series; empty where lines of so many would hide the rest. */
  readonly overall: readonly (number | null)[]
  /** In the order in which they are drawn. */
  readonly slices: readonly { readonly name: string; readonly rates: readonly SliceRate[] }[]
}

export interface SliceRate {
  readonly series: number
  readonly passRate: Limits
  /** How it differs from the other rows, in words; null where that is not proven. */
  readonly mark: string | null
}

export interface CostChart {
  /** What they are called, in the order in which a bar has them. */
  readonly parts: readonly string[]
  /** USD by part, 0 where there is none; `other` may be below it. */
  readonly bars: readonly { readonly series: number; readonly amounts: readonly number[] }[]
}

/** How many of the answers have come after so long: points of a step curve. */
export interface LatencyCurves {
  readonly series: number
  readonly ttft: Curve
  readonly total: Curve
}

/** Times rise, and with them the counts, of which the last is that of all answers. */
export interface Curve {
  readonly ms: readonly number[]
  readonly count: readonly number[]
}
