/**
 * What will the full run show? Two e-processes on the realised mean of all N differences, rows drawn without replacement in
 * committed order (Waudby-Smith & Ramdas 2020, "Confidence sequences for sampling without replacement"; statistics.md 11.5).
 *
 * It saves rows and says nothing of the noise between runs: two runs of one model differ, and this one is only asked how it
 * would end.
 */
import type { SequentialVerdict } from './gate-process.ts'
import { PredictableVariance } from './predictable-variance.ts'

/** What is fixed before the first row. */
export interface FullRunDesign {
  /** N, all rows of the run. */
  readonly rows: number
  /** REGRESSION: the mean of all N is at most this; PASS: it is above. */
  readonly threshold: number
  /** The distance from the threshold that the bets are tuned to, > 0. */
  readonly effect: number
  /** Error level of either verdict. */
  readonly alpha: number
  readonly cap?: number
  readonly priorWeight?: number
  readonly priorVariance?: number
}

/** Add each difference (−1..1) as it is known; by row N there is a verdict. */
export class FullRunProcess {
  readonly #design: Required<FullRunDesign>
  readonly #variance: PredictableVariance
  #verdict: SequentialVerdict | null = null
  #sum = 0
  #rows = 0
  #logPass = 0
  #logRegression = 0

  constructor(design: FullRunDesign) {
    this.#design = { cap: 0.75, priorWeight: 10, priorVariance: 0.25, ...design }
    const { priorWeight, priorVariance } = this.#design
    this.#variance = new PredictableVariance({ weight: priorWeight, variance: priorVariance, mean: 0 })
  }

  /** Returns the verdict once it is reached; differences added later change nothing. */
  add(difference: number): SequentialVerdict | null {
    if (!(Math.abs(difference) <= 1)) throw new RangeError(`a difference of scores cannot be ${difference}`)
    if (this.#verdict !== null) return this.#verdict
    this.#bet(difference)
    this.#sum += difference
    this.#rows += 1
    this.#variance.add(difference)
    this.#takeWhatIsCertain()
    this.#verdict = this.#reached()
    return this.#verdict
  }

  get rows(): number {
    return this.#rows
  }

  get verdict(): SequentialVerdict | null {
    return this.#verdict
  }

  /** Mean that the rows not yet seen would have if that of all were the threshold; outside of −1..1 it cannot be. */
  get expected(): number {
    const { rows, threshold } = this.#design
    return (rows * threshold - this.#sum) / (rows - this.#rows)
  }

  /** ln of the evidence against "at most the threshold"; Infinity when that is impossible. */
  get logPass(): number {
    return this.#logPass
  }

  /** ln of the evidence against "above the threshold"; Infinity when that is impossible. */
  get logRegression(): number {
    return this.#logRegression
  }

  #bet(difference: number): void {
    const { effect, cap } = this.#design
    const { expected } = this
    if (expected < -1) this.#logPass = Infinity
    if (expected > 1) this.#logRegression = Infinity
    if (Math.abs(expected) >= 1) return
    const bet = effect / (this.#variance.value + effect * effect)
    this.#logPass += Math.log1p(Math.min(bet, cap / (1 + expected)) * (difference - expected))
    this.#logRegression += Math.log1p(-Math.min(bet, cap / (1 - expected)) * (difference - expected))
  }

  /** The rows that are left can add or take away one each. */
  #takeWhatIsCertain(): void {
    const { rows, threshold } = this.#design
    const left = rows - this.#rows
    if ((this.#sum - left) / rows > threshold) this.#logPass = Infinity
    if ((this.#sum + left) / rows <= threshold) this.#logRegression = Infinity
  }

  #reached(): SequentialVerdict | null {
    const goal = -Math.log(this.#design.alpha)
    if (this.#logRegression >= goal) return 'REGRESSION'
    return this.#logPass >= goal ? 'PASS' : null
  }
}
