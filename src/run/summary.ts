/** groups → summary: what all of them come to, and what a reader has to know. */
import type { PaceReport } from '../dispatch/types.ts'
import type { GateReport } from '../gate/types.ts'
import type { Manifest } from '../journal/types.ts'
import { plural } from '../lib/text.ts'
import { formatUsd, parseUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import { dollars, integer } from '../report/numbers.ts'
import type { GroupSummary, Summary } from '../stats/types.ts'
import { CONFIDENCE, type Groups } from './groups.ts'
import type { Losses } from './record.ts'
import { clusterNotes, sliceNotes } from './spread-notes.ts'
import type { JudgesAsked } from './verdict.ts'

/** What the run knows beside its records. */
export interface RunFacts {
  readonly manifest: Manifest
  readonly wallMs: number
  /** Of the answers that came in that time. */
  readonly completionTokens: number
  readonly pace: PaceReport
  /** Attempts that no record tells of: their trials did not settle. */
  readonly unsettled: Losses
  /** Of answers that no trial asks for any more. */
  readonly dropped: Losses
  readonly judges: Pick<JudgesAsked, 'costs'>
  /** The verdict against the baseline; null: none was asked for, or there is nothing to compare. */
  readonly gate: GateReport | null
  /** What the sessions have to tell. */
  readonly notes: readonly string[]
}

/** The notes of the sessions come first, then those that follow from the figures. */
export function summarize(
  accumulators: Groups,
  { manifest, wallMs, completionTokens, pace, unsettled, dropped, judges, gate, notes }: RunFacts,
): Summary {
  const { groups, slices, clusters } = accumulators.finish()
  const sum = (of: (group: GroupSummary) => number): number => groups.reduce((total, group) => total + of(group), 0)
  const money = (of: (group: GroupSummary) => string | null): Usd =>
    groups.reduce((total, group) => total + (parseUsd(of(group) ?? '0') ?? ZERO_USD), ZERO_USD)
  const unsettledUsd = unsettled.lostUsd ?? ZERO_USD
  const completed = sum((group) => group.completed)
  const cachedAnswers = sum((group) => group.cachedAnswers)
  const cacheSavedUsd = money((group) => group.cacheSavedUsd)
  return {
    formatVersion: 1,
    runId: manifest.runId,
    simulated: accumulators.anySimulated,
    dataset: manifest.dataset.name,
    provider: manifest.provider.name,
    startedAt: manifest.startedAt,
    wallMs: Math.round(wallMs),
    planned: sum((group) => group.planned),
    completed,
    failed: sum((group) => group.failed),
    skipped: sum((group) => group.skipped),
    cachedAnswers,
    cacheSavedUsd: formatUsd(cacheSavedUsd),
    costUsd: groups.some(({ costUsd }) => costUsd !== null) ? formatUsd(money(({ costUsd }) => costUsd)) : null,
    retryCostUsd: formatUsd(
      money(({ retryCostUsd }) => retryCostUsd) + unsettledUsd + (dropped.lostUsd ?? ZERO_USD) + judges.costs.retryUsd,
    ),
    judgeCostUsd: formatUsd(judges.costs.spentUsd),
    judgeCalls: judges.costs.calls,
    possiblyBilled:
      sum((group) => group.possiblyBilled) +
      judges.costs.possiblyBilled +
      unsettled.possiblyBilled +
      dropped.possiblyBilled,
    outputTokensPerSecond: wallMs === 0 || completionTokens === 0 ? null : (completionTokens * 1_000) / wallMs,
    pace,
    confidence: CONFIDENCE,
    groups,
    slices,
    gate,
    notes: [
      ...notes,
      ...(unsettledUsd > ZERO_USD ? [`attempts of unfinished trials may have cost $${formatUsd(unsettledUsd)}`] : []),
      ...judgeNotes(groups, judges.costs.spentUsd),
      ...cacheNotes(cachedAnswers, completed, cacheSavedUsd),
      ...groups.flatMap(groupNotes),
      ...clusterNotes(clusters),
      ...sliceNotes(slices),
    ],
  }
}

/** The reports show what their own scores cost; what other scorings of the run have cost is money as well. */
function judgeNotes(groups: readonly GroupSummary[], spentUsd: Usd): string[] {
  const ofTheseUsd = groups.reduce((sum, { judgeCostUsd }) => sum + (parseUsd(judgeCostUsd) ?? ZERO_USD), ZERO_USD)
  return spentUsd > ofTheseUsd
    ? [`judge calls of other scorings of this run cost ${dollars(formatUsd(spentUsd - ofTheseUsd))}`]
    : []
}

/** What this run did not pay for. */
function cacheNotes(cached: number, completed: number, savedUsd: Usd): string[] {
  if (cached === 0) return []
  return [
    `${integer(cached)} of ${plural(completed, 'answer')} from the cache, which saved ${dollars(formatUsd(savedUsd))}`,
  ]
}

/** What a reader has to know before acting on the numbers of a group. */
function groupNotes(group: GroupSummary): string[] {
  const { model, truncated, completed, costUnknown, tokensEstimated, emptyOutputs, unscored } = group
  return [
    ...(truncated > 0
      ? [`${model}: ${truncated} of ${plural(completed, 'answer')} cut off at the token limit (--max-tokens)`]
      : []),
    ...Object.entries(unscored).map(
      ([label, { count, example }]) =>
        `${model}: ${count} of ${plural(completed, 'answer')} without a score by ${label}, e.g.: ${example}`,
    ),
    ...(emptyOutputs > 0 ? [`${model}: ${emptyOutputs} of ${plural(completed, 'answer')} empty`] : []),
    ...(costUnknown > 0 ? [`${model}: unknown cost of ${plural(costUnknown, 'answer')} (no report, no price)`] : []),
    ...(tokensEstimated > 0
      ? [`${model}: estimated tokens of ${plural(tokensEstimated, 'answer')}, since none were reported`]
      : []),
  ]
}
