/** What changes in the list of runs while somebody looks at it? */
import { UserError } from '../../lib/errors.ts'
import { runsParts, type RunsQuery } from '../pages/runs.ts'
import type { Catalogue } from '../catalogue.ts'
import type { LiveSnapshot } from '../types.ts'
import type { EventStream } from './events.ts'
import type { Following } from './following.ts'

const LOOK_MS = 1_000

/** What the list is made of, and who is told of an error that is no user's mistake. */
interface ListSource {
  readonly catalogue: Catalogue
  readonly following: Following
  readonly onError: (error: unknown) => void
}

/** Sends the parts of the page that differ from what the browser has. Returns what ends it. */
export function watchList(
  { catalogue, following, onError }: ListSource,
  query: RunsQuery,
  stream: EventStream,
): () => void {
  const progress = new Map<string, LiveSnapshot>()
  const watched = new Map<string, () => void>()
  const follow = (running: readonly string[]): void => {
    for (const [name, stop] of watched) {
      if (running.includes(name)) continue
      stop()
      watched.delete(name)
      progress.delete(name)
    }
    for (const name of running.filter((one) => !watched.has(one))) {
      const forget = (): void => {
        watched.delete(name)
        progress.delete(name)
      }
      watched.set(name, following.of(name).watch({ tell: (snapshot) => progress.set(name, snapshot), fail: forget }))
    }
  }
  const sent = new Map<string, string>()
  const look = (): void => {
    const listing = catalogue.list()
    follow(listing.runs.filter(({ status }) => status === 'running').map(({ name }) => name))
    const parts = Object.entries(runsParts(listing, query, progress)).filter(([id, { text }]) => sent.get(id) !== text)
    if (parts.length === 0) return
    const isSent = stream.send('state', { parts: Object.fromEntries(parts.map(([id, { text }]) => [id, text])) })
    if (isSent) for (const [id, { text }] of parts) sent.set(id, text)
  }
  const end = (): void => {
    clearInterval(timer)
    for (const stop of watched.values()) stop()
  }
  const lookSafely = (): void => {
    try {
      look()
    } catch (error) {
      if (!(error instanceof UserError)) onError(error)
      stream.finish('gone', { text: error instanceof UserError ? error.message : 'The list cannot be read.' })
      end()
    }
  }
  const timer = setInterval(lookSafely, LOOK_MS)
  lookSafely()
  return end
}
