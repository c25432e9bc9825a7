/** Which of the contenders that are left is worth its price? The frontier of quality, cost and latency, resampled. */
import { frontierProbability } from '../../stats/pareto.ts'
import type { ChooseRule } from './rule.ts'
import type { FrontierReport } from './types.ts'

const RESAMPLES = 1_000
/** More rows than these are summed into so many groups, which are resampled whole; the committed order is random already. */
const MOST_UNITS = 2_000
const SURE = 0.95

export interface Frontier {
  /** Rows that all remaining contenders have a score for, and what is weighed. */
  readonly rows: number
  readonly weighs: readonly string[]
  /** By contender. */
  readonly of: ReadonlyMap<number, FrontierReport>
}

/** A column of figures: how it is read, and whether it is weighed when unknown. */
interface Figure {
  readonly name: string
  readonly read: (row: number, contender: number) => number
}

/** Cost and latency are left out where no row has them for all. */
export function frontierOf(rule: ChooseRule): Frontier {
  const remaining = rule.evidence.remaining
  const { trials } = rule
  const quality: Figure = { name: 'quality', read: (row, one) => trials.quality(row, one) }
  const cost: Figure = { name: 'cost', read: (row, one) => trials.costUsd(row, one) }
  const latency: Figure = { name: 'latency', read: (row, one) => trials.latencyMs(row, one) }
  const scored = Array.from({ length: rule.rowsUsed }, (_, row) => row).filter((row) =>
    isKnown(quality, row, remaining),
  )
  const further = [cost, latency].filter((figure) => scored.some((row) => isKnown(figure, row, remaining)))
  const rows = scored.filter((row) => further.every((figure) => isKnown(figure, row, remaining)))
  const weighs = [quality, ...further].map(({ name }) => name)
  if (rows.length === 0) return { rows: 0, weighs, of: new Map() }
  const columnsOf = (figure: Figure): Float64Array[] =>
    remaining.map((one) => unitSums(rows, (row) => figure.read(row, one)))
  const nothing = remaining.map(() => new Float64Array(Math.min(rows.length, MOST_UNITS)))
  const probabilities = frontierProbability(columnsOf(quality), further.includes(cost) ? columnsOf(cost) : nothing, {
    label: `${rule.design.seed}|frontier|${rule.design.metric}|choose`,
    resamples: RESAMPLES,
    others: further.includes(latency) ? [columnsOf(latency)] : [],
  })
  return {
    rows: rows.length,
    weighs,
    of: new Map(remaining.map((contender, index) => [contender, worded(probabilities[index] ?? 0)])),
  }
}

function isKnown({ read }: Figure, row: number, contenders: readonly number[]): boolean {
  return contenders.every((contender) => !Number.isNaN(read(row, contender)))
}

/** Sums rank as the means do, since the rows of a unit are the same for all. */
function unitSums(rows: readonly number[], read: (row: number) => number): Float64Array {
  const sums = new Float64Array(Math.min(rows.length, MOST_UNITS))
  for (const [place, row] of rows.entries()) sums[place % sums.length] = (sums[place % sums.length] ?? 0) + read(row)
  return sums
}

function worded(probability: number): FrontierReport {
  return { probability, word: probability >= SURE ? 'on' : probability <= 1 - SURE ? 'off' : 'undecided' }
}
