/**
 * How far may a mean of graded scores be from the truth? The method follows from how many there are and how skewed they are:
 *
 * - t from 30 units on, and more than 25 times the squared skewness (Cochran's rule): below, its limits are too short on the
 *   side of the tail;
 * - else the BCa bootstrap over units; it covers less than it says with fewer than 10;
 * - and where all are alike, or fewer than 10, the betting interval, which holds for any scores and is wide.
 *
 * A unit is a sample (the mean of its epochs), or a cluster of samples.
 */
import { randomFrom, shuffled } from '../lib/random.ts'
import { jointLimits, type Limits } from './bootstrap.ts'
import { ClusterTable } from './cluster-table.ts'
import { rateOf } from './cluster-totals.ts'
import { clusteredMeanInterval, meanInterval, RunningMean } from './interval.ts'
import { bettingInterval } from './sequential/betting.ts'
import { UnitRows } from './unit-rows.ts'

/** Fewest units for t. */
const LEAST_FOR_T = 30
/** Cochran's rule: t from more than so many times the squared skewness. */
const PER_SQUARED_SKEWNESS = 25
/** Fewest samples for the bootstrap. */
const LEAST_FOR_BOOTSTRAP = 10
/** Betting takes time for each score and gains little from more of the same. */
const MOST_BETS = 10_000

/** Sum of the means of its samples, and their number. */
interface Unit {
  sum: number
  samples: number
}

/** Limits that are never of width 0, and how they were found. */
export interface GradedLimits {
  readonly low: number
  readonly high: number
  readonly method: string
  /** Clusters, where samples hang together. */
  readonly units?: number
}

/** Collects the mean of each sample, 0..1. What is kept has a bound; with clusters it is 16 bytes for each. */
export class GradedMean {
  readonly #label: string
  readonly #samples = new RunningMean()
  readonly #units: UnitRows<Unit>
  #clusters: ClusterTable | undefined

  /** `label` names the streams of random numbers. */
  constructor(label: string) {
    this.#label = label
    this.#units = unitRows(label)
  }

  add(mean: number, cluster: number | undefined): void {
    if (cluster === undefined) addTo(this.#units.of(this.#samples.count), mean, 1)
    else (this.#clusters ??= new ClusterTable(2)).add(cluster, mean, 1)
    this.#samples.add(mean)
  }

  /** Samples weigh the same. Null without any. */
  get mean(): number | null {
    return this.#samples.mean
  }

  /** Within [0, 1]. */
  limits(confidence: number): GradedLimits {
    const { low, high, method } =
      this.#clusters === undefined ? this.#ofSamples(confidence) : this.#ofClusters(confidence)
    const clusters = this.#clusters === undefined ? undefined : [...occupied(this.#clusters)].length
    const units = clusters === undefined || clusters === this.#samples.count ? {} : { units: clusters }
    // Resampled limits may leave the mean outside where a few scores decide it.
    const mean = this.mean ?? 0
    return { low: Math.max(0, Math.min(low, mean)), high: Math.min(1, Math.max(high, mean)), method, ...units }
  }

  #ofSamples(confidence: number): GradedLimits {
    const { count, skewness } = this.#samples
    const { low, high, method } = meanInterval(this.#samples, confidence)
    if (low === null || high === null) return this.#alike(count, confidence)
    if (isEnoughForT(count, skewness)) return { low, high, method }
    if (count < LEAST_FOR_BOOTSTRAP) return betting(this.#units.rows.map(meanOf), confidence, this.#label)
    return resampled(this.#units, confidence, this.#label) ?? { low, high, method }
  }

  #ofClusters(confidence: number): GradedLimits {
    const clusters = [...occupied(this.#clusters ?? [])]
    const total = rateOf(clusters.map(({ sum, samples }) => [sum, samples]))
    const { low, high, method } = clusteredMeanInterval(total, confidence)
    if (low === null || high === null) return this.#alike(clusters.length, confidence)
    const deviations = new RunningMean()
    for (const { sum, samples } of clusters) deviations.add(sum - samples * (total.mean ?? 0))
    // Few clusters: the bootstrap would be shorter still than t, and bets know nothing of clusters that weigh unequally.
    const isFew = clusters.length < LEAST_FOR_BOOTSTRAP
    if (isFew || isEnoughForT(clusters.length, deviations.skewness)) return { low, high, method }
    const units = unitRows(this.#label)
    for (const [index, { sum, samples }] of clusters.entries()) addTo(units.of(index), sum, samples)
    return resampled(units, confidence, this.#label) ?? { low, high, method }
  }

  /** There is one unit, or all are equal. */
  #alike(units: number, confidence: number): GradedLimits {
    const means = Array<number>(Math.min(units, MOST_BETS)).fill(this.mean ?? 0)
    return betting(means, confidence, this.#label)
  }
}

function isEnoughForT(units: number, skewness: number | null): boolean {
  return units >= LEAST_FOR_T && units > PER_SQUARED_SKEWNESS * (skewness ?? 0) ** 2
}

function unitRows(label: string): UnitRows<Unit> {
  const create = (): Unit => ({ sum: 0, samples: 0 })
  return new UnitRows({ create, merge: (into, { sum, samples }) => addTo(into, sum, samples) }, { label })
}

function addTo(unit: Unit, sum: number, samples: number): void {
  unit.sum += sum
  unit.samples += samples
}

function* occupied(clusters: Iterable<readonly number[]>): Generator<Unit> {
  for (const [sum = 0, samples = 0] of clusters) if (samples > 0) yield { sum, samples }
}

function meanOf({ sum, samples }: Unit): number {
  return samples === 0 ? 0 : sum / samples
}

/** BCa over units, those that are alike counted; null where it has no limits. */
function resampled({ rows, groups }: UnitRows<Unit>, confidence: number, label: string): GradedLimits | null {
  const kinds = new Map<string, Unit & { count: number }>()
  for (const { sum, samples } of rows) {
    const key = `${sum}/${samples}`
    const kind = kinds.get(key)
    if (kind === undefined) kinds.set(key, { sum, samples, count: 1 })
    else kind.count += 1
  }
  const all = [...kinds.values()]
  const statistics = (counts: ArrayLike<number>): (number | null)[] => {
    let [sum, samples] = [0, 0]
    for (const [index, kind] of all.entries()) {
      sum += kind.sum * (counts[index] ?? 0)
      samples += kind.samples * (counts[index] ?? 0)
    }
    return [samples === 0 ? null : sum / samples]
  }
  const counts = all.map(({ count }) => count)
  const [limits] = jointLimits(counts, statistics, { label, confidence })
  if (limits === undefined || limits.low === null || limits.high === null) return null
  return { low: limits.low, high: limits.high, method: withGroups(limits, groups).method }
}

/** `bca of 500 groups` where units were drawn into groups. */
export function withGroups(limits: Limits, groups: number | null): Limits {
  return groups === null || limits.low === null ? limits : { ...limits, method: `${limits.method} of ${groups} groups` }
}

/** In a random order: that of the dataset may have to do with the scores. */
function betting(means: readonly number[], confidence: number, label: string): GradedLimits {
  return { ...bettingInterval(shuffled(means, randomFrom(`${label}|order`)), confidence), method: 'betting' }
}
