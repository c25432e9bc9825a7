/** What the charts of the trends are drawn from: written into the page by the server, read by its script. */
export interface TrendData {
  readonly metric: string
  /** What the metric is counted in; shares are 0..1. */
  readonly unit: 'share' | 'USD' | 'ms' | 'number'
  readonly series: readonly {
    readonly segments: readonly {
      /** Of the control chart; null: there is none. */
      readonly mean: number | null
      readonly nights: readonly TrendNight[]
    }[]
  }[]
}

/** One run. */
export interface TrendNight {
  /** "2026-11-23 02:00", in universal time. */
  readonly at: string
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  readonly alarm: 'upper' | 'lower' | null
  /** False: part of the trials alone. */
  readonly isCharted: boolean
}
