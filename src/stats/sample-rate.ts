/** A rate or mean over samples that may have been asked several times. */
import { ClusterTotals, type Place, shareEstimate } from './cluster-totals.ts'
import { GradedMean } from './graded-mean.ts'
import type { Reducer } from './reducer.ts'
import type { Estimate } from './types.ts'

/**
 * Collects values in [0, 1], the epochs of one sample next to each other. The epochs of a sample are one cluster, and so are the
 * samples of a cluster: counting them as independent would make every interval too short.
 */
export class SampleRate {
  readonly #answers = new ClusterTotals()
  readonly #graded: GradedMean
  #binary = true
  #place: Place | undefined
  #sum = 0
  #size = 0

  /** `label` names the streams of random numbers for graded scores. */
  constructor(label = '') {
    this.#graded = new GradedMean(label)
  }

  add(place: Place, value: number): void {
    this.#answers.add(place, value)
    if (place.sample !== this.#place?.sample) this.#closeSample()
    this.#place = place
    if (value !== 0 && value !== 1) this.#binary = false
    this.#sum += value
    this.#size += 1
  }

  /** Passes and failures by sample and cluster. */
  get answers(): ClusterTotals {
    return this.#answers
  }

  /** Wilson for pass/fail (clustered with epochs or clusters); as graded-mean.ts says for graded scores. */
  estimate(confidence: number): Estimate {
    this.#closeSample()
    const rate = this.#answers.totals()
    const { mean } = this.#graded
    if (this.#binary || mean === null) return shareEstimate(rate, confidence)
    // Samples weigh the same even where an epoch of one failed; for balanced epochs both means are equal.
    return { value: mean, n: rate.rows, ...this.#graded.limits(confidence) }
  }

  #closeSample(): void {
    if (this.#size > 0) this.#graded.add(this.#sum / this.#size, this.#place?.cluster)
    this.#sum = 0
    this.#size = 0
  }
}

/** The same for what a reducer makes of each sample's epochs: samples are counted, not answers. */
export class ReducedRate {
  readonly #reducer: Reducer
  readonly #reduced: SampleRate
  #place: Place | undefined
  #values: number[] = []

  constructor(reducer: Reducer, label = '') {
    this.#reducer = reducer
    this.#reduced = new SampleRate(label)
  }

  add(place: Place, value: number): void {
    if (place.sample !== this.#place?.sample) this.#closeSample()
    this.#place = place
    this.#values.push(value)
  }

  /** The mean over samples that the reducer has a value for. */
  estimate(confidence: number): Estimate {
    this.#closeSample()
    return this.#reduced.estimate(confidence)
  }

  #closeSample(): void {
    const reduced = this.#values.length === 0 ? null : this.#reducer.reduce(this.#values)
    if (reduced !== null && this.#place !== undefined) this.#reduced.add(this.#place, reduced)
    this.#values = []
  }
}
