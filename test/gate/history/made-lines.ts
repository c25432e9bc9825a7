/** Lines of the history, made by hand. */
import type { HistoryLine } from '../../../src/gate/history/types.ts'

/** The run of a day, from 0; its id and time follow from it. */
export function line(day: number, changes: Partial<HistoryLine> = {}): HistoryLine {
  const startedAt = new Date(Date.UTC(2026, 0, 1 + day, 2)).toISOString()
  return {
    runId: `night-${day}`,
    startedAt,
    dataset: 'qa',
    datasetVersion: 'v1',
    scoring: 'k',
    scorers: 'exact',
    prompt: 'question',
    promptId: 'p1',
    model: 'm',
    metric: 'pass_rate',
    value: 0.9,
    low: 0.85,
    high: 0.94,
    confidence: 0.95,
    method: 'wilson',
    n: 100,
    planned: 100,
    simulated: false,
    verdict: null,
    gitCommit: null,
    ...changes,
  }
}

/** One line a day with these values. */
export function linesWith(values: readonly number[], changes: Partial<HistoryLine> = {}): HistoryLine[] {
  return values.map((value, day) => line(day, { value, ...changes }))
}
