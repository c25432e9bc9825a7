/** Which rows of two runs belong together, and how far apart are their values? */
import { dispatchOrder } from '../dataset/select.ts'
import { NumberList } from '../lib/number-list.ts'
import type { Rows } from './rows.ts'
import type { PairCounts } from './types.ts'

/** Trials that both sides have asked, in the order in which the candidate's were sent. */
export interface Pairs {
  readonly candidate: Rows
  readonly baseline: Rows
  readonly candidateRows: Uint32Array
  readonly baselineRows: Uint32Array
  /** Trials that one side alone has asked. */
  readonly onlyCandidate: number
  readonly onlyBaseline: number
}

/** Joins two sides by pair key. Epochs of one sample come next to each other. */
export function pairRows(candidate: Rows, baseline: Rows): Pairs {
  const [left, right] = [new NumberList(), new NumberList()]
  candidate.join(baseline, (row, other) => {
    if (other === undefined) return
    left.push(row)
    right.push(other)
  })
  // Read once: the sort looks at each eight times, in an order that the memory is slow at.
  const places = Float64Array.from({ length: left.length }, (_, pair) => candidate.orderOf(left.at(pair) ?? 0))
  const order = dispatchOrder({ length: places.length, at: (pair) => places[pair] })
  return {
    candidate,
    baseline,
    candidateRows: order.map((pair) => left.at(pair) ?? 0),
    baselineRows: order.map((pair) => right.at(pair) ?? 0),
    onlyCandidate: candidate.size - left.length,
    onlyBaseline: baseline.size - left.length,
  }
}

/** Values of one column over samples that have them on both sides: means over the epochs of each. */
export interface PairedValues extends PairCounts {
  readonly candidate: Float64Array
  readonly baseline: Float64Array
  /** The cluster of each sample, numbered from 0; null: each stands alone. */
  readonly clusterOf: Uint32Array | null
  /** Every sample has one pair, and every value is 0 or 1. */
  readonly isBinary: boolean
}

/** The counts alone. */
export function countsOf(values: PairedValues): PairCounts {
  const { pairs, samples, clusters, missingCandidate, missingBaseline, missing, onlyCandidate, onlyBaseline } = values
  return { pairs, samples, clusters, missingCandidate, missingBaseline, missing, onlyCandidate, onlyBaseline }
}

/** Reads a column of both sides, sample by sample. */
export function valuesOf(pairs: Pairs, column: string, baselineColumn = column): PairedValues {
  const reader = new SampleReader(pairs)
  const { candidate, baseline, candidateRows, baselineRows, onlyCandidate, onlyBaseline } = pairs
  const [now, before] = [candidate.reader(column), baseline.reader(baselineColumn)]
  for (let index = 0; index < candidateRows.length; index++) {
    const row = candidateRows[index] ?? 0
    reader.add(row, now(row), before(baselineRows[index] ?? 0))
  }
  return { ...reader.finish(), onlyCandidate, onlyBaseline }
}

/** Pairs → samples, their epochs averaged. */
class SampleReader {
  readonly #rows: Rows
  readonly #candidate = new NumberList()
  readonly #baseline = new NumberList()
  readonly #clusters = new NumberList()
  readonly #numberOf = new Map<number, number>()
  #pairs = 0
  #missingCandidate = 0
  #missingBaseline = 0
  #missing = 0
  #isBinary = true
  #order = -1
  #row = 0
  #size = 0
  #candidateSum = 0
  #baselineSum = 0

  constructor({ candidate }: Pairs) {
    this.#rows = candidate
  }

  add(row: number, candidate: number, baseline: number): void {
    const order = this.#rows.orderOf(row)
    if (order !== this.#order) this.#closeSample()
    this.#order = order
    this.#row = row
    if (Number.isNaN(candidate)) this.#missingCandidate += 1
    if (Number.isNaN(baseline)) this.#missingBaseline += 1
    if (Number.isNaN(candidate) || Number.isNaN(baseline)) {
      this.#missing += 1
      return
    }
    this.#pairs += 1
    this.#size += 1
    this.#candidateSum += candidate
    this.#baselineSum += baseline
    if ((candidate !== 0 && candidate !== 1) || (baseline !== 0 && baseline !== 1)) this.#isBinary = false
  }

  finish(): Omit<PairedValues, 'onlyCandidate' | 'onlyBaseline'> {
    this.#closeSample()
    const hasClusters = this.#rows.hasClusters
    return {
      pairs: this.#pairs,
      samples: this.#candidate.length,
      clusters: hasClusters ? this.#numberOf.size : this.#candidate.length,
      missingCandidate: this.#missingCandidate,
      missingBaseline: this.#missingBaseline,
      missing: this.#missing,
      candidate: toArray(this.#candidate),
      baseline: toArray(this.#baseline),
      clusterOf: hasClusters ? Uint32Array.from(toArray(this.#clusters)) : null,
      isBinary: this.#isBinary && this.#pairs === this.#candidate.length,
    }
  }

  #closeSample(): void {
    if (this.#size > 0) {
      this.#candidate.push(this.#candidateSum / this.#size)
      this.#baseline.push(this.#baselineSum / this.#size)
      if (this.#rows.hasClusters) this.#clusters.push(this.#clusterNumber())
    }
    this.#size = 0
    this.#candidateSum = 0
    this.#baselineSum = 0
  }

  /** Numbered anew, since clusters may be left without a value. */
  #clusterNumber(): number {
    const cluster = this.#rows.clusterOf(this.#row) ?? Number.NaN
    let number = this.#numberOf.get(cluster)
    if (number === undefined) this.#numberOf.set(cluster, (number = this.#numberOf.size))
    return number
  }
}

function toArray(list: NumberList): Float64Array {
  const array = new Float64Array(list.length)
  for (let index = 0; index < array.length; index++) array[index] = list.at(index) ?? Number.NaN
  return array
}
