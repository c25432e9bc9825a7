/** A run-level metric over answers that come one after the other, as the summary sums it up. */
import type { MetricTable, Observation, RunMetric } from '../../src/score/types.ts'

export interface Tally {
  add(observation: Observation): void
  finish(): {
    readonly n: number
    readonly figures: Readonly<Record<string, number | null>>
    readonly table: MetricTable | undefined
  }
}

export function tallyOf(metric: RunMetric): Tally {
  const sums = metric.create()
  const totals: number[] = []
  let n = 0
  return {
    add: (observation) => {
      n += 1
      const terms = sums.termsOf(observation)
      for (let at = 0; at < terms.length; at += 2) {
        const place = terms[at] ?? 0
        while (totals.length <= place) totals.push(0)
        totals[place] = (totals[place] ?? 0) + (terms[at + 1] ?? 0)
      }
    },
    finish: () => ({ n, figures: sums.figuresOf(totals), table: sums.tableOf?.(totals) }),
  }
}
