/** What do the answers of a group come to by the metrics of their scorers, such as macro-F1, and how sure is that? */
import type { ScoreLine } from '../journal/types.ts'
import type { MetricSums, Observation, RunMetric } from '../score/types.ts'
import { jointLimits, type Limits } from './bootstrap.ts'
import { type Place, shareEstimate } from './cluster-totals.ts'
import { withGroups } from './graded-mean.ts'
import { ClusteredRate } from './interval.ts'
import type { Estimate, MetricReport } from './types.ts'
import { UnitRows } from './unit-rows.ts'

/** One metric per scorer that has one. */
export class Metrics {
  readonly #metrics: ReadonlyMap<string, ResampledMetric>

  /** `streamOf` names the stream of random numbers of a figure. */
  constructor(metrics: ReadonlyMap<string, RunMetric>, streamOf: (metric: string) => string) {
    this.#metrics = new Map(
      [...metrics].map(([label, metric]) => [label, new ResampledMetric(metric, streamOf(`metric:${label}`))]),
    )
  }

  add(place: Place, { observations }: ScoreLine): void {
    if (observations === undefined) return
    for (const [label, metric] of this.#metrics) {
      const observation = observations[label]
      if (observation !== undefined) metric.add(place, observation)
    }
  }

  /** By scorer, in the order given. */
  finish(confidence: number): Record<string, MetricReport> {
    return Object.fromEntries([...this.#metrics].map(([label, metric]) => [label, metric.finish(confidence)]))
  }
}

/** What the answers of a unit add up to. */
interface Row {
  answers: number
  /** By place. */
  readonly sums: Map<number, number>
}

const ROWS = {
  create: (): Row => ({ answers: 0, sums: new Map() }),
  merge: (into: Row, from: Row): void => {
    into.answers += from.answers
    for (const [place, amount] of from.sums) into.sums.set(place, (into.sums.get(place) ?? 0) + amount)
  },
}

/**
 * A metric whose units, samples or clusters of them, are resampled whole: BCa, with the figures of a metric sharing their
 * replicates. Of more than 2,000 units their groups are (unit-rows.ts), so that memory does not grow with the answers.
 */
class ResampledMetric {
  readonly #metric: RunMetric
  readonly #sums: MetricSums
  readonly #label: string
  /** Made with the first answer, which says whether its unit comes again. */
  #units: UnitRows<Row> | undefined
  #places = 0
  #answers = 0

  constructor(metric: RunMetric, label: string) {
    this.#metric = metric
    this.#sums = metric.create()
    this.#label = label
  }

  add({ sample, cluster }: Place, observation: Observation): void {
    this.#units ??= new UnitRows(ROWS, { label: this.#label, comesAgain: cluster !== undefined })
    this.#answers += 1
    const row = this.#units.of(cluster ?? sample)
    row.answers += 1
    const terms = this.#sums.termsOf(observation)
    for (let at = 0; at < terms.length; at += 2) {
      const place = terms[at] ?? 0
      row.sums.set(place, (row.sums.get(place) ?? 0) + (terms[at + 1] ?? 0))
      if (place >= this.#places) this.#places = place + 1
    }
  }

  finish(confidence: number): MetricReport {
    const kinds = kindsOf(this.#units?.rows ?? [])
    const counts = kinds.map(({ count }) => count)
    const totals = totalsOf(kinds, counts, this.#places)
    const values = Object.entries(this.#sums.figuresOf(totals))
    const statistics = (drawn: ArrayLike<number>): (number | null)[] =>
      Object.values(this.#sums.figuresOf(totalsOf(kinds, drawn, this.#places)))
    const limits = jointLimits(counts, statistics, { label: this.#label, confidence })
    const { shares = [], withoutInterval = [] } = this.#metric
    const figures = values.map(([name, value], index): [string, Estimate] => {
      if (shares.includes(name)) return [name, this.#share(name, kinds, confidence)]
      const found = withoutInterval.includes(name) ? undefined : limits[index]
      return [name, estimateOf(value, this.#answers, found, this.#units?.groups ?? null)]
    })
    const table = this.#sums.tableOf?.(totals)
    return { n: this.#answers, figures: Object.fromEntries(figures), ...(table === undefined ? {} : { table }) }
  }

  #share(name: string, kinds: readonly RowKind[], confidence: number): Estimate {
    const rate = new ClusteredRate()
    for (const kind of kinds) {
      const ofKind = this.#sums.figuresOf(totalsOf([kind], [1], this.#places))[name] ?? 0
      for (let unit = 0; unit < kind.count; unit++) rate.add(ofKind * kind.answers, kind.answers)
    }
    const { units, ...estimate } = shareEstimate(rate, confidence)
    const groups = this.#units?.groups ?? null
    if (groups !== null) return { ...estimate, ...withGroups(estimate, groups) }
    return units === undefined ? estimate : { ...estimate, units }
  }
}

/** The figure stays within its limits: those of figures that resampling shifts, such as a calibration error, may leave it outside. */
function estimateOf(value: number | null, n: number, limits: Limits | undefined, groups: number | null): Estimate {
  if (value === null || limits === undefined) return { value, low: null, high: null, n, method: 'none' }
  const { low, high, method } = withGroups(limits, groups)
  if (low === null || high === null) return { value, low, high, n, method }
  return { value, low: Math.min(low, value), high: Math.max(high, value), n, method }
}

/** Rows that are alike, as places and amounts side by side. */
interface RowKind {
  readonly answers: number
  readonly places: Uint32Array
  readonly amounts: Float64Array
  count: number
}

/** In the order of their first. Rows without an answer are none. */
function kindsOf(rows: readonly Row[]): RowKind[] {
  const kinds = new Map<string, RowKind>()
  for (const { answers, sums } of rows) {
    if (answers === 0) continue
    const sorted = [...sums].sort(([a], [b]) => a - b)
    const key = `${answers}: ${sorted.join(' ')}`
    const kind = kinds.get(key)
    if (kind !== undefined) {
      kind.count += 1
      continue
    }
    const places = Uint32Array.from(sorted, ([place]) => place)
    kinds.set(key, { answers, places, amounts: Float64Array.from(sorted, ([, amount]) => amount), count: 1 })
  }
  return [...kinds.values()]
}

function totalsOf(kinds: readonly RowKind[], counts: ArrayLike<number>, places: number): Float64Array {
  const totals = new Float64Array(places)
  for (let kind = 0; kind < kinds.length; kind++) {
    const count = counts[kind] ?? 0
    const row = kinds[kind]
    if (count === 0 || row === undefined) continue
    for (let at = 0; at < row.places.length; at++) {
      const place = row.places[at] ?? 0
      totals[place] = (totals[place] ?? 0) + count * (row.amounts[at] ?? 0)
    }
  }
  return totals
}
