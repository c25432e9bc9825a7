/**
 * How large may the next bet be? The variance as it is known before the next value, so that no bet uses the value that it is laid on.
 *
 * The prior counts as `weight` values of variance `variance` around `mean`. Any prior that is fixed before the run keeps every
 * guarantee; a good one settles sooner.
 */
export interface VariancePrior {
  readonly weight: number
  readonly variance: number
  readonly mean: number
}

/** Running variance of values, each taken from the mean as it stood when the value was in (statistics.md 11.3 and 11.4). */
export class PredictableVariance {
  /** Variance of the values so far. */
  value: number
  readonly #prior: VariancePrior
  #count = 0
  #sum = 0
  #squares = 0

  constructor(prior: VariancePrior) {
    this.#prior = prior
    this.value = prior.variance
  }

  add(value: number): void {
    const { weight, variance, mean } = this.#prior
    this.#count += 1
    this.#sum += value
    const centre = (weight * mean + this.#sum) / (weight + this.#count)
    this.#squares += (value - centre) ** 2
    this.value = (weight * variance + this.#squares) / (weight + this.#count)
  }
}
