/** summary.json: the same numbers for programs. */
import type { CostEstimates, GroupSummary, Summary } from '../stats/types.ts'
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

/** What depends on the course of events, by type: null without timings. The published schema is made with it as well. */
export const UNTIMED = {
  Summary: ['runId', 'startedAt', 'wallMs', 'outputTokensPerSecond', 'pace', 'gate', 'possiblyBilled', 'retryCostUsd'],
  GroupSummary: [
    'retryCostUsd',
    'costPerCorrectUsd',
    'costPer1000Usd',
    'attempts',
    'retries',
    'possiblyBilled',
    'ttftMs',
    'latencyMs',
  ],
  CostEstimates: ['per1000', 'perCorrect'],
} as const satisfies {
  readonly Summary: readonly (keyof Summary)[]
  readonly GroupSummary: readonly (keyof GroupSummary)[]
  readonly CostEstimates: readonly (keyof CostEstimates)[]
}

function withoutTimings(summary: Summary): unknown {
  return {
    ...summary,
    ...nulls(UNTIMED.Summary),
    groups: summary.groups.map(groupWithoutTimings),
    slices: summary.slices.map(groupWithoutTimings),
  }
}

function groupWithoutTimings(group: GroupSummary): unknown {
  return {
    ...group,
    ...nulls(UNTIMED.GroupSummary),
    meanCostUsd: { ...group.meanCostUsd, ...nulls(UNTIMED.CostEstimates) },
  }
}

function nulls(keys: readonly string[]): Readonly<Record<string, null>> {
  return Object.fromEntries(keys.map((key) => [key, null]))
}
