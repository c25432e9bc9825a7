/** The end of a choice: what is known of every contender, what it has cost, and what is open. */
import { canonicalJson, key128 } from '../../lib/hash.ts'
import { nearestRank } from '../../stats/quantile.ts'
import { bettingLimits } from '../../stats/sequential/betting.ts'
import type { Estimate } from '../../stats/types.ts'
import { type Frontier, frontierOf } from './frontier.ts'
import { differenceLimits } from './limits.ts'
import { choiceNotes, missingOf } from './notes.ts'
import type { ChooseRule } from './rule.ts'
import type { ChoiceReport, ContenderName, ContenderReport, ContenderState, DifferenceEstimate } from './types.ts'

/** What the run around the choice knows. */
export interface ChoiceFacts {
  readonly runId: string
  readonly simulated: boolean
  readonly dataset: string
  /** Version of its samples. */
  readonly datasetVersion: string
  /** What the answers were billed, decimal USD; null when unknown. */
  readonly spentUsd: string | null
}

/** Fewer rows tell nothing of how many more it would take. */
const LEAST_ROWS = 30

/** No number of rows helps where none does though the true differences are so many standard errors off. */
const STANDARD_ERRORS = 2

/** Decimals of an amount in reports. */
const USD_DECIMALS = 12

export function choiceReport(rule: ChooseRule, { datasetVersion, ...facts }: ChoiceFacts): ChoiceReport {
  const { design, trials, chosen } = rule
  const { contenders, reference, ...asked } = design
  const open = chosen === null
  const frontier = frontierOf(rule)
  const stateOf = (contender: number): ContenderState => {
    if (contender === chosen) return 'chosen'
    if (rule.evidence.isDropped(contender)) return 'dropped'
    return rule.evidence.isAccepted(contender) && rule.rowsUsed > 0 ? 'accepted' : 'undecided'
  }
  const undecided = contenders.filter((_one, contender) => stateOf(contender) === 'undecided')
  const nameOf = (contender: number | null): ContenderName | null => named(contenders[contender ?? -1])
  return {
    formatVersion: 1,
    verdict: open ? 'INCONCLUSIVE' : 'CHOSEN',
    ...facts,
    design: { ...asked, reference: nameOf(reference) },
    designHash: key128(canonicalJson({ design, datasetVersion })).slice(0, 16),
    chosen: nameOf(chosen),
    undecided: open ? undecided.flatMap((one) => named(one) ?? []) : [],
    cheapestAccepted: open ? nameOf(cheapestAccepted(rule)) : nameOf(chosen),
    rowsToSettle: open ? rowsToSettle(rule, 0) : null,
    isNearMargin: open && rule.rowsUsed >= LEAST_ROWS && rowsToSettle(rule, STANDARD_ERRORS) === null,
    rowsUsed: rule.rowsUsed,
    rowsPlanned: trials.rows,
    trialsAsked: trials.count,
    trialsPlanned: trials.rows * trials.contenders * trials.epochs,
    fullGridUsd: fullGridUsd(rule),
    contenders: contenders.map((_one, contender) => contenderReport(contender, stateOf(contender), rule, frontier)),
    frontier: { rows: frontier.rows, weighs: frontier.weighs },
    notes: choiceNotes(rule),
  }
}

function named(contender: ContenderName | undefined): ContenderName | null {
  return contender === undefined ? null : { model: contender.model, prompt: contender.prompt }
}

function cheapestAccepted(rule: ChooseRule): number | null {
  for (const group of rule.byCost()) {
    const best = rule.rowsUsed === 0 ? null : rule.bestAccepted(group)
    if (best !== null) return best
  }
  return null
}

/** From the cheapest up: each has to be dropped until one can be accepted; as many rows as the slowest of these steps. */
function rowsToSettle(rule: ChooseRule, favour: number): number | null {
  if (rule.rowsUsed < LEAST_ROWS) return null
  let needed = 0
  for (const group of rule.byCost()) {
    const steps = group.map((contender) => rule.evidence.rowsToSettle(contender, favour))
    const accept = Math.min(...steps.map((step) => step.accept))
    const drop = Math.max(...steps.map((step) => step.drop))
    if (accept <= drop) return accept === Infinity ? null : Math.max(needed, accept)
    needed = Math.max(needed, drop)
  }
  return null
}

function fullGridUsd(rule: ChooseRule): string | null {
  const { contenders } = rule.design
  const costs = contenders.map((_one, contender) => rule.costOf(contender))
  const total = costs.reduce((sum, cost) => sum + cost, 0) * rule.trials.rows * rule.trials.epochs
  return usd(total)
}

function contenderReport(
  contender: number,
  state: ContenderState,
  rule: ChooseRule,
  frontier: Frontier,
): ContenderReport {
  const { trials, design } = rule
  const rows = rule.rowsOf(contender)
  const { model = '', prompt = '' } = design.contenders[contender] ?? {}
  return {
    model,
    prompt,
    state,
    rows,
    droppedAtRow: rule.evidence.droppedAtRow(contender),
    missing: missingOf(contender, rule),
    quality: qualityOf(
      knownValues(rows, (row) => trials.quality(row, contender)),
      design.alpha,
    ),
    difference: differenceOf(contender, rule),
    costPer1000Usd: usd(rule.costOf(contender) * 1_000),
    latencyP50Ms: nearestRank(trials.latencies(contender, rows), 0.5),
    frontier: frontier.of.get(contender) ?? null,
  }
}

/** Of all looks the limits of the last one: those of an early look may have left the mean behind. */
function qualityOf(scores: Float64Array, alpha: number): Estimate {
  const { low, high } = bettingLimits(scores, 1 - alpha)
  const n = scores.length
  return { value: n === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / n, low, high, n, method: 'betting' }
}

/** To the best of those that had answered the same rows; of those that were dropped before, nothing is known of the later rows. */
function differenceOf(contender: number, rule: ChooseRule): DifferenceEstimate | null {
  const limits = differenceLimits(contender, rule)
  if (limits === null) return null
  const rows = rule.rowsOf(contender)
  const others = rule.evidence.rivals(contender)
  const means = others.map((other) => meanDifference(contender, other, rows, rule))
  const least = Math.min(...means)
  if (rule.design.reference !== null) return { value: Number.isFinite(least) ? least : null, ...limits }
  return { value: rows === 0 || Number.isNaN(least) ? null : Math.min(0, least), ...limits }
}

/** Over the rows that both have a score for; NaN without any. */
function meanDifference(first: number, second: number, rows: number, { trials }: ChooseRule): number {
  const differences = knownValues(rows, (row) => trials.quality(row, first) - trials.quality(row, second))
  return differences.reduce((sum, difference) => sum + difference, 0) / differences.length
}

function knownValues(rows: number, read: (row: number) => number): Float64Array {
  const values = new Float64Array(rows)
  let count = 0
  for (let row = 0; row < rows; row++) {
    const value = read(row)
    if (!Number.isNaN(value)) values[count++] = value
  }
  return values.subarray(0, count)
}

/** Null for what is unknown. */
function usd(amount: number): string | null {
  return Number.isFinite(amount) ? amount.toFixed(USD_DECIMALS).replace(/\.?0+$/, '') : null
}
