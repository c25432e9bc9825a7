/** How far is it? A bar where a person looks, a line now and then where a log is kept. */
import cliProgress from 'cli-progress'
import type { Down } from '../dispatch/types.ts'
import type { Clock } from '../lib/clock.ts'
import { oneLine } from '../lib/text.ts'
import { wilsonInterval } from '../stats/interval.ts'
import { dollars, integer, percentWithInterval, seconds } from './numbers.ts'

/** What is shown; counts are of trials. */
export interface ProgressState {
  readonly settled: number
  readonly planned: number
  readonly scored: number
  readonly passed: number
  readonly failed: number
  readonly retries: number
  /** Decimal USD so far. */
  readonly spentUsd: string
  readonly completionTokens: number
  readonly elapsedMs: number
  /** The endpoint is down; null: it is not. */
  readonly down: Down | null
}

export interface Progress {
  /** Something has changed; what it is, is asked only when there is something to draw. */
  update(state: () => ProgressState): void
  /** Removes the bar for good, so that what follows starts on a clean line. */
  stop(): void
}

/** Lines of a log come at most this often. */
const LOG_INTERVAL_MS = 10_000
const REDRAWS_PER_SECOND = 8

/** A bar, redrawn in place. Needs a terminal. */
export function barProgress(stream: NodeJS.WriteStream, title: string, clock: Clock): Progress {
  const bar = new cliProgress.SingleBar({
    stream,
    fps: REDRAWS_PER_SECOND,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    linewrap: false,
    barsize: (stream.columns || 80) < 120 ? 8 : 20,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    format: (options, { progress }, { line }: { line?: string }) => {
      const filled = Math.round(progress * (options.barsize ?? 20))
      const bars = `${options.barCompleteString?.slice(0, filled)}${options.barIncompleteString?.slice(filled, options.barsize)}`
      return `${oneLine(title, 30)} ${bars} ${line ?? ''}`.slice(0, Math.max(20, (stream.columns || 80) - 1))
    },
  })
  let started = false
  let stopped = false
  const due = everyMs(1_000 / REDRAWS_PER_SECOND, clock)
  return {
    update: (stateOf) => {
      if (stopped || (started && !due())) return
      const state = stateOf()
      if (!started) bar.start(state.planned, state.settled, { line: progressLine(state) })
      else bar.update(state.settled, { line: progressLine(state) })
      started = true
    },
    stop: () => {
      if (started && !stopped) bar.stop()
      stopped = true
    },
  }
}

/** A line every ten seconds. */
export function logProgress(write: (line: string) => void, title: string, clock: Clock): Progress {
  const due = everyMs(LOG_INTERVAL_MS, clock)
  return {
    update: (stateOf) => {
      if (due()) write(`${oneLine(title, 30)} ${progressLine(stateOf())}\n`)
    },
    stop: () => {},
  }
}

/** True at most once per interval, counted from now. */
function everyMs(intervalMs: number, clock: Clock): () => boolean {
  let dueMs = clock.nowMs() + intervalMs
  return () => {
    const nowMs = clock.nowMs()
    if (nowMs < dueMs) return false
    dueMs = nowMs + intervalMs
    return true
  }
}

/** Shows nothing. */
export const noProgress: Progress = { update: () => {}, stop: () => {} }

/** "120/310 · pass 81.7 % [73.8, 87.6] · $0.0021 · 210 tokens/s · 3 retries · ETA 12s" */
export function progressLine(state: ProgressState): string {
  const { settled, planned, scored, passed, failed, retries, spentUsd, completionTokens, elapsedMs, down } = state
  const rate = wilsonInterval(passed, scored)
  const remainingMs = settled === 0 ? null : (elapsedMs / settled) * (planned - settled)
  return [
    `${integer(settled)}/${integer(planned)}`,
    ...(scored > 0 ? [`pass ${percentWithInterval({ ...rate, value: rate.estimate, n: scored })}`] : []),
    dollars(spentUsd),
    `${integer(elapsedMs === 0 ? 0 : Math.round((completionTokens * 1_000) / elapsedMs))} tokens/s`,
    ...(failed > 0 ? [`${integer(failed)} failed`] : []),
    `${integer(retries)} ${retries === 1 ? 'retry' : 'retries'}`,
    ...(down === null
      ? []
      : [`no answer for ${seconds(down.silentMs / 1_000)}, giving up in ${seconds(down.givesUpInMs / 1_000)}`]),
    ...(remainingMs === null || settled === planned ? [] : [`ETA ${seconds(remainingMs / 1_000)}`]),
  ].join(' · ')
}
