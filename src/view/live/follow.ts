/**
 * What happens in a run while it goes on? Its journal and scores are read as they grow, once for everybody who watches.
 *
 * Only whole lines are taken; what is left of a torn one is read again with the rest of it. A later session writes the manifest
 * anew before it sends anything, and may cut a torn line off: then, and when a file has become shorter, counting begins from the
 * first line.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { JOURNAL_FILE, SCORES_FILE } from '../../journal/format.ts'
import { MANIFEST_FILE } from '../../journal/find-run.ts'
import type { JournalLine, TrialRecord } from '../../journal/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { errorCode } from '../../lib/errors.ts'
import { isObject, parseJson } from '../../lib/json.ts'
import { LineFile } from '../../lib/line-file.ts'
import { visitLines } from '../../lib/lines.ts'
import type { ListedRun, LiveSnapshot } from '../types.ts'
import { type AnyScoreLine, RunCounts } from './counts.ts'

/** While a process writes, and while none does. */
const POLL_MS = 400
const IDLE_POLL_MS = 2_000

/** Somebody who watches. */
export interface Watcher {
  /** Told of every change; about once a second while the run goes on, since its time does. */
  tell(snapshot: LiveSnapshot): void
  /** The run cannot be read any more: nothing follows. */
  fail(error: unknown): void
}

export class FollowedRun {
  /** Reads status and manifest anew. */
  readonly #look: () => ListedRun
  readonly #clock: Clock
  readonly #watchers = new Set<Watcher>()
  /** Ends the waiting when nobody watches. */
  #stop: AbortController | null = null
  /** The reading that was begun last: the next one waits for its end. */
  #reading: Promise<void> = Promise.resolve()
  #counts: RunCounts | null = null
  #offsets: Record<string, number> = {}
  /** Of the manifest that is counted by. */
  #manifestMs = Number.NaN
  #latest: LiveSnapshot | null = null
  #told = ''

  constructor(look: () => ListedRun, clock: Clock) {
    this.#look = look
    this.#clock = clock
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0
  }

  /** Tells the state as soon as it is known, and every later one. Returns what ends it. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher)
    if (this.#latest !== null) watcher.tell(this.#latest)
    if (this.#stop === null) {
      const stop = (this.#stop = new AbortController())
      this.#reading = this.#reading.then(() => this.#follow(stop.signal))
    }
    return () => {
      this.#watchers.delete(watcher)
      if (!this.isWatched) this.#end()
    }
  }

  #end(): void {
    this.#stop?.abort()
    this.#stop = null
    // By the time that somebody looks again it may be otherwise.
    this.#latest = null
    this.#told = ''
  }

  /** Never rejects: what goes wrong is for those who watch. */
  async #follow(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        const run = this.#look()
        await this.#read(run)
        this.#tell(run)
        await this.#clock.sleep(run.status === 'running' ? POLL_MS : IDLE_POLL_MS, signal)
      }
    } catch (error) {
      if (error === signal.reason) return
      // A reading that broke off has counted nobody knows how much.
      this.#counts = null
      if (signal.aborted) return
      this.#end()
      const watchers = [...this.#watchers]
      this.#watchers.clear()
      for (const watcher of watchers) watcher.fail(error)
    }
  }

  /** Takes what has been added since the last time. */
  async #read({ dir, manifest }: ListedRun): Promise<void> {
    const files = [JOURNAL_FILE, SCORES_FILE]
    const manifestMs = statSync(join(dir, MANIFEST_FILE)).mtimeMs
    const isShorter = files.some((file) => sizeOf(join(dir, file)) < (this.#offsets[file] ?? 0))
    if (this.#counts === null || manifestMs !== this.#manifestMs || isShorter) {
      this.#counts = new RunCounts(manifest, (offset) => recordAt(join(dir, JOURNAL_FILE), offset))
      this.#offsets = {}
      this.#manifestMs = manifestMs
    }
    const counts = this.#counts
    // Scores first: the journal is ahead of them, so that no trial seems scored before it was answered.
    await this.#visit(dir, SCORES_FILE, (line) => {
      if (typeof line['trial'] === 'string') counts.scoreLine(line as unknown as AnyScoreLine)
    })
    await this.#visit(dir, JOURNAL_FILE, (line, offset) => {
      counts.journalLine(line as unknown as JournalLine, offset)
    })
  }

  async #visit(
    dir: string,
    file: string,
    take: (line: Record<string, unknown>, offset: number) => void,
  ): Promise<void> {
    const from = this.#offsets[file] ?? 0
    const visit = (text: string, offset: number): void => {
      const value = parseJson(text)?.value
      // Damage is told by whoever goes on with the run, or opens its report.
      if (isObject(value)) take(value, offset)
    }
    try {
      this.#offsets[file] = await visitLines(join(dir, file), visit, undefined, from)
    } catch (error) {
      // The run has not come so far.
      if (errorCode(error) !== 'ENOENT') throw error
    }
  }

  #tell(run: ListedRun): void {
    const snapshot = snapshotOf(run, this.#counts, this.#clock.wallTime().getTime())
    if (snapshot === null) return
    this.#latest = snapshot
    const text = JSON.stringify(snapshot)
    if (text === this.#told) return
    this.#told = text
    for (const watcher of this.#watchers) watcher.tell(snapshot)
  }
}

function snapshotOf(run: ListedRun, counts: RunCounts | null, nowMs: number): LiveSnapshot | null {
  if (counts === null) return null
  const progress = counts.progress(nowMs)
  const isRunning = run.status === 'running'
  const begunMs = Date.parse(run.manifest.resumes.at(-1)?.at ?? run.manifest.startedAt)
  const { ratePerMinute, planned, settled } = progress
  return {
    ...progress,
    run: run.name,
    status: run.status,
    ratePerMinute: isRunning ? ratePerMinute : null,
    // Whole seconds: nobody is to be told the same ten times.
    elapsedMs: isRunning ? Math.max(0, Math.round((nowMs - begunMs) / 1_000) * 1_000) : null,
    etaMs:
      isRunning && ratePerMinute !== null
        ? Math.round((((planned - settled) / ratePerMinute) * 60_000) / 1_000) * 1_000
        : null,
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function recordAt(path: string, offset: number): TrialRecord {
  const file = new LineFile(path)
  try {
    return JSON.parse(file.lineAt(offset)) as TrialRecord
  } finally {
    file.close()
  }
}
