/** How often was each sample asked, and what came of it? Runs of one setup as a pool of answers that nights can be drawn from. */
import { KeyTable } from '../../lib/key-table.ts'
import type { Rows } from '../rows.ts'

/** What came of one time that a sample was asked: the values of its epochs; NaN is unknown. */
export type Asking = readonly number[]

/** One model × prompt, one metric. */
export interface Answers {
  /** Askings of each sample. */
  readonly samples: readonly (readonly Asking[])[]
  /** Samples that are drawn as one: those of a cluster, or each alone. */
  readonly units: readonly (readonly number[])[]
}

/**
 * Joins runs by pair key. Of several runs each is one asking, as in a gate; of a single one its epochs are, since nothing else
 * shows how much two answers differ.
 */
export function answersOf(runs: readonly Rows[], valueOf: (rows: Rows, row: number) => number): Answers {
  const pool = new Pool(runs.length)
  for (const [run, rows] of runs.entries()) pool.add(run, rows, valueOf)
  return pool.finish()
}

/** A sample that is being read. */
interface PooledSample {
  /** Place in the order of sending of the run that had it first. */
  readonly order: number
  readonly cluster: string | null
  /** By run. */
  readonly epochs: number[][]
}

class Pool {
  readonly #runs: number
  readonly #samples: PooledSample[] = []
  readonly #sampleOf = new KeyTable()

  constructor(runs: number) {
    this.#runs = runs
  }

  add(run: number, rows: Rows, valueOf: (rows: Rows, row: number) => number): void {
    const keys = [...rows.keys()]
    // Epochs of a sample share its place in the order, which another seed makes another one: a known key tells both.
    const placed = new Map<number, number>()
    for (const [key, row] of keys) {
      const known = this.#sampleOf.get(key)
      if (known !== undefined) placed.set(rows.orderOf(row), known)
    }
    for (const [key, row] of keys) {
      const order = rows.orderOf(row)
      const sample = placed.get(order) ?? this.#begin(rows, row)
      placed.set(order, sample)
      this.#sampleOf.set(key, sample)
      this.#samples[sample]?.epochs[run]?.push(valueOf(rows, row))
    }
  }

  finish(): Answers {
    // By order, since that in which a table lists its keys follows from how it was filled.
    const samples = this.#samples.toSorted((one, other) => one.order - other.order)
    return { samples: samples.map(({ epochs }) => this.#askings(epochs)), units: unitsOf(samples) }
  }

  #begin(rows: Rows, row: number): number {
    const cluster = rows.clusterOf(row)
    this.#samples.push({
      order: rows.orderOf(row),
      cluster: cluster === undefined ? null : rows.clusterName(cluster),
      epochs: Array.from({ length: this.#runs }, () => []),
    })
    return this.#samples.length - 1
  }

  #askings(epochs: readonly (readonly number[])[]): readonly Asking[] {
    if (this.#runs === 1) return (epochs[0] ?? []).map((value) => [value])
    return epochs.filter((values) => values.length > 0)
  }
}

function unitsOf(samples: readonly PooledSample[]): readonly (readonly number[])[] {
  const units: number[][] = []
  const unitOf = new Map<string, number[]>()
  for (const [sample, { cluster }] of samples.entries()) {
    const unit = cluster === null ? undefined : unitOf.get(cluster)
    if (unit !== undefined) {
      unit.push(sample)
      continue
    }
    units.push([sample])
    if (cluster !== null) unitOf.set(cluster, units.at(-1) ?? [])
  }
  return units
}

/** The same without the samples that `isKept` refuses, by the number of their askings. */
export function keepSamples({ samples, units }: Answers, isKept: (askings: number) => boolean): Answers {
  const numbers = new Map<number, number>()
  for (const [sample, askings] of samples.entries()) if (isKept(askings.length)) numbers.set(sample, numbers.size)
  return {
    samples: samples.filter((_, sample) => numbers.has(sample)),
    units: units.map((unit) => unit.flatMap((sample) => numbers.get(sample) ?? [])).filter((unit) => unit.length > 0),
  }
}

/** Mean of the known values; null without any. */
export function meanAnswer({ samples }: Answers): number | null {
  let [sum, count] = [0, 0]
  for (const askings of samples) {
    for (const asking of askings) {
      for (const value of asking) {
        if (Number.isNaN(value)) continue
        sum += value
        count += 1
      }
    }
  }
  return count === 0 ? null : sum / count
}
