/** A growing list of durations: 4 bytes each, exact to the microsecond, up to 71 minutes. */
import { quantileInterval } from './quantile.ts'
import type { Estimate, Percentiles } from './types.ts'

const LARGEST_US = 2 ** 32 - 1

/**
 * Exact percentiles from 4 bytes a value: for the millions of trials of a run that is smaller than it sounds, and a small
 * run gets true values where a histogram would give the edge of a bucket.
 */
export class Micros {
  #values = new Uint32Array(64)
  #count = 0

  add(us: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Uint32Array(this.#count * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#count++] = Math.min(LARGEST_US, us)
  }

  /** Nearest-rank percentiles in milliseconds, with intervals; a limit that n is too small for is null. */
  percentiles(confidence: number): Percentiles {
    // In place: nobody asks for the order in which they came.
    const sorted = this.#values.subarray(0, this.#count).sort()
    const at = (p: number): Estimate => {
      const { estimate, low, high, method } = quantileInterval(sorted, p, confidence)
      return { value: toMs(estimate), low: toMs(low), high: toMs(high), n: this.#count, method }
    }
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
  }
}

function toMs(us: number | null): number | null {
  return us === null ? null : us / 1_000
}
