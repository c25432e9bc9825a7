/** What did every trial come to? By its place in committed order, 24 bytes a trial, as far as trials have settled. */
import type { ScoreLine } from '../../journal/types.ts'
import { NumberList } from '../../lib/number-list.ts'
import type { PlanShape } from '../../plan/trials.ts'
import type { Trial } from '../../plan/types.ts'
import { scoreIn } from './score-in.ts'
import type { PairRow } from './pair-evidence.ts'

/** Scores are 0..1 or NaN. */
const NOT_SETTLED = -1

/** Trials by row (sample, in committed order) and contender; a contender has a trial for every epoch. */
export class SettledTrials {
  readonly contenders: number
  readonly epochs: number
  readonly #metric: string
  readonly #perRow: number
  readonly #models: number
  readonly #rowOf: Uint32Array
  readonly #scores = new NumberList()
  readonly #costs = new NumberList()
  readonly #latencies = new NumberList()
  #count = 0

  constructor(order: Uint32Array, { prompts, models, epochs }: PlanShape, metric: string) {
    this.contenders = prompts * models
    this.epochs = epochs
    this.#models = models
    this.#metric = metric
    this.#perRow = prompts * models * epochs
    this.#rowOf = new Uint32Array(order.length)
    for (const [row, sampleIndex] of order.entries()) this.#rowOf[sampleIndex] = row
  }

  /** Trials that have settled, one of a later session not twice. */
  get count(): number {
    return this.#count
  }

  get rows(): number {
    return this.#rowOf.length
  }

  contenderOf({ promptIndex, modelIndex }: Trial): number {
    return promptIndex * this.#models + modelIndex
  }

  /** `line` null: failed, or not scored. */
  set(trial: Trial, line: ScoreLine | null): void {
    const row = this.#rowOf[trial.sampleIndex] ?? 0
    const place = this.#place(row, this.contenderOf(trial), trial.epoch - 1)
    while (this.#scores.length <= place) this.#append()
    if (this.#scores.at(place) === NOT_SETTLED) this.#count += 1
    this.#scores.set(place, line === null ? Number.NaN : scoreIn(line, this.#metric))
    this.#costs.set(place, line?.costUsd == null ? Number.NaN : Number(line.costUsd))
    this.#latencies.set(place, line?.latencyUs == null ? Number.NaN : line.latencyUs / 1_000)
  }

  /** Whether every epoch of the row has settled. */
  isSettled(row: number, contender: number): boolean {
    for (let epoch = 0; epoch < this.epochs; epoch++) {
      if ((this.#scores.at(this.#place(row, contender, epoch)) ?? NOT_SETTLED) === NOT_SETTLED) return false
    }
    return true
  }

  /** The difference of two contenders on a settled row. */
  pairRow(row: number, first: number, second: number): PairRow {
    let [sum, missing] = [0, 0]
    for (let epoch = 0; epoch < this.epochs; epoch++) {
      const difference = this.#score(row, first, epoch) - this.#score(row, second, epoch)
      if (Number.isNaN(difference)) missing += 1
      else sum += difference
    }
    return { difference: sum / this.epochs, missing: missing / this.epochs }
  }

  /** Mean over the epochs that have a score; NaN where none has. */
  quality(row: number, contender: number): number {
    return this.#meanOf(this.#scores, row, contender)
  }

  /** Mean cost of an answer, USD; NaN where none is known. */
  costUsd(row: number, contender: number): number {
    return this.#meanOf(this.#costs, row, contender)
  }

  /** Mean latency in ms; NaN where none is known. */
  latencyMs(row: number, contender: number): number {
    return this.#meanOf(this.#latencies, row, contender)
  }

  /** Latencies of a contender's answers on the first rows, in ascending order, ms. */
  latencies(contender: number, rows: number): Float64Array {
    const all = Array.from({ length: rows * this.epochs }, (_, trial) => {
      const place = this.#place(Math.floor(trial / this.epochs), contender, trial % this.epochs)
      return this.#latencies.at(place) ?? Number.NaN
    })
    return Float64Array.from(all.filter((latency) => !Number.isNaN(latency))).sort()
  }

  /** Trials of a settled row that have no score. */
  missing(row: number, contender: number): number {
    let missing = 0
    for (let epoch = 0; epoch < this.epochs; epoch++) {
      if (Number.isNaN(this.#score(row, contender, epoch))) missing += 1
    }
    return missing
  }

  #meanOf(list: NumberList, row: number, contender: number): number {
    let [sum, known] = [0, 0]
    for (let epoch = 0; epoch < this.epochs; epoch++) {
      const value = list.at(this.#place(row, contender, epoch)) ?? Number.NaN
      if (Number.isNaN(value)) continue
      sum += value
      known += 1
    }
    return sum / known
  }

  #score(row: number, contender: number, epoch: number): number {
    return this.#scores.at(this.#place(row, contender, epoch)) ?? Number.NaN
  }

  #place(row: number, contender: number, epoch: number): number {
    return row * this.#perRow + contender * this.epochs + epoch
  }

  #append(): void {
    this.#scores.push(NOT_SETTLED)
    this.#costs.push(Number.NaN)
    this.#latencies.push(Number.NaN)
  }
}
