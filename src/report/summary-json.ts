/** summary.json: the same numbers for programs. */
import type { GroupSummary, Summary } from '../stats/types.ts'
import type { Reporter } from './types.ts'

export const jsonReporter: Reporter = {
  name: 'json',
  about: 'Every figure of the run, for programs',
  file: 'summary.json',
  render: ({ summary, timings }) => [summaryJson(summary, timings)],
}

/** With `timings` false, null stands for whatever depends on the course of events. */
export function summaryJson(summary: Summary, timings: boolean): string {
  return `${JSON.stringify(timings ? summary : withoutTimings(summary), null, 2)}\n`
}

function withoutTimings(summary: Summary): unknown {
  return {
    ...summary,
    runId: null,
    startedAt: null,
    wallMs: null,
    outputTokensPerSecond: null,
    pace: null,
    gate: null,
    possiblyBilled: null,
    retryCostUsd: null,
    groups: summary.groups.map(groupWithoutTimings),
    slices: summary.slices.map(groupWithoutTimings),
  }
}

function groupWithoutTimings(group: GroupSummary): unknown {
  return {
    ...group,
    retryCostUsd: null,
    costPerCorrectUsd: null,
    costPer1000Usd: null,
    meanCostUsd: { ...group.meanCostUsd, per1000: null, perCorrect: null },
    attempts: null,
    retries: null,
    possiblyBilled: null,
    ttftMs: null,
    latencyMs: null,
  }
}
