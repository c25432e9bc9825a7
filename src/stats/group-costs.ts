/** What do the answers of a group cost? Exact sums, and means with intervals beside them. */
import type { ScoreLine, TrialRecord } from '../journal/types.ts'
import { dividedBy, formatUsd, parseUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import { amountEstimate, ClusterTotals, type Place } from './cluster-totals.ts'
import { CostPerCorrect } from './cost-per-correct.ts'
import type { CostEstimates, Estimate, GroupSummary } from './types.ts'

/** The figures of a group that are made here. */
export type CostFigures = Pick<
  GroupSummary,
  | 'costUsd'
  | 'retryCostUsd'
  | 'retryCostUnknown'
  | 'costUnknown'
  | 'costPerCorrectUsd'
  | 'costPer1000Usd'
  | 'meanCostUsd'
  | 'cachedAnswers'
  | 'cacheSavedUsd'
  | 'cacheSavedUnknown'
  | 'judgeCostUsd'
  | 'judgeCostUnknown'
>

export class GroupCosts {
  #costUsd: Usd = ZERO_USD
  #settled = 0
  #completed = 0
  #costKnown = 0
  #passed = 0
  #retryCostUsd: Usd = ZERO_USD
  #retryCostUnknown = 0
  #cachedAnswers = 0
  #cacheSavedUsd: Usd = ZERO_USD
  #cacheSavedUnknown = 0
  #judgeCostUsd: Usd = ZERO_USD
  #judgeCostUnknown = 0
  readonly #perAnswer = new ClusterTotals()
  readonly #perTrial = new ClusterTotals()
  readonly #perCorrect = new CostPerCorrect()

  /** A settled trial; `passed` is whether its answer was right. */
  add(place: Place, record: TrialRecord, passed: boolean): void {
    this.#settled += 1
    if (passed) this.#passed += 1
    if (record.retryCostUsd === null) this.#retryCostUnknown += 1
    else this.#retryCostUsd += usdOf(record.retryCostUsd)
    if (record.status === 'completed') this.#addAnswer(place, record)
    if (record.costUsd !== null) this.#costUsd += usdOf(record.costUsd)
    const allUsd = Number(record.costUsd ?? 0) + Number(record.retryCostUsd ?? 0) + Number(savedUsd(record) ?? 0)
    this.#perTrial.add(place, allUsd)
    this.#perCorrect.add(place, allUsd, passed)
  }

  /** Score lines of older runs know of no judges. */
  addJudgeCost({ judgeCostUsd }: Partial<ScoreLine>): void {
    if (judgeCostUsd === null) this.#judgeCostUnknown += 1
    else if (judgeCostUsd !== undefined && judgeCostUsd !== '0') this.#judgeCostUsd += usdOf(judgeCostUsd)
  }

  finish(confidence: number): CostFigures {
    const costUnknown = this.#completed - this.#costKnown
    const allKnown = costUnknown === 0 && this.#retryCostUnknown === 0 && this.#cacheSavedUnknown === 0
    const allCostsUsd = allKnown ? this.#costUsd + this.#retryCostUsd + this.#cacheSavedUsd : null
    return {
      // Where nothing was answered nothing was paid for an answer; where every cost is unknown the sum is, too.
      costUsd: costUnknown > 0 && this.#costKnown === 0 ? null : formatUsd(this.#costUsd),
      retryCostUsd: formatUsd(this.#retryCostUsd),
      retryCostUnknown: this.#retryCostUnknown,
      costUnknown,
      costPerCorrectUsd: perUnit(allCostsUsd, this.#passed, 1),
      costPer1000Usd: perUnit(allCostsUsd, this.#settled, 1_000),
      meanCostUsd: this.#means(allKnown, confidence),
      cachedAnswers: this.#cachedAnswers,
      cacheSavedUsd: formatUsd(this.#cacheSavedUsd),
      cacheSavedUnknown: this.#cacheSavedUnknown,
      judgeCostUsd: formatUsd(this.#judgeCostUsd),
      judgeCostUnknown: this.#judgeCostUnknown,
    }
  }

  /** Unknown costs would make the figures that count all of them too small. */
  #means(allKnown: boolean, confidence: number): CostEstimates {
    return {
      perAnswer: amountEstimate(this.#perAnswer.totals(), confidence),
      per1000: allKnown ? perThousand(amountEstimate(this.#perTrial.totals(), confidence)) : UNKNOWN,
      perCorrect: allKnown ? this.#perCorrect.estimate(confidence) : UNKNOWN,
    }
  }

  #addAnswer(place: Place, record: TrialRecord): void {
    this.#completed += 1
    if (record.costUsd !== null) {
      this.#costKnown += 1
      this.#perAnswer.add(place, Number(record.costUsd))
    }
    // Records of older runs lack it.
    if (record.fromCache == null) return
    if (record.costSource === 'cache') this.#cachedAnswers += 1
    const saved = savedUsd(record)
    if (saved === null) this.#cacheSavedUnknown += 1
    else this.#cacheSavedUsd += usdOf(saved)
  }
}

const UNKNOWN: Estimate = { value: null, low: null, high: null, n: 0, method: 'none' }

/** Decimal USD that an answer from the cache cost when it was made; null where nobody knows, and where there is none. */
function savedUsd({ status, fromCache }: TrialRecord): string | null {
  if (status !== 'completed' || fromCache == null) return null
  return parseUsd(fromCache.costUsd ?? '') === undefined ? null : fromCache.costUsd
}

function usdOf(decimal: string): Usd {
  return parseUsd(decimal) ?? ZERO_USD
}

function perThousand(estimate: Estimate): Estimate {
  const times = (usd: number | null): number | null => (usd === null ? null : usd * 1_000)
  return { ...estimate, value: times(estimate.value), low: times(estimate.low), high: times(estimate.high) }
}

/** Cost per `scale` units, rounded to 12 decimals of a dollar: a quotient need not end. */
function perUnit(costUsd: Usd | null, units: number, scale: number): string | null {
  if (costUsd === null || units === 0) return null
  const grain = 10n ** 12n
  return formatUsd(dividedBy(dividedBy(costUsd * BigInt(scale), units), Number(grain)) * grain)
}
