/** What do the answers of a group come to by the metrics of their scorers, such as macro-F1? */
import type { ScoreLine } from '../journal/types.ts'
import type { MetricAccumulator, MetricReport, RunMetric } from '../score/types.ts'

/** One accumulator per scorer that has a metric. */
export class Metrics {
  readonly #accumulators: ReadonlyMap<string, MetricAccumulator>

  constructor(metrics: ReadonlyMap<string, RunMetric>) {
    this.#accumulators = new Map([...metrics].map(([label, metric]) => [label, metric.create()]))
  }

  add({ observations }: ScoreLine): void {
    if (observations === undefined) return
    for (const [label, accumulator] of this.#accumulators) {
      const observation = observations[label]
      if (observation !== undefined) accumulator.add(observation)
    }
  }

  /** By scorer, in the order given. */
  finish(): Record<string, MetricReport> {
    return Object.fromEntries([...this.#accumulators].map(([label, accumulator]) => [label, accumulator.finish()]))
  }
}
