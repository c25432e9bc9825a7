/**
 * What is resampled, when there are more units than can be kept? Up to 2,000 units (samples, clusters) have a row of their own;
 * of more, each is drawn into one of 500 groups, and the groups are resampled whole. Groups of independent units are
 * independent units, so their spread tells the same; that it is told by 500 of them makes limits differ by some 3 %.
 *
 * Groups are drawn at random, seeded: units dealt out in turn would share out whatever order the dataset has evenly, and the
 * groups would be more alike than chance would have them.
 */
import { bounded, type Random, randomFrom } from '../lib/random.ts'

const MOST_UNITS = 2_000
const GROUPS = 500

/** What the sums of a row are kept in. */
export interface RowKind<Row> {
  create(): Row
  /** Adds the sums of another row. */
  merge(into: Row, from: Row): void
}

export class UnitRows<Row> {
  readonly #kind: RowKind<Row>
  readonly #label: string
  /** Of units that may come again: the row of each. */
  readonly #rowOf: Map<number, number> | undefined
  #rows: Row[] = []
  #random: Random | undefined
  #last: { readonly unit: number; readonly row: Row } | undefined

  /** `label` names the stream that groups are drawn from. `comesAgain`: rows of a unit need not stand together. */
  constructor(kind: RowKind<Row>, { label, comesAgain = false }: { label: string; comesAgain?: boolean }) {
    this.#kind = kind
    this.#label = label
    this.#rowOf = comesAgain ? new Map() : undefined
  }

  /** The row that the sums of a unit belong to. */
  of(unit: number): Row {
    if (this.#last?.unit === unit) return this.#last.row
    let index = this.#rowOf?.get(unit)
    if (index === undefined) {
      index = this.#newRow()
      this.#rowOf?.set(unit, index)
    }
    const row = this.#rows[index] as Row
    this.#last = { unit, row }
    return row
  }

  /** In the order of their first units, or by group. */
  get rows(): readonly Row[] {
    return this.#rows
  }

  /** The number of groups; null while every unit has a row of its own. */
  get groups(): number | null {
    return this.#random === undefined ? null : this.#rows.length
  }

  /** Where a unit that is new goes. */
  #newRow(): number {
    if (this.#random === undefined && this.#rows.length < MOST_UNITS) return this.#rows.push(this.#kind.create()) - 1
    this.#random ??= this.#intoGroups()
    return bounded(GROUPS, this.#random)
  }

  #intoGroups(): Random {
    const random = randomFrom(`${this.#label}|groups`)
    const groups = Array.from({ length: GROUPS }, () => this.#kind.create())
    const drawn = this.#rows.map((row) => {
      const group = bounded(GROUPS, random)
      this.#kind.merge(groups[group] as Row, row)
      return group
    })
    for (const [unit, index] of this.#rowOf ?? []) this.#rowOf?.set(unit, drawn[index] ?? 0)
    this.#rows = groups
    return random
  }
}
