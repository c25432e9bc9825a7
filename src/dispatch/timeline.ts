/** What was allowed over time, in few points. */
import type { PacePoint } from './types.ts'

const MOST_POINTS = 100

/** Changes that follow each other faster are one; twice as slow each time when there are too many points. */
const FIRST_GAP_MS = 250

export class Timeline {
  readonly #startMs: number
  #points: PacePoint[] = []
  #gapMs = FIRST_GAP_MS

  constructor(startMs: number) {
    this.#startMs = startMs
  }

  /** What is allowed from now on. */
  note(concurrency: number, requestsPerMinute: number | null, nowMs: number): void {
    const last = this.#points.at(-1)
    const atMs = Math.round(nowMs - this.#startMs)
    const point = { atMs, concurrency, requestsPerMinute }
    if (last !== undefined && isSame(last, point)) return
    const isSoon = last !== undefined && atMs - last.atMs < (this.#points.length > 1 ? this.#gapMs : 1)
    if (last !== undefined && isSoon) {
      this.#points[this.#points.length - 1] = { ...point, atMs: last.atMs }
      return
    }
    this.#points.push(point)
    if (this.#points.length > MOST_POINTS) this.#thin()
  }

  get points(): readonly PacePoint[] {
    return this.#points
  }

  /** Points that now come too soon after the one before them go; the first one and the last one stay. */
  #thin(): void {
    while (this.#points.length > MOST_POINTS / 2) {
      this.#gapMs *= 2
      let keptMs = Number.NEGATIVE_INFINITY
      const lastIndex = this.#points.length - 1
      this.#points = this.#points.filter(({ atMs }, index) => {
        const isKept = index === lastIndex || atMs - keptMs >= this.#gapMs
        if (isKept) keptMs = atMs
        return isKept
      })
    }
  }
}

function isSame(a: PacePoint, b: PacePoint): boolean {
  return a.concurrency === b.concurrency && a.requestsPerMinute === b.requestsPerMinute
}
