/**
 * One night: a baseline and a candidate that is worse by a known drop, drawn from the answers that there are, and what the gate
 * says of them. Samples are drawn with replacement (statistics.md 11.7 with this dataset's own items), clusters as a whole.
 */
import { bounded, type Random } from '../../lib/random.ts'
import { GateProcess } from '../../stats/sequential/gate-process.ts'
import { fixedResult } from '../fixed.ts'
import { wordOf } from '../fixed-verdicts.ts'
import type { PairedValues } from '../pairs.ts'
import type { AlarmOn, MetricAsked, VerdictWord } from '../types.ts'
import type { Answers, Asking } from './answers.ts'

/** How pairs are drawn. */
export interface PairRules {
  /** Chance that an answer of the candidate comes to nothing: the true drop over the mean of the answers. */
  readonly spoiled: number
  /** Chance that the candidate gives the answer to any sample in place of its own; null: its own answers differ. */
  readonly replaced: number | null
}

/** What the gate was asked about one metric, higher being better. */
export interface NightDesign {
  readonly metric: MetricAsked
  readonly alpha: number
  readonly alarmOn: AlarmOn
  readonly sequential: boolean
  /** Metrics over all models and prompts. */
  readonly family: number
}

export interface NightEnd {
  readonly verdict: VerdictWord
  /** Share of the rows that were looked at, 0..1. */
  readonly rowsUsed: number
}

export class Night {
  readonly #answers: Answers
  readonly #design: NightDesign
  readonly #rules: PairRules
  readonly #random: Random
  readonly #largestUnit: number
  /** Which askings the samples of the unit drawn last are compared by, each 0..1: whole clusters share a run's luck. */
  #first = 0
  #other = 0
  /** The pair drawn last; NaN is missing. */
  #baseline = Number.NaN
  #candidate = Number.NaN

  constructor(answers: Answers, design: NightDesign, rules: PairRules, random: Random) {
    this.#answers = answers
    this.#design = design
    this.#rules = rules
    this.#random = random
    this.#largestUnit = answers.units.reduce((most, unit) => Math.max(most, unit.length), 1)
  }

  /** Plays the next one. */
  play(): NightEnd {
    return this.#design.sequential ? this.#untilDecided() : { verdict: this.#whenAllAreIn(), rowsUsed: 1 }
  }

  #untilDecided(): NightEnd {
    const { units, samples } = this.#answers
    const { metric, alpha, family, alarmOn } = this.#design
    const process = new GateProcess({
      margin: metric.margin,
      alphaRegression: alpha / family,
      alphaPass: alpha,
      alarmOn,
      largestUnit: this.#largestUnit,
      meanUnit: samples.length / units.length,
    })
    while (process.verdict === null && process.units < units.length) {
      const unit = this.#drawUnit()
      let [sum, missing] = [0, 0]
      for (const sample of unit) {
        this.#drawPair(sample)
        const difference = this.#candidate - this.#baseline
        if (Number.isNaN(difference)) missing += 1
        else sum += difference
      }
      process.add(sum, unit.length, missing)
    }
    return { verdict: process.verdict ?? 'INCONCLUSIVE', rowsUsed: process.units / units.length }
  }

  #whenAllAreIn(): VerdictWord {
    const { metric, alpha, alarmOn, family } = this.#design
    const values = this.#drawAll()
    const result = fixedResult(values, metric, { alpha, alarmOn, label: '' })
    // The first step of Holm's: what the smallest p-value of the family has to bear.
    return wordOf(result, Math.min(1, result.pRegression * family), values, alpha)
  }

  #drawAll(): PairedValues {
    const { units } = this.#answers
    const [candidate, baseline, clusterOf]: [number[], number[], number[]] = [[], [], []]
    let [missingCandidate, missingBaseline, missing, isBinary] = [0, 0, 0, true]
    for (let cluster = 0; cluster < units.length; cluster++) {
      for (const sample of this.#drawUnit()) {
        this.#drawPair(sample)
        if (Number.isNaN(this.#candidate)) missingCandidate += 1
        if (Number.isNaN(this.#baseline)) missingBaseline += 1
        if (Number.isNaN(this.#candidate - this.#baseline)) {
          missing += 1
          continue
        }
        candidate.push(this.#candidate)
        baseline.push(this.#baseline)
        clusterOf.push(cluster)
        isBinary &&= isPassOrFail(this.#candidate) && isPassOrFail(this.#baseline)
      }
    }
    return {
      pairs: candidate.length,
      samples: candidate.length,
      clusters: new Set(clusterOf).size,
      missingCandidate,
      missingBaseline,
      missing,
      onlyCandidate: 0,
      onlyBaseline: 0,
      candidate: new Float64Array(candidate),
      baseline: new Float64Array(baseline),
      clusterOf: this.#largestUnit === 1 ? null : new Uint32Array(clusterOf),
      isBinary,
    }
  }

  #drawUnit(): readonly number[] {
    const { units } = this.#answers
    this.#first = this.#random.uniform()
    this.#other = this.#random.uniform()
    return units[bounded(units.length, this.#random)] ?? []
  }

  /** Two askings of the sample that are not the same one; of a single one the candidate's may be another sample's. */
  #drawPair(sample: number): void {
    const { samples } = this.#answers
    const { replaced } = this.#rules
    const askings = samples[sample] ?? []
    const first = Math.floor(this.#first * askings.length)
    this.#baseline = meanOf(askings[first])
    if (replaced === null) {
      const other = Math.floor(this.#other * (askings.length - 1))
      this.#candidate = this.#spoiled(askings[other < first ? other : other + 1])
    } else if (this.#random.uniform() < replaced) {
      const others = samples[bounded(samples.length, this.#random)] ?? []
      this.#candidate = this.#spoiled(others[bounded(others.length, this.#random)])
    } else this.#candidate = this.#spoiled(askings[first])
  }

  /** The mean of the known values, each of which comes to nothing at times; NaN without any. */
  #spoiled(asking: Asking = []): number {
    const { spoiled } = this.#rules
    let sum = 0
    let count = 0
    for (const value of asking) {
      if (Number.isNaN(value)) continue
      if (spoiled === 0 || value <= 0 || this.#random.uniform() >= spoiled) sum += value
      count += 1
    }
    return sum / count
  }
}

/** Of the known values; NaN without any. */
function meanOf(asking: Asking = []): number {
  let sum = 0
  let count = 0
  for (const value of asking) {
    if (Number.isNaN(value)) continue
    sum += value
    count += 1
  }
  return sum / count
}

function isPassOrFail(value: number): boolean {
  return value === 0 || value === 1
}
