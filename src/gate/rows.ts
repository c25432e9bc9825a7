/**
 * What did each trial of one model × prompt come to? By pair key, in columns of numbers: about 100 bytes a trial, so that two
 * runs of a million rows can be compared in memory.
 */
import type { UnscoredLine, ScoreLine } from '../journal/types.ts'
import { KeyTable } from '../lib/key-table.ts'
import { NumberList } from '../lib/number-list.ts'
import { orderKey } from '../dataset/select.ts'

/** Columns that every row has; NaN is unknown. Scores have columns of their own, by label. */
export const FIXED_COLUMNS = ['failures', 'pass_rate', 'cost', 'tokens', 'latency'] as const

/** The name of a scorer's column. */
export function scoreColumn(label: string): string {
  return `score:${label}`
}

/** One trial as a row: `values` by column. */
export interface RowValues {
  /** Pair key, 32 hex digits. */
  readonly key: string
  /** Place of the sample in the order of sending, 0..1: equal for its epochs. */
  readonly order: number
  /** Null: the sample stands alone. */
  readonly cluster: string | null
  readonly values: Readonly<Record<string, number>>
}

export class Rows {
  readonly model: string
  readonly prompt: string
  readonly #table = new KeyTable()
  readonly #order = new NumberList()
  readonly #columns = new Map<string, NumberList>()
  /** Columns of scores, by label. */
  readonly #scores = new Map<string, NumberList>()
  /** Numbers of clusters by value; empty when no row has one. */
  readonly #clusters = new Map<string, number>()
  readonly #clusterNames: string[] = []
  #clusterOf: NumberList | undefined
  /** Rows that are asked anew and have not been answered so far. */
  readonly #forgotten = new Set<number>()

  constructor(place: { readonly model: string; readonly prompt: string }) {
    this.model = place.model
    this.prompt = place.prompt
  }

  get size(): number {
    return this.#order.length
  }

  get columns(): readonly string[] {
    return [...this.#columns.keys()]
  }

  get hasClusters(): boolean {
    return this.#clusterOf !== undefined
  }

  /** Adds a row; of two with one key the later one holds. */
  set({ key, order, cluster, values }: RowValues): void {
    const row = this.#rowFor(key, () => order, cluster)
    for (const [name, value] of Object.entries(values)) this.#column(name).set(row, value)
  }

  /** Adds what a line says: the same as `set` of its rowOfLine, in a fraction of the time. */
  setLine(line: ScoreLine | UnscoredLine, seed: number): void {
    const row = this.#rowFor(line.pairKey, () => orderKey(seed, line.sample), line.cluster ?? null)
    if ('failed' in line) {
      this.#column('failures').set(row, failureValue(line))
      return
    }
    this.#column('failures').set(row, 0)
    this.#column('pass_rate').set(row, passValue(line))
    this.#column('cost').set(row, costValue(line))
    this.#column('tokens').set(row, line.tokens ?? Number.NaN)
    this.#column('latency').set(row, latencyValue(line))
    for (const label of Object.keys(line.scores)) this.#scoreColumn(label).set(row, line.scores[label] ?? Number.NaN)
  }

  /** NaN where the row has none. */
  value(column: string, row: number): number {
    return this.#columns.get(column)?.at(row) ?? Number.NaN
  }

  /** Reads a column row by row: what `value` does, without looking for the column each time. */
  reader(column: string): (row: number) => number {
    const list = this.#columns.get(column)
    return list === undefined ? () => Number.NaN : (row) => list.at(row) ?? Number.NaN
  }

  /** All values of a row, by column. */
  valuesAt(row: number): Record<string, number> {
    return Object.fromEntries([...this.#columns].map(([name, column]) => [name, column.at(row) ?? Number.NaN]))
  }

  /** Place of the row's sample in the order of sending, 0..1; equal for the epochs of a sample. */
  orderOf(row: number): number {
    return this.#order.at(row) ?? 0
  }

  /** The number of the row's cluster; undefined where samples stand alone. */
  clusterOf(row: number): number | undefined {
    return this.#clusterOf?.at(row)
  }

  clusterName(number: number): string {
    return this.#clusterNames[number] ?? ''
  }

  rowOf(key: string): number | undefined {
    return this.#table.get(key)
  }

  /** What was said of the key holds no longer; takes effect in `kept`. */
  forget(key: string): void {
    const row = this.rowOf(key)
    if (row !== undefined) this.#forgotten.add(row)
  }

  /** The rows that still hold. */
  kept(): Rows {
    if (this.#forgotten.size === 0) return this
    const kept = new Rows(this)
    for (const [key, row] of this.keys()) {
      if (this.#forgotten.has(row)) continue
      const cluster = this.clusterOf(row)
      kept.set({
        key,
        order: this.orderOf(row),
        cluster: cluster === undefined || Number.isNaN(cluster) ? null : this.clusterName(cluster),
        values: this.valuesAt(row),
      })
    }
    return kept
  }

  /** Visits every row with the other's row of the same key; undefined where the other has none. */
  join(other: Rows, visit: (row: number, otherRow: number | undefined) => void): void {
    this.#table.join(other.#table, visit)
  }

  /** Keys with their rows, in no order. */
  keys(): Generator<readonly [string, number]> {
    return this.#table.entries()
  }

  /** The row of the key, without any value: those of an earlier line do not hold for a later one. */
  #rowFor(key: string, order: () => number, cluster: string | null): number {
    const next = this.size
    const row = this.#table.add(key, next)
    this.#forgotten.delete(row)
    if (row === next) {
      this.#order.push(order())
      for (const column of this.#columns.values()) column.push(Number.NaN)
      this.#clusterOf?.push(Number.NaN)
    } else {
      for (const column of this.#columns.values()) column.set(row, Number.NaN)
    }
    if (cluster !== null) this.#setCluster(row, cluster)
    return row
  }

  /** Labels are few: making the name anew for every row would cost more than finding its column. */
  #scoreColumn(label: string): NumberList {
    let column = this.#scores.get(label)
    if (column === undefined) this.#scores.set(label, (column = this.#column(scoreColumn(label))))
    return column
  }

  #column(name: string): NumberList {
    let column = this.#columns.get(name)
    if (column === undefined) this.#columns.set(name, (column = new NumberList(this.size, Number.NaN)))
    return column
  }

  #setCluster(row: number, cluster: string): void {
    let number = this.#clusters.get(cluster)
    if (number === undefined) {
      this.#clusters.set(cluster, (number = this.#clusters.size))
      this.#clusterNames.push(cluster)
    }
    this.#clusterOf ??= new NumberList(this.size, Number.NaN)
    this.#clusterOf.set(row, number)
  }
}

/** What a line of scores.jsonl says of its trial; the run's `seed` decides the order in which samples were sent. */
export function rowOfLine(line: ScoreLine | UnscoredLine, seed: number): RowValues {
  const { pairKey: key, sample, cluster = null } = line
  const place = { key, order: orderKey(seed, sample), cluster }
  if ('failed' in line) {
    return { ...place, values: { failures: failureValue(line) } }
  }
  const { scores, tokens } = line
  return {
    ...place,
    values: {
      failures: 0,
      pass_rate: passValue(line),
      cost: costValue(line),
      tokens: tokens ?? Number.NaN,
      latency: latencyValue(line),
      ...Object.fromEntries(Object.entries(scores).map(([label, value]) => [scoreColumn(label), value ?? Number.NaN])),
    },
  }
}

function failureValue({ failed }: UnscoredLine): number {
  return failed === null ? 0 : 1
}

function passValue({ passed }: ScoreLine): number {
  return passed === null ? Number.NaN : passed ? 1 : 0
}

/** USD. */
function costValue({ costUsd }: ScoreLine): number {
  return costUsd === null ? Number.NaN : Number(costUsd)
}

/** Milliseconds. */
function latencyValue({ latencyUs }: ScoreLine): number {
  return latencyUs === null ? Number.NaN : latencyUs / 1_000
}
