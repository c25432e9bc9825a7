/** How many per minute of late? A count for each of the last sixty seconds. */
const WINDOW_SECONDS = 60
const MINUTE_MS = 60_000

export class RecentRate {
  /** By second since 1970. */
  readonly #counts = new Map<number, number>()
  #newest = 0
  /** The first of all, in ms since 1970. */
  #firstMs = Number.POSITIVE_INFINITY

  /** `atMs` since 1970. */
  add(atMs: number): void {
    if (Number.isNaN(atMs)) return
    const second = Math.floor(atMs / 1_000)
    this.#firstMs = Math.min(this.#firstMs, atMs)
    if (second > this.#newest) this.#moveTo(second)
    if (second > this.#newest - WINDOW_SECONDS) this.#counts.set(second, (this.#counts.get(second) ?? 0) + 1)
  }

  #moveTo(second: number): void {
    this.#newest = second
    for (const old of this.#counts.keys()) if (old <= second - WINDOW_SECONDS) this.#counts.delete(old)
  }

  /** Over the last minute, or since the first where that is less; null when nothing came, or too short a time ago to tell. */
  perMinute(nowMs: number): number | null {
    const from = nowMs / 1_000 - WINDOW_SECONDS
    let count = 0
    for (const [second, of] of this.#counts) if (second >= from) count += of
    const spanMs = Math.min(MINUTE_MS, nowMs - this.#firstMs)
    return count === 0 || spanMs < 1_000 ? null : (count * MINUTE_MS) / spanMs
  }
}
