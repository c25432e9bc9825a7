/** Which rows went wrong, and which got right? Found by their values; what was answered is read when it is shown. */
import type { Pairs } from '../pairs.ts'
import { type FlipFiles, FlipLines } from './flip-lines.ts'
import type { FlipPlaces, LinePlaces, WantedPlaces } from './flip-places.ts'
import type { Flip, FlipCounts } from './types.ts'

/** All flips of a pair, in the order of sending: a few numbers each, however long the answers are. */
export class Flips {
  readonly #metric: string
  readonly #files: FlipFiles
  readonly #places: FlipPlaces[] = []
  readonly #candidate = new Map<number, LinePlaces>()
  readonly #baseline = new Map<number, LinePlaces>()
  readonly #pairs: Pairs

  /** `metric` is the column that tells passes (1) from failures (0). */
  constructor(pairs: Pairs, metric: string, files: FlipFiles) {
    this.#metric = metric
    this.#files = files
    this.#pairs = pairs
    const { candidate, baseline, candidateRows, baselineRows } = pairs
    for (const [index, row] of candidateRows.entries()) {
      const baselineRow = baselineRows[index] ?? 0
      const [now, before] = [candidate.value(metric, row), baseline.value(metric, baselineRow)]
      if (now === before || !isVerdict(now) || !isVerdict(before)) continue
      this.#places.push({
        went: now === 0 ? 'wrong' : 'right',
        candidate: newPlaces(this.#candidate, row),
        baseline: newPlaces(this.#baseline, baselineRow),
      })
    }
  }

  /** What has to be found before any flip can be read: places on the candidate's side, and on the baseline's. */
  get wanted(): { readonly candidate: WantedPlaces; readonly baseline: WantedPlaces } {
    const { candidate, baseline } = this.#pairs
    return {
      candidate: { rows: candidate, byRow: this.#candidate },
      baseline: { rows: baseline, byRow: this.#baseline },
    }
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

function isVerdict(value: number): boolean {
  return value === 0 || value === 1
}

function newPlaces(byRow: Map<number, LinePlaces>, row: number): LinePlaces {
  const places: LinePlaces = { score: undefined, record: undefined, sample: undefined }
  byRow.set(row, places)
  return places
}
