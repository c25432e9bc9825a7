/** What does a right answer cost, and how sure is that? All costs of the settled trials over those that passed, with Fieller's limits. */
import { ClusterTable } from './cluster-table.ts'
import type { Place } from './cluster-totals.ts'
import { RatioAccumulator } from './ratio.ts'
import type { Estimate } from './types.ts'

/** Sums of costs and passes by sample, of which totals are kept; or by cluster, 24 bytes each. */
export class CostPerCorrect {
  readonly #samples = new RatioAccumulator()
  #clusters: ClusterTable | undefined
  #sample = -1
  #usd = 0
  #passes = 0
  #trials = 0

  add({ sample, cluster }: Place, usd: number, passed: boolean): void {
    if (cluster !== undefined) {
      this.#clusters ??= new ClusterTable(3)
      this.#clusters.add(cluster, usd, passed ? 1 : 0, 1)
      return
    }
    if (sample !== this.#sample) this.#closeSample()
    this.#sample = sample
    this.#usd += usd
    this.#passes += passed ? 1 : 0
    this.#trials += 1
  }

  /** In dollars. Where the pass rate cannot be told from 0 there is a lower limit alone: mean cost over its upper Wilson limit. */
  estimate(confidence: number): Estimate {
    const totals = this.#totals()
    const { ratio, low, high, isUnbounded, atLeast } = totals.estimate(confidence)
    const known = { value: ratio, n: totals.rows }
    if (isUnbounded && atLeast !== null && atLeast > 0) {
      return { ...known, low: atLeast, high: null, method: 'fieller-unbounded' }
    }
    if (low === null || high === null) return { ...known, low: null, high: null, method: 'none' }
    return { ...known, low: Math.max(0, low), high, method: 'fieller' }
  }

  #totals(): RatioAccumulator {
    this.#closeSample()
    if (this.#clusters === undefined) return this.#samples
    const totals = new RatioAccumulator()
    for (const [usd = 0, passes = 0, trials = 0] of this.#clusters) totals.add(usd, passes, trials)
    return totals
  }

  #closeSample(): void {
    this.#samples.add(this.#usd, this.#passes, this.#trials)
    this.#usd = 0
    this.#passes = 0
    this.#trials = 0
  }
}
