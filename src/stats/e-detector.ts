/**
 * Has the mean fallen below what is tolerated, whatever the scores look like? Sequential change detection by e-values (Shin,
 * Ramdas & Rinaldo 2022, "E-detectors"; statistics.md 18.3).
 *
 * Alarms at 1/α: as long as the mean stays at `tolerated` or above, the mean time to the first alarm is at least 1/α values,
 * without a distribution. Rows tell more than nightly means.
 */
export interface DetectorDesign {
  /** The lowest mean that is in order, 0 < tolerated < 1. */
  readonly tolerated: number
  /** Bets λ, each 0 < λ ≤ 1/(1 − tolerated): large ones are quick about large drops. Their detectors are averaged. */
  readonly bets: readonly number[]
  readonly alpha: number
}

/** Values in [0, 1], one after the other; it goes on after an alarm. */
export class EDetector {
  readonly #design: DetectorDesign
  readonly #cusums: Float64Array
  readonly #sums: Float64Array

  constructor(design: DetectorDesign) {
    const { bets, tolerated } = design
    if (bets.length === 0 || !bets.every((bet) => bet > 0 && bet * (1 - tolerated) <= 1)) {
      throw new RangeError(`bets of ${bets.join(', ')} are no bets on a mean below ${tolerated}`)
    }
    this.#design = design
    this.#cusums = new Float64Array(bets.length)
    this.#sums = new Float64Array(bets.length)
  }

  add(value: number): void {
    const { bets, tolerated } = this.#design
    for (const [index, bet] of bets.entries()) {
      const factor = 1 + bet * (tolerated - value)
      this.#cusums[index] = Math.max(this.#cusums[index] ?? 0, 1) * factor
      this.#sums[index] = ((this.#sums[index] ?? 0) + 1) * factor
    }
  }

  /** Evidence for a drop since the likeliest start: M = max(M, 1)·(1 + λ(tolerated − x)). */
  get cusum(): number {
    return mean(this.#cusums)
  }

  /** Evidence summed over all starts (Shiryaev & Roberts), never less than the other: R = (R + 1)·(1 + λ(tolerated − x)). */
  get shiryaevRoberts(): number {
    return mean(this.#sums)
  }

  get isCusumAlarm(): boolean {
    return this.cusum >= 1 / this.#design.alpha
  }

  get isShiryaevRobertsAlarm(): boolean {
    return this.shiryaevRoberts >= 1 / this.#design.alpha
  }
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
