/**
 * Which contender is the cheapest that is good enough, and is it known already? Consulted before a trial is sent, told when one
 * is settled.
 *
 * Trials settle in any order; the rows are taken in as they were committed, each when all contenders that were in at the row
 * before have settled it. So the choice depends on the answers alone, and a run that was killed and gone on with chooses the same.
 */
import type { ScoreLine } from '../../journal/types.ts'
import type { PlanShape } from '../../plan/trials.ts'
import type { Trial } from '../../plan/types.ts'
import { Evidence } from './evidence.ts'
import { SettledTrials } from './settled-trials.ts'
import type { ChooseDesign } from './types.ts'

/** Mean costs of fewer answers would rank models by luck. */
const LEAST_ROWS = 30

/** Costs up to a hundredth apart are equal: quality ranks then. */
const EQUAL_COSTS = 1.01

/** What the rule is made for. */
export interface ChoosePlan {
  /** Samples in the order in which they are sent. */
  readonly order: Uint32Array
  readonly shape: PlanShape
}

export class ChooseRule {
  readonly design: ChooseDesign
  readonly trials: SettledTrials
  readonly evidence: Evidence
  readonly #costs: { usd: number; rows: number }[]
  readonly #qualities: { sum: number; rows: number }[]
  #rowsUsed = 0
  #chosen: number | null = null

  constructor(design: ChooseDesign, { order, shape }: ChoosePlan) {
    this.design = design
    this.trials = new SettledTrials(order, shape, design.metric)
    this.evidence = new Evidence(design)
    this.#costs = design.contenders.map(() => ({ usd: 0, rows: 0 }))
    this.#qualities = design.contenders.map(() => ({ sum: 0, rows: 0 }))
  }

  /** False: the verdict does not need this trial any more. */
  wants(trial: Trial): boolean {
    return this.#chosen === null && !this.evidence.isDropped(this.trials.contenderOf(trial))
  }

  /** A trial is over; `score` null: it failed or was not scored. True once nothing more is wanted at all. */
  settled(trial: Trial, score: ScoreLine | null): boolean {
    this.trials.set(trial, score)
    while (this.#isRowSettled()) this.#takeRow()
    return this.#chosen !== null
  }

  /** The answer; null: none so far. */
  get chosen(): number | null {
    return this.#chosen
  }

  /** Rows that the verdict has used. */
  get rowsUsed(): number {
    return this.#rowsUsed
  }

  /** Rows that were used of one contender. */
  rowsOf(contender: number): number {
    return this.evidence.droppedAtRow(contender) ?? this.#rowsUsed
  }

  /** Mean cost of an answer, USD; NaN when none is known. */
  costOf(contender: number): number {
    const { usd = 0, rows = 0 } = this.#costs[contender] ?? {}
    return usd / rows
  }

  /** Mean score of the rows used; NaN without any. */
  qualityOf(contender: number): number {
    const { sum = 0, rows = 0 } = this.#qualities[contender] ?? {}
    return sum / rows
  }

  /** Remaining contenders from the cheapest up, in groups of equal cost. By their list prices while costs are unknown. */
  byCost(): number[][] {
    const remaining = this.evidence.remaining
    const areKnown = remaining.every((contender) => !Number.isNaN(this.costOf(contender)))
    const price = (contender: number): number =>
      areKnown ? this.costOf(contender) : (this.design.contenders[contender]?.listPriceUsd ?? Infinity)
    const groups: number[][] = []
    let cheapest = 0
    for (const contender of remaining.sort((a, b) => price(a) - price(b) || a - b)) {
      const group = groups.at(-1)
      if (group !== undefined && price(contender) <= cheapest * EQUAL_COSTS) group.push(contender)
      else {
        groups.push([contender])
        cheapest = price(contender)
      }
    }
    return groups
  }

  /** The accepted one of highest mean score; null: none is. */
  bestAccepted(contenders: readonly number[]): number | null {
    const accepted = contenders.filter((contender) => this.evidence.isAccepted(contender))
    return accepted.reduce<number | null>(
      (best, one) => (best === null || this.qualityOf(one) > this.qualityOf(best) ? one : best),
      null,
    )
  }

  #isRowSettled(): boolean {
    const row = this.#rowsUsed
    if (this.#chosen !== null || row >= this.trials.rows) return false
    return this.evidence.remaining.every((contender) => this.trials.isSettled(row, contender))
  }

  #takeRow(): void {
    const row = this.#rowsUsed
    for (const contender of this.evidence.remaining) this.#count(row, contender)
    this.#rowsUsed += 1
    this.evidence.add(row, this.trials)
    if (this.#rowsUsed >= Math.min(LEAST_ROWS, this.trials.rows)) this.#chosen = this.#answer()
  }

  #count(row: number, contender: number): void {
    const [cost, quality] = [this.#costs[contender], this.#qualities[contender]]
    const [usd, score] = [this.trials.costUsd(row, contender), this.trials.quality(row, contender)]
    if (cost !== undefined && !Number.isNaN(usd)) {
      cost.usd += usd
      cost.rows += 1
    }
    if (quality !== undefined && !Number.isNaN(score)) {
      quality.sum += score
      quality.rows += 1
    }
  }

  /** The cheapest that is left, once it is known to be good enough. */
  #answer(): number | null {
    return this.bestAccepted(this.byCost()[0] ?? [])
  }
}
