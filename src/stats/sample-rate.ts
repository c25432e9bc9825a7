/** A rate or mean over samples that may have been asked several times. */
import { ClusteredRate, clusteredRateInterval, RunningMean, scoreInterval, wilsonInterval } from './interval.ts'
import type { Reducer } from './reducer.ts'
import type { Estimate } from './types.ts'

/**
 * Collects values in [0, 1], the epochs of one sample next to each other. The epochs of a sample are one cluster: counting
 * them as independent would make every interval too short.
 */
export class SampleRate {
  readonly #clusters = new ClusteredRate()
  readonly #means = new RunningMean()
  #binary = true
  #sample = -1
  #sum = 0
  #size = 0

  add(sampleIndex: number, value: number): void {
    if (sampleIndex !== this.#sample) {
      this.#closeSample()
      this.#sample = sampleIndex
    }
    if (value !== 0 && value !== 1) this.#binary = false
    this.#sum += value
    this.#size += 1
  }

  /** Wilson for pass/fail (clustered with epochs); t over sample means for graded scores, clipped to [0, 1]. */
  estimate(confidence: number): Estimate {
    this.#closeSample()
    const { rows, clusters } = this.#clusters
    // Items weigh the same even where an epoch of one failed; for balanced epochs both means are equal.
    const mean = this.#binary ? this.#clusters.mean : this.#means.mean
    if (rows === 0) return { value: null, low: null, high: null, n: 0, method: 'none' }
    const { low, high, method } = !this.#binary
      ? scoreInterval(this.#means, confidence)
      : clusters === rows
        ? wilsonInterval((mean ?? 0) * rows, rows, confidence)
        : clusteredRateInterval(this.#clusters, confidence)
    return { value: mean, low: Math.max(0, low), high: Math.min(1, high), n: rows, method }
  }

  #closeSample(): void {
    if (this.#size > 0) {
      this.#clusters.add(this.#sum, this.#size)
      this.#means.add(this.#sum / this.#size)
    }
    this.#sum = 0
    this.#size = 0
  }
}

/** The same for what a reducer makes of each sample's epochs: samples are counted, not answers. */
export class ReducedRate {
  readonly #reducer: Reducer
  readonly #reduced = new SampleRate()
  #sample = -1
  #values: number[] = []

  constructor(reducer: Reducer) {
    this.#reducer = reducer
  }

  add(sampleIndex: number, value: number): void {
    if (sampleIndex !== this.#sample) {
      this.#closeSample()
      this.#sample = sampleIndex
    }
    this.#values.push(value)
  }

  /** The mean over samples that the reducer has a value for. */
  estimate(confidence: number): Estimate {
    this.#closeSample()
    return this.#reduced.estimate(confidence)
  }

  #closeSample(): void {
    const reduced = this.#values.length === 0 ? null : this.#reducer.reduce(this.#values)
    if (reduced !== null) this.#reduced.add(this.#sample, reduced)
    this.#values = []
  }
}
