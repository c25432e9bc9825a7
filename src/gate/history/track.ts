/** How often has each row changed its verdict? Fed run by run, in order of time. */
import { KeyTable } from '../../lib/key-table.ts'
import { NumberList } from '../../lib/number-list.ts'
import { nearestRank } from '../../stats/quantile.ts'
import { binomialCdf } from '../../stats/special-functions.ts'
import type { FlakyRow, RowsOverTime, ShiftedRow } from './types.ts'

/** Rows that are named. */
const MOST_NAMED = 10
/** A change counts as lasting when the verdict stood so long before it, and so long from it on: the run of it and three more. */
const LASTING = 4

/** Chance that noise alone makes any row of a set look flaky. */
const CHANCE = 0.05

export interface RowPlace {
  /** Pair key, 32 hex digits: a row that was edited is another one. */
  readonly key: string
  readonly sample: string
  readonly epoch: number
}

export class RowTrack {
  readonly #table = new KeyTable()
  readonly #samples: string[] = []
  readonly #epochs = new NumberList()
  /** The verdict of the run that is being read, 0 or 1; NaN: none. */
  readonly #tonight = new NumberList()
  /** The one before that is known. */
  readonly #last = new NumberList()
  readonly #nights = new NumberList()
  readonly #passes = new NumberList()
  readonly #flips = new NumberList()
  /** Runs since the last flip, with that of it; and the run of it, by its place. */
  readonly #stretch = new NumberList()
  readonly #flippedIn = new NumberList()
  readonly #runs: string[] = []

  /** Of two lines of a row the later one holds. `passed` null: failed, or not judged. */
  see({ key, sample, epoch }: RowPlace, passed: boolean | null): void {
    const row = this.#table.get(key) ?? this.#append(key, sample, epoch)
    this.#tonight.set(row, passed === null ? Number.NaN : Number(passed))
  }

  /** The run has no more rows. */
  endNight(runId: string): void {
    this.#runs.push(runId)
    for (let row = 0; row < this.#samples.length; row++) this.#fold(row)
  }

  finish(): Omit<RowsOverTime, 'dataset' | 'model' | 'prompt' | 'simulated' | 'runs' | 'gone'> {
    const [changed, shifted]: [number[], number[]] = [[], []]
    for (let row = 0; row < this.#samples.length; row++) {
      if (at(this.#flips, row) > 1) changed.push(row)
      else if (this.#isShifted(row)) shifted.push(row)
    }
    const medianFlipRate = this.#medianFlipRate()
    const flaky = changed.filter((row) => this.#isFlaky(row, medianFlipRate ?? 0))
    const toFail = shifted.filter((row) => at(this.#last, row) === 0).length
    // Lines stand in the order in which answers came: what is equal goes by name.
    const byName = (one: number, other: number): number => this.#nameOf(one).localeCompare(this.#nameOf(other), 'en')
    flaky.sort((one, other) => this.#flipRate(other) - this.#flipRate(one) || byName(one, other))
    shifted.sort((one, other) => at(this.#flippedIn, other) - at(this.#flippedIn, one) || byName(one, other))
    return {
      rows: this.#samples.length,
      changedRows: changed.length,
      medianFlipRate,
      flakyRows: flaky.length,
      flaky: flaky.slice(0, MOST_NAMED).map((row) => this.#flakyRow(row)),
      shiftedToFail: toFail,
      shiftedToPass: shifted.length - toFail,
      shifted: shifted.slice(0, MOST_NAMED).map((row) => this.#shiftedRow(row)),
    }
  }

  #append(key: string, sample: string, epoch: number): number {
    const row = this.#samples.length
    this.#table.set(key, row)
    this.#samples.push(sample)
    this.#epochs.push(epoch)
    this.#tonight.push(Number.NaN)
    this.#last.push(Number.NaN)
    for (const list of [this.#nights, this.#passes, this.#flips, this.#stretch, this.#flippedIn]) list.push(0)
    return row
  }

  #fold(row: number): void {
    const verdict = at(this.#tonight, row)
    this.#tonight.set(row, Number.NaN)
    if (Number.isNaN(verdict)) return
    const last = at(this.#last, row)
    const isFlip = !Number.isNaN(last) && last !== verdict
    this.#nights.set(row, at(this.#nights, row) + 1)
    this.#passes.set(row, at(this.#passes, row) + verdict)
    this.#stretch.set(row, isFlip ? 1 : at(this.#stretch, row) + 1)
    this.#last.set(row, verdict)
    if (!isFlip) return
    this.#flips.set(row, at(this.#flips, row) + 1)
    this.#flippedIn.set(row, this.#runs.length - 1)
  }

  /** One flip in all: a row that changes now and then would look so by chance. */
  #isShifted(row: number): boolean {
    const after = at(this.#stretch, row)
    return at(this.#flips, row) === 1 && after >= LASTING && at(this.#nights, row) - after >= LASTING
  }

  /**
   * Answers that are drawn anew each night make every row change now and then. A flaky one changes so often that not one row of
   * the set would be expected to at the rate of the row in the middle: the binomial tail, times the number of rows. Half a flip
   * is added to that rate, since few runs without one do not tell that it is zero.
   */
  #isFlaky(row: number, medianFlipRate: number): boolean {
    const neighbours = at(this.#nights, row) - 1
    const rate = (medianFlipRate * neighbours + 0.5) / (neighbours + 1)
    const tail = 1 - binomialCdf(at(this.#flips, row) - 1, neighbours, rate)
    return tail * this.#samples.length <= CHANCE
  }

  #medianFlipRate(): number | null {
    const rates: number[] = []
    for (let row = 0; row < this.#samples.length; row++) if (at(this.#nights, row) > 1) rates.push(this.#flipRate(row))
    return nearestRank(Float64Array.from(rates).sort(), 0.5)
  }

  #flipRate(row: number): number {
    return at(this.#flips, row) / (at(this.#nights, row) - 1)
  }

  #nameOf(row: number): string {
    return `${this.#samples[row] ?? ''} ${at(this.#epochs, row)}`
  }

  #flakyRow(row: number): FlakyRow {
    const nights = at(this.#nights, row)
    return {
      sample: this.#samples[row] ?? '',
      epoch: at(this.#epochs, row),
      nights,
      flips: at(this.#flips, row),
      flipRate: this.#flipRate(row),
      passRate: at(this.#passes, row) / nights,
    }
  }

  #shiftedRow(row: number): ShiftedRow {
    const after = at(this.#stretch, row)
    return {
      sample: this.#samples[row] ?? '',
      epoch: at(this.#epochs, row),
      to: at(this.#last, row) === 1 ? 'pass' : 'fail',
      since: this.#runs[at(this.#flippedIn, row)] ?? '',
      before: at(this.#nights, row) - after,
      after,
    }
  }
}

function at(list: NumberList, index: number): number {
  return list.at(index) ?? Number.NaN
}
