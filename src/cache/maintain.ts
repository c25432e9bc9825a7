/** What is in the cache, and how is it emptied? For `assay cache`. */
import { rmdirSync, rmSync, statSync } from 'node:fs'
import { errorCode } from '../lib/errors.ts'
import { KeyTable } from '../lib/key-table.ts'
import { formatUsd, parseUsd, ZERO_USD } from '../lib/usd.ts'
import { cacheError, readAnswer, segmentPaths, visitSegment } from './format.ts'
import type { CachedAnswer, CacheStats } from './types.ts'

/** Reads every answer once; a folder that does not exist holds none. Rejects with the reason of `interrupt`. */
export async function cacheStats(dir: string, interrupt: AbortSignal): Promise<CacheStats> {
  const paths = segmentPaths(dir)
  const seen = new KeyTable()
  const sums = new Sums()
  let damagedLines = 0
  for (const path of paths) {
    const visit = (key: string, line: string): void => {
      if (seen.get(key) === undefined) sums.add(readAnswer(line))
      seen.set(key, 0)
    }
    damagedLines += await visitSegment(path, visit, interrupt)
  }
  const bytes = paths.reduce((sum, path) => sum + sizeOf(path), 0)
  return { answers: seen.size, files: paths.length, bytes, damagedLines, ...sums.result() }
}

/** Removes every answer, and the folder when nothing else is in it; resolves with what was there. */
export async function clearCache(dir: string, interrupt: AbortSignal): Promise<CacheStats> {
  const stats = await cacheStats(dir, interrupt)
  for (const path of segmentPaths(dir)) remove(path)
  try {
    rmdirSync(dir)
  } catch {
    // Somebody keeps a file of his own there, or there is no folder.
  }
  return stats
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch (error) {
    throw cacheError(path, error)
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch (error) {
    // Another process has cleared the cache in the meantime.
    if (errorCode(error) === 'ENOENT') return 0
    throw cacheError(path, error)
  }
}

class Sums {
  #oldest: string | null = null
  #newest: string | null = null
  readonly #models = new Map<string, { answers: number; usd: bigint }>()

  add({ model, at, costUsd }: CachedAnswer): void {
    if (this.#oldest === null || at < this.#oldest) this.#oldest = at
    if (this.#newest === null || at > this.#newest) this.#newest = at
    const { answers, usd } = this.#models.get(model) ?? { answers: 0, usd: ZERO_USD }
    this.#models.set(model, { answers: answers + 1, usd: usd + (parseUsd(costUsd ?? '0') ?? ZERO_USD) })
  }

  result(): Pick<CacheStats, 'oldest' | 'newest' | 'models'> {
    const models = [...this.#models]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([model, { answers, usd }]) => ({ model, answers, costUsd: formatUsd(usd) }))
    return { oldest: this.#oldest, newest: this.#newest, models }
  }
}
