/** Which rows went wrong, and which got right? Found by their values; what was answered is read when it is shown. */
import type { Pairs } from '../pairs.ts'
import { type FlipFiles, FlipLines } from './flip-lines.ts'
import type { FlipPlaces, WantedPlaces } from './flip-places.ts'
import type { Flip, FlipCounts } from './types.ts'

/** Rows that pass on one side alone. */
export interface FlippedRow {
  readonly went: Flip['went']
  readonly candidate: number
  readonly baseline: number
}

/** In the order of sending. `metric` is the column that tells passes (1) from failures (0). */
export function* flippedRows(pairs: Pairs, metric: string): Generator<FlippedRow> {
  const { candidate, baseline, candidateRows, baselineRows } = pairs
  const [nowOf, beforeOf] = [candidate.reader(metric), baseline.reader(metric)]
  for (const [index, row] of candidateRows.entries()) {
    const baselineRow = baselineRows[index] ?? 0
    const [now, before] = [nowOf(row), beforeOf(baselineRow)]
    if (now === before || !isVerdict(now) || !isVerdict(before)) continue
    yield { went: now === 0 ? 'wrong' : 'right', candidate: row, baseline: baselineRow }
  }
}

function isVerdict(value: number): boolean {
  return value === 0 || value === 1
}

/** How many there are, without what was answered. */
export function countFlips(pairs: Pairs, metric: string): FlipCounts {
  const counts = { wrong: 0, right: 0 }
  for (const { went } of flippedRows(pairs, metric)) counts[went] += 1
  return { metric, ...counts, listed: [] }
}

/** The flips of a pair. Before any of them is read, the places that this wants on either side have to be found. */
export function findFlips(
  pairs: Pairs,
  metric: string,
  files: FlipFiles,
  wanted: { readonly candidate: WantedPlaces; readonly baseline: WantedPlaces },
): Flips {
  const places = Array.from(flippedRows(pairs, metric), ({ went, candidate, baseline }) => ({
    went,
    candidate: wanted.candidate.add(pairs.candidate, candidate),
    baseline: wanted.baseline.add(pairs.baseline, baseline),
  }))
  return new Flips(metric, places, files)
}

/** All flips of a pair: a few numbers each, however long the answers are. */
export class Flips {
  readonly #metric: string
  readonly #places: readonly FlipPlaces[]
  readonly #files: FlipFiles

  constructor(metric: string, places: readonly FlipPlaces[], files: FlipFiles) {
    this.#metric = metric
    this.#places = places
    this.#files = files
  }

  /** Counts, with the first so many of either direction. */
  counts(most: number): FlipCounts {
    const wrong = this.#places.reduce((count, { went }) => count + (went === 'wrong' ? 1 : 0), 0)
    const left = { wrong: most, right: most }
    return {
      metric: this.#metric,
      wrong,
      right: this.#places.length - wrong,
      listed: [...this.#read(({ went }) => left[went]-- > 0)],
    }
  }

  /** Each is read when its turn comes. */
  all(): Iterable<Flip> {
    return this.#read(() => true)
  }

  *#read(isWanted: (places: FlipPlaces) => boolean): Generator<Flip> {
    const wanted = this.#places.filter(isWanted)
    if (wanted.length === 0) return
    const lines = new FlipLines(this.#files)
    try {
      for (const places of wanted) yield lines.read(places)
    } finally {
      lines.close()
    }
  }
}
