/**
 * Which models are worth their price? Those that no other one beats in everything, and how sure that is (Efron 1979, "Bootstrap
 * Methods"; statistics.md 16.1).
 *
 * The probability is one of stability under other items like these, no posterior: two models that are nearly alike share it.
 */
import { bounded, randomFrom } from '../lib/random.ts'

/** Quality is better when more, all else when less. */
export interface ParetoPoint {
  readonly quality: number
  readonly cost: number
  /** Further figures, such as latency; as many for every point. */
  readonly others?: readonly number[]
}

/** Places of the points that no other one dominates: at least as good in everything and better in something. Duplicates are both kept. */
export function frontier(points: readonly ParetoPoint[]): number[] {
  return points.flatMap((point, index) => (points.some((other) => dominates(other, point)) ? [] : [index]))
}

function dominates(one: ParetoPoint, other: ParetoPoint): boolean {
  const ones = losses(one)
  const others = losses(other)
  return (
    ones.every((loss, index) => loss <= (others[index] ?? Number.NaN)) &&
    ones.some((loss, index) => loss < (others[index] ?? Number.NaN))
  )
}

function losses({ quality, cost, others = [] }: ParetoPoint): number[] {
  return [-quality, cost, ...others]
}

export interface FrontierResampling {
  /** Names the stream of random numbers: `seed|purpose|metric|comparison`. */
  readonly label: string
  readonly resamples: number
  /** Further columns of which less is better, such as latency; each holds an array per model. */
  readonly others?: readonly (readonly ArrayLike<number>[])[]
}

/**
 * For each model the share of replicates in which its means are on the frontier. `quality[model][item]` and `cost[model][item]`
 * are of the same items for all models, and a replicate takes the same items of each: differences keep their pairing.
 */
export function frontierProbability(
  quality: readonly ArrayLike<number>[],
  cost: readonly ArrayLike<number>[],
  { label, resamples, others = [] }: FrontierResampling,
): Float64Array {
  const counts = new Float64Array(quality.length)
  const items = quality[0]?.length ?? 0
  const drawn = new Uint32Array(items)
  const random = randomFrom(label)
  for (let replicate = 0; replicate < resamples; replicate++) {
    for (let place = 0; place < items; place++) drawn[place] = bounded(items, random)
    const points = quality.map((scores, model) => ({
      quality: sumOf(scores, drawn),
      cost: sumOf(cost[model] ?? [], drawn),
      others: others.map((column) => sumOf(column[model] ?? [], drawn)),
    }))
    for (const model of frontier(points)) counts[model] = (counts[model] ?? 0) + 1
  }
  return counts.map((count) => count / resamples)
}

/** Sums rank as the means do. */
function sumOf(values: ArrayLike<number>, drawn: Uint32Array): number {
  let sum = 0
  for (let place = 0; place < drawn.length; place++) sum += values[drawn[place] ?? 0] ?? Number.NaN
  return sum
}
