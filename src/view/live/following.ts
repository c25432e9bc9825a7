/** Which runs are watched? One reader for each, however many browsers look. */
import type { Clock } from '../../lib/clock.ts'
import type { Catalogue } from '../catalogue.ts'
import type { LiveSnapshot } from '../types.ts'
import { FollowedRun } from './follow.ts'

export class Following {
  readonly #catalogue: Catalogue
  readonly #clock: Clock
  readonly #runs = new Map<string, FollowedRun>()

  constructor(catalogue: Catalogue, clock: Clock) {
    this.#catalogue = catalogue
    this.#clock = clock
  }

  /** The reader of a run. Those that nobody watches any more are let go, counts and all. */
  of(name: string): FollowedRun {
    const there = this.#runs.get(name)
    if (there !== undefined) return there
    for (const [other, run] of this.#runs) if (!run.isWatched) this.#runs.delete(other)
    const run = new FollowedRun(() => this.#catalogue.find(name), this.#clock)
    this.#runs.set(name, run)
    return run
  }

  /** The state of a run; null where reading it takes longer than somebody waits for a page. */
  async snapshot(name: string, patienceMs: number): Promise<LiveSnapshot | null> {
    const enough = new AbortController()
    let stop = (): void => {}
    const told = new Promise<LiveSnapshot>((tell, fail) => {
      stop = this.of(name).watch({ tell, fail })
    })
    const late = this.#clock.sleep(patienceMs, enough.signal).then(
      () => null,
      () => null,
    )
    try {
      return await Promise.race([told, late])
    } finally {
      enough.abort()
      stop()
    }
  }
}
