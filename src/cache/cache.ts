/** Has this very request been answered before? Answers on disk by request key; in memory 24 to 48 bytes an answer. */
import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppendFile } from '../lib/append-file.ts'
import type { Clock } from '../lib/clock.ts'
import { KeyTable } from '../lib/key-table.ts'
import {
  cacheError,
  decodeAnswer,
  encodeAnswer,
  HEADER_LINE,
  segmentName,
  segmentPaths,
  visitSegment,
} from './format.ts'
import { Segments } from './segments.ts'
import type { CachedAnswer } from './types.ts'

/** Room for offsets in an index entry, segment · 2³⁶ + offset: 64 GiB a segment, and 131,072 segments up to 2⁵³. */
const SEGMENT_ROOM = 2 ** 36

export interface CacheOptions {
  readonly clock: Clock
  /** Aborted: reading ends with the signal's reason. */
  readonly interrupt: AbortSignal
}

/** Reads the keys of all answers. Throws WriteError when the folder cannot be made, read or written. */
export async function openCache(dir: string, { clock, interrupt }: CacheOptions): Promise<ResponseCache> {
  try {
    mkdirSync(dir, { recursive: true })
    // Known here, before anything is paid.
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw cacheError(dir, error)
  }
  const paths = segmentPaths(dir)
  const index = new KeyTable()
  for (const [segment, path] of paths.entries()) {
    await visitSegment(path, (key, _line, offset) => index.set(key, segment * SEGMENT_ROOM + offset), interrupt)
  }
  return new ResponseCache(dir, index, new Segments(paths), clock)
}

export class ResponseCache {
  readonly #dir: string
  readonly #index: KeyTable
  readonly #segments: Segments
  readonly #clock: Clock
  #own: AppendFile | undefined
  /** Why there is no file of our own though there was something to keep. */
  #failure: unknown

  constructor(dir: string, index: KeyTable, segments: Segments, clock: Clock) {
    this.#dir = dir
    this.#index = index
    this.#segments = segments
    this.#clock = clock
  }

  /**
   * The answer that was there when the cache was opened. What this process puts is for later ones: which rows of a run are
   * served must not depend on the order in which its own answers come.
   */
  get(key: string): CachedAnswer | undefined {
    const place = this.#index.get(key)
    if (place === undefined) return undefined
    const line = this.#segments.lineAt(Math.floor(place / SEGMENT_ROOM), place % SEGMENT_ROOM)
    return line === undefined ? undefined : decodeAnswer(line, key)
  }

  /** Keeps an answer. A write that fails is told by close(): the run itself does not need it. */
  put(key: string, answer: CachedAnswer): void {
    if (this.#own === undefined && this.#failure === undefined) this.#createSegment()
    this.#own?.append(encodeAnswer(key, answer))
  }

  /** All that was put is on disk when this resolves. Throws WriteError when some of it could not be written. */
  async close(): Promise<void> {
    this.#segments.close()
    try {
      if (this.#failure !== undefined) throw this.#failure
      await this.#own?.close()
    } catch (error) {
      throw cacheError(this.#dir, error)
    }
  }

  /** The same, leaving at once. */
  closeNow(): void {
    this.#segments.close()
    this.#own?.closeNow()
  }

  #createSegment(): void {
    try {
      // Another process may have cleared the cache meanwhile.
      mkdirSync(this.#dir, { recursive: true })
      this.#own = new AppendFile(join(this.#dir, segmentName(this.#clock.wallTime())))
      this.#own.append(HEADER_LINE)
    } catch (error) {
      this.#failure = error
    }
  }
}
