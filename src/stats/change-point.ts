/**
 * On which night did the level change? Looked at afterwards: binary segmentation with a permutation test (a change in mean;
 * Matteson & James 2014 give the version for any change; statistics.md 18.4). It dates a change and is no alarm rule.
 */
import { randomFrom, shuffled } from '../lib/random.ts'

export interface ChangePoint {
  /** The first night of the new level. */
  readonly index: number
  /** Of the segment that it was found in: share of its orders, this one included, with as large a step. */
  readonly pValue: number
  readonly meanBefore: number
  readonly meanAfter: number
}

export interface ChangeSearch {
  /** Names the streams of random numbers: `seed|purpose|metric|comparison`. */
  readonly label: string
  /** Error level over all segments, by Holm's steps; 0.05 unless given. */
  readonly alpha?: number
  readonly permutations?: number
}

/** A segment with fewer nights is not searched. */
const FEWEST_NIGHTS = 10
/** Nights on either side of a change. */
const FEWEST_ASIDE = 3

interface Segment {
  readonly start: number
  readonly end: number
  readonly change: ChangePoint
}

/** Changes in order of time. The segment of the smallest p-value is split as long as that is within alpha / segments left. */
export function changePoints(nights: readonly number[], search: ChangeSearch): ChangePoint[] {
  const { alpha = 0.05 } = search
  const found: ChangePoint[] = []
  let open = searched(nights, 0, nights.length, search)
  for (;;) {
    const [first, ...rest] = open.sort((one, other) => one.change.pValue - other.change.pValue)
    if (first === undefined || first.change.pValue > alpha / open.length) break
    const { start, end, change } = first
    found.push(change)
    open = [...rest, ...searched(nights, start, change.index, search), ...searched(nights, change.index, end, search)]
  }
  return found.sort((one, other) => one.index - other.index)
}

/** The likeliest change of a segment with its p-value; none where there are too few nights or all are alike. */
function searched(
  nights: readonly number[],
  start: number,
  end: number,
  { label, permutations = 999 }: ChangeSearch,
): Segment[] {
  const values = nights.slice(start, end)
  if (values.length < FEWEST_NIGHTS) return []
  const { at, size } = largestStep(values)
  if (size <= ROUNDING * Math.max(...values.map(Math.abs))) return []
  const random = randomFrom(`${label}|${start}-${end}`)
  let asLarge = 1
  for (let permutation = 0; permutation < permutations; permutation++) {
    if (largestStep(shuffled(values, random)).size >= size * (1 - ROUNDING)) asLarge += 1
  }
  const pValue = asLarge / (permutations + 1)
  const change = {
    index: start + at,
    pValue,
    meanBefore: meanOf(values.slice(0, at)),
    meanAfter: meanOf(values.slice(at)),
  }
  return [{ start, end, change }]
}

/** Equal steps may differ in their last digits, and steps of equal values are not quite 0. */
const ROUNDING = 1e-12

/** max over τ of |mean before − mean after|·√(τ(n − τ)/n); the σ̂ that would divide it is the same in every order. */
function largestStep(values: readonly number[]): { at: number; size: number } {
  const n = values.length
  const total = values.reduce((sum, value) => sum + value, 0)
  let largest = { at: FEWEST_ASIDE, size: 0 }
  let before = 0
  for (let at = 1; at <= n - FEWEST_ASIDE; at++) {
    before += values[at - 1] ?? 0
    if (at < FEWEST_ASIDE) continue
    const size = Math.abs(before / at - (total - before) / (n - at)) * Math.sqrt((at * (n - at)) / n)
    if (size > largest.size) largest = { at, size }
  }
  return largest
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
