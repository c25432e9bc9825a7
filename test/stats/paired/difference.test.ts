/** Do paired differences meet the reference, treat clusters as what they are, and claim nothing where nothing varies? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom, shuffled } from '../../../src/lib/random.ts'
import { meanInterval, RunningMean } from '../../../src/stats/interval.ts'
import {
  clusterSums,
  type MeanDifference,
  meanDifference,
  pairedDifference,
} from '../../../src/stats/paired/difference.ts'
import { assertClose, goldenGroup } from '../golden.ts'

interface Scores {
  readonly baseline: readonly (number | null)[]
  readonly candidate: readonly (number | null)[]
  readonly confidence: number
}
interface Expected {
  readonly pairs: number
  readonly dropped: number
  readonly diff: number
  readonly sd: number | null
  readonly se: number | null
  readonly lo: number | null
  readonly hi: number | null
  readonly wins: number
  readonly ties: number
  readonly losses: number
  readonly t: number | null
  readonly p_two: number | null
  readonly se_unpaired?: number
}

const golden = goldenGroup<Scores, Expected>(
  'paired_difference',
  'paired/difference.ts: pairedDifference, meanDifference; paired/win-rate.ts: winTieLoss',
)
for (const { name, in: input, out } of golden.cases) {
  test(`the paired difference of ${name} is the golden one`, () => {
    const found = pairedDifference(input.baseline, input.candidate, { confidence: input.confidence })
    assert.equal([found.n, found.dropped], [out.pairs, out.dropped])
    assert.equal([found.wins, found.ties, found.losses], [out.wins, out.ties, out.losses])
    golden.close(found.mean, out.diff, 'difference')
    golden.close(found.standardDeviation, out.sd, 'standard deviation')
    golden.close(found.standardError, out.se, 'standard error')
    golden.close(found.t, out.t, 't')
    golden.close(found.pValue, out.p_two, 'p')
    if (out.se_unpaired !== undefined) golden.close(found.unpairedStandardError, out.se_unpaired, 'unpaired')
    assert.is(found.degenerate, out.sd === 0)
    // The golden file gives equal differences a width of zero and asks the caller to flag them.
    golden.close(found.low, found.degenerate ? null : out.lo, 'low')
    golden.close(found.high, found.degenerate ? null : out.hi, 'high')
  })
}
golden.finish()

/** Scores in sixteenths: their sums are exact in any order. */
const difference = fc.integer({ min: -16, max: 16 }).map((sixteenths) => sixteenths / 16)
const rows = fc.array(fc.record({ difference, cluster: fc.nat(12) }), { minLength: 1, maxLength: 60 })

type Row = { readonly difference: number; readonly cluster: number }
function clustered(list: readonly Row[]): MeanDifference {
  return meanDifference(
    list.map((row) => row.difference),
    list.map((row) => row.cluster),
  )
}

function assertAlike(one: MeanDifference, other: MeanDifference): void {
  assert.equal([one.clusters, one.df, one.degenerate], [other.clusters, other.df, other.degenerate])
  for (const key of ['mean', 'standardError', 'low', 'high'] as const) assertClose(one[key], other[key], key)
}

test('swapping the models negates the mean and mirrors the limits', () => {
  fc.assert(
    fc.property(rows, (list) => {
      const one = clustered(list)
      const other = clustered(list.map((row) => ({ ...row, difference: 0 - row.difference })))
      assert.is(one.mean, 0 - (other.mean ?? Number.NaN))
      assert.is(one.standardError, other.standardError)
      assert.equal([one.low, one.high], other.high === null ? [null, null] : [-other.high, -(other.low ?? Number.NaN)])
    }),
  )
})

test('the order of rows and the numbers of clusters do not matter', () => {
  fc.assert(
    fc.property(rows, fc.string(), (list, label) => {
      const random = randomFrom(label)
      const renamed = shuffled([...Array(13).keys()], random)
      const moved = shuffled(list, random).map((row) => ({
        difference: row.difference,
        cluster: renamed[row.cluster] ?? 0,
      }))
      assertAlike(clustered(moved), clustered(list))
    }),
  )
})

test('asking every row again inside its own cluster leaves everything but n as it was', () => {
  fc.assert(fc.property(rows, (list) => assertAlike(clustered([...list, ...list]), clustered(list))))
})

test('clusters of one row each are rows that stand alone, with the limits of Student', () => {
  fc.assert(
    fc.property(fc.array(difference, { minLength: 1, maxLength: 60 }), (list) => {
      const alone = meanDifference(list, null)
      assertAlike(
        meanDifference(
          list,
          list.map((_, index) => index),
        ),
        alone,
      )
      const values = new RunningMean()
      for (const value of list) values.add(value)
      const student = meanInterval(values)
      assertClose(alone.low, student.low, 'low')
      assertClose(alone.high, student.high, 'high')
    }),
  )
})

test('limits are never of zero width', () => {
  fc.assert(
    fc.property(rows, (list) => {
      const { low, high, degenerate, clusters } = clustered(list)
      assert.is(low === null, degenerate || clusters < 2)
      if (low !== null && high !== null) assert.ok(low < high)
    }),
  )
})

test('rows that are all alike are degenerate, also when rounding tells them apart', () => {
  for (const list of [
    [0, 0, 0],
    [-1, -1],
    [0.3, 0.1 + 0.2, 0.3],
  ]) {
    const { standardError, df, low, high, degenerate } = meanDifference(list, null)
    assert.equal([standardError, df, low, high, degenerate], [0, list.length - 1, null, null, true])
  }
  // A win and a loss in every cluster: no cluster deviates from the mean.
  assert.ok(meanDifference([1, -1, 0.1, -0.1], [0, 0, 1, 1]).degenerate)
  assert.not.ok(meanDifference([1e-9, 2e-9], null).degenerate)
})

test('without rows there is no mean, with one row or cluster no standard error', () => {
  const nothing = { standardError: null, df: null, low: null, high: null, degenerate: false }
  assert.equal(meanDifference([], null), { ...nothing, n: 0, clusters: 0, mean: null })
  assert.equal(meanDifference([], []), { ...nothing, n: 0, clusters: 0, mean: null })
  assert.equal(meanDifference([0.5], null), { ...nothing, n: 1, clusters: 1, mean: 0.5 })
  assert.equal(meanDifference([0, 1], [7, 7]), { ...nothing, n: 2, clusters: 1, mean: 0.5 })
})

test('the mean of a row per item is the same as the rows of its epochs clustered by item', () => {
  const epochs = [
    [1, 0, 1, 1],
    [0, 0, -1, 0],
    [0, 0, 0, 0],
    [-1, 1, 0, 0],
  ]
  const means = epochs.map((list) => list.reduce((sum, value) => sum + value, 0) / list.length)
  const byItem = meanDifference(
    epochs.flat(),
    epochs.flatMap((list, item) => list.map(() => item)),
  )
  assertAlike(byItem, meanDifference(means, null))
})

test('a million rows in clusters keep their digits, in arrays of numbers alone', () => {
  const n = 1_000_000
  const differences = Float64Array.from({ length: n }, (_, row) => 1e6 + (row % 2))
  const clusters = Int32Array.from({ length: n }, (_, row) => row >> 1)
  const moved = meanDifference(differences, clusters)
  assert.is(moved.mean, 1e6 + 0.5)
  assert.ok(moved.degenerate)
  const alone = meanDifference(differences, null)
  assertClose(alone.standardError, 0.5 / Math.sqrt(n - 1), 'standard error')
})

test('sums of clusters leave out numbers without a row', () => {
  assert.equal([...clusterSums([1, 2, 3, 4], [5, 0, 5, 2])], [2, 4, 4])
  assert.equal([...clusterSums([], [])], [])
})

test('pairing earns what the models have in common', () => {
  const items = Array.from({ length: 40 }, (_, item) => (item % 4 === 0 ? 0 : 1))
  const other = items.map((score, item) => (item % 10 === 1 ? 1 - score : score))
  const { standardError, unpairedStandardError } = pairedDifference(items, other)
  assert.ok((standardError ?? 1) < (unpairedStandardError ?? 0))
})

test('95 % limits hold the true difference as often as they say, where rows share a passage', () => {
  const random = randomFrom('difference.test|coverage')
  const [repetitions, clusters, size] = [2_000, 20, 5]
  let [covered, coveredAsIndependent] = [0, 0]
  const numbers = Int32Array.from({ length: clusters * size }, (_, row) => Math.floor(row / size))
  const sign = (): number => {
    const u = random.uniform()
    return u < 0.1 ? 1 : u < 0.25 ? -1 : 0
  }
  const covers = ({ low, high }: MeanDifference): number =>
    low !== null && high !== null && low <= -0.05 && -0.05 <= high ? 1 : 0
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const common = Array.from({ length: clusters }, sign)
    // A row copies its cluster with probability √0.3: two rows of a cluster correlate at 0.3.
    const differences = Float64Array.from(numbers, (cluster) =>
      random.uniform() < Math.sqrt(0.3) ? (common[cluster] ?? 0) : sign(),
    )
    covered += covers(meanDifference(differences, numbers))
    coveredAsIndependent += covers(meanDifference(differences, null))
  }
  // Nominal 0.95; the stream is fixed, so these never change.
  assert.ok(covered / repetitions > 0.93, `clustered: ${covered / repetitions}`)
  assert.ok(coveredAsIndependent / repetitions < 0.88, `as independent: ${coveredAsIndependent / repetitions}`)
})

test.run()
