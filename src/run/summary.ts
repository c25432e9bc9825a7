/** rows → summary: which groups there are, and what all of them come to. */
import type { PaceReport } from '../dispatch/types.ts'
import type { Manifest } from '../journal/types.ts'
import { plural } from '../lib/text.ts'
import { formatUsd, parseUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import { cellOf } from '../prompt/render.ts'
import { dollars, integer } from '../report/numbers.ts'
import type { ResultRow, TrialStatus } from '../report/results-csv.ts'
import { parseHuman } from '../stats/human.ts'
import { GroupAccumulator, type GroupOptions } from '../stats/summarize.ts'
import type { GroupSummary, Summary } from '../stats/types.ts'
import type { Prepared } from './prepare.ts'
import type { Losses } from './record.ts'
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
  readonly judges: JudgesAsked
  readonly notes: readonly string[]
  /** Why a trial has no record. */
  readonly statusOf: (trialIndex: number) => Exclude<TrialStatus, 'completed' | 'failed'>
}

const CONFIDENCE = 0.95

export interface GroupsOptions {
  readonly sliceColumns: readonly string[]
  /** Column with people's verdicts; null: none. */
  readonly human: string | null
  readonly options: GroupOptions
}

/** Accumulators by model × prompt, and by slice. */
export class Groups {
  readonly #sliceColumns: readonly string[]
  readonly #human: string | null
  readonly #options: GroupOptions
  readonly #groups = new Map<string, GroupAccumulator>()
  readonly #slices = new Map<string, GroupAccumulator>()
  #samples = 0
  #lastSample: ResultRow['sample'] | undefined
  #anySimulated = false

  constructor({ sliceColumns, human, options }: GroupsOptions) {
    this.#sliceColumns = sliceColumns
    this.#human = human
    this.#options = options
  }

  /** A simulator answered at least once, whatever it was taken for. */
  get anySimulated(): boolean {
    return this.#anySimulated
  }

  add({ sample, model, prompt, record, score, simulated }: ResultRow): void {
    if (simulated) this.#anySimulated = true
    if (sample !== this.#lastSample) this.#samples += 1
    this.#lastSample = sample
    const human = this.#human === null ? undefined : (parseHuman(cellOf(sample.vars, this.#human) ?? '') ?? null)
    this.#of(this.#groups, { model, prompt, slice: '' }).add(this.#samples, record, score, human)
    for (const column of this.#sliceColumns) {
      const slice = `${column}=${cellOf(sample.vars, column) ?? ''}`
      this.#of(this.#slices, { model, prompt, slice }).add(this.#samples, record, score, human)
    }
  }

  finish(): { groups: GroupSummary[]; slices: GroupSummary[] } {
    const finished = (map: Map<string, GroupAccumulator>): GroupSummary[] =>
      [...map.values()].map((group) => group.finish())
    return { groups: finished(this.#groups), slices: finished(this.#slices) }
  }

  #of(map: Map<string, GroupAccumulator>, place: { model: string; prompt: string; slice: string }): GroupAccumulator {
    const key = `${place.model}\0${place.prompt}\0${place.slice}`
    let group = map.get(key)
    if (group === undefined) map.set(key, (group = new GroupAccumulator(place, CONFIDENCE, this.#options)))
    return group
  }
}

export function summarize(
  accumulators: Groups,
  prepared: Prepared,
  { manifest, wallMs, completionTokens, pace, unsettled, dropped, judges, notes }: RunFacts,
): Summary {
  const { groups, slices } = accumulators.finish()
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
    dataset: prepared.dataset.name,
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
    notes: [
      ...notes,
      ...(unsettledUsd > ZERO_USD ? [`attempts of unfinished trials may have cost $${formatUsd(unsettledUsd)}`] : []),
      ...judgeNotes(groups, judges.costs.spentUsd),
      ...cacheNotes(cachedAnswers, completed, cacheSavedUsd),
      ...groups.flatMap(groupNotes),
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
