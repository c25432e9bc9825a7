/** The figures of a model × prompt in words, as the last screen and the page for a browser show them. */
import { oneLine } from '../lib/text.ts'
import type { GroupSummary, Percentiles, SliceDifference, Summary } from '../stats/types.ts'
import {
  countWithShare,
  dollars,
  dollarsWithInterval,
  integer,
  millisecondLimits,
  milliseconds,
  percent,
  percentWithInterval,
  pointsOf,
  pValue,
} from './numbers.ts'
import { scoreFigures } from './score-figures.ts'

/** Whether the prompt is part of what tells groups apart. */
export function severalPrompts({ groups }: Pick<Summary, 'groups'>): boolean {
  return new Set(groups.map(({ prompt }) => prompt)).size > 1
}

/** `openai/gpt-4o-mini` → `gpt-4o-mini`, unless two models would then have one name. */
export function withoutVendor(groups: readonly Pick<GroupSummary, 'model'>[]): (model: string) => string {
  const shorten = (model: string): string => model.slice(model.lastIndexOf('/') + 1)
  const models = new Set(groups.map(({ model }) => model))
  return new Set([...models].map(shorten)).size === models.size ? shorten : (model) => model
}

/**
 * By name, the same names for every group; limits may stand in a line of their own. With `timings` false what depends on the
 * course of events is left out.
 */
export function groupFigures(group: GroupSummary, summary: Summary, timings = true): Record<string, string> {
  const scored = {
    scored: `${integer(group.scored)} of ${integer(group.planned)}`,
    [PASS_RATE]: percentWithInterval(group.passRate),
    ...scoreFigures(group, summary),
  }
  // Recorded outputs have neither a price nor a clock.
  if (summary.provider === 'replay') return scored
  const anywhere = (of: (group: GroupSummary) => number): boolean => summary.groups.some((one) => of(one) > 0)
  return {
    ...scored,
    ...(anywhere(({ failed }) => failed) ? { failed: countWithShare(group.failed, group.failedShare) } : {}),
    truncated: countWithShare(group.truncated, group.truncatedShare),
    ...(anywhere(({ emptyOutputs }) => emptyOutputs)
      ? { empty: countWithShare(group.emptyOutputs, group.emptyShare) }
      : {}),
    cost: dollars(group.costUsd),
    ...(timings ? eventFigures(group) : {}),
    'tokens in / out': `${integer(group.promptTokens)} / ${integer(group.completionTokens)}`,
  }
}

/** Under which name a group has its pass rate. */
export const PASS_RATE = 'pass rate [95 %]'

/** Retries cost as well. */
function eventFigures(group: GroupSummary): Record<string, string> {
  return {
    'cost per 1,000': inTwoLines(dollarsWithInterval(group.costPer1000Usd, group.meanCostUsd.per1000)),
    'cost per correct':
      group.passed === 0 ? '–' : inTwoLines(dollarsWithInterval(group.costPerCorrectUsd, group.meanCostUsd.perCorrect)),
    'TTFT p50 / p95': percentilePair(group.ttftMs),
    'latency p50 / p95': percentilePair(group.latencyMs),
  }
}

/** No wider than a pass rate with its interval: beside each other, models are compared more easily. */
const WIDEST_CELL = 24

function inTwoLines(figure: string): string {
  return figure.length > WIDEST_CELL ? figure.replace(' [', '\n[') : figure
}

/** Both in one cell, sharing the unit when they can: "210 / 480 ms"; and their limits in a line below. */
function percentilePair({ p50, p95 }: Percentiles): string {
  if (p50.value === null || p95.value === null) return '–'
  const [a, b] = [milliseconds(p50.value), milliseconds(p95.value)]
  const unit = a.slice(a.lastIndexOf(' '))
  const values = b.endsWith(unit) ? `${a.slice(0, -unit.length)} / ${b}` : `${a} / ${b}`
  const isLimited = [p50, p95].some(({ low, high }) => low !== null || high !== null)
  return isLimited ? `${values}\n${millisecondLimits(p50)} / ${millisecondLimits(p95)}` : values
}

/** The difference in percentage points, and how likely one as large is by chance. */
export function againstRest(difference: SliceDifference | null): string {
  if (difference === null) return '–'
  const points = pointsOf(difference.difference)
  return difference.pAdjusted === null ? points : `${points}, p ${pValue(difference.pAdjusted)}`
}

/** A failure is not a wrong answer: what has no score, and how much it could matter; null where everything has one. */
export function missingSentence(group: GroupSummary, summary: Summary): string | null {
  if (group.planned === group.scored) return null
  const kinds = Object.entries(group.errorKinds).map(([kind, count]) => `${integer(count)} ${kind}`)
  const parts = [
    ...(group.failed > 0 ? [`${integer(group.failed)} failed (${kinds.join(', ')})`] : []),
    ...(group.skipped > 0 ? [`${integer(group.skipped)} not run`] : []),
    ...(group.completed > group.scored ? [`${integer(group.completed - group.scored)} answered but not scored`] : []),
  ]
  const { low, high } = group.passRateBounds
  const name = oneLine(group.model, 48) + (severalPrompts(summary) ? ` (${oneLine(group.prompt, 48)})` : '')
  return `${name}: ${parts.join(', ')}; pass rate between ${percent(low)} and ${percent(high)} whatever they were.`
}
