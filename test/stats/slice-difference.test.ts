import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom } from '../../src/lib/random.ts'
import { ClusterTotals, rateOf } from '../../src/stats/cluster-totals.ts'
import { fisherMidP, type SlicePasses, sliceDifferences } from '../../src/stats/slice-difference.ts'
import { newcombeUnpaired } from '../../src/stats/unpaired.ts'
import { assertClose } from './golden.ts'

function rows(passes: number, n: number): SlicePasses {
  return { totals: rateOf(Array.from({ length: n }, (_, row) => [row < passes ? 1 : 0, 1])), clusters: null }
}

/** Passes and rows of clusters by their number. */
function clusters(of: Readonly<Record<number, readonly [number, number]>>): SlicePasses {
  const entries = Object.entries(of).map(([cluster, sums]) => [Number(cluster), sums] as const)
  return { totals: rateOf(entries.map(([, sums]) => sums)), clusters: new Map(entries) }
}

function choose(n: number, k: number): number {
  let product = 1
  for (let i = 0; i < k; i++) product = (product * (n - i)) / (i + 1)
  return k < 0 || k > n ? 0 : product
}

test("Fisher's mid-p is the sum over all tables with these totals, the one seen counting half", () => {
  const count = fc.integer({ min: 1, max: 12 })
  fc.assert(
    fc.property(count, count, fc.nat(), fc.nat(), (n, m, a, b) => {
      const [passes, others] = [a % (n + 1), b % (m + 1)]
      const all = passes + others
      const chance = (x: number): number => (choose(all, x) * choose(n + m - all, n - x)) / choose(n + m, n)
      let below = chance(passes) / 2
      for (let x = 0; x < passes; x++) below += chance(x)
      const expected = Math.min(1, 2 * Math.min(below, 1 - below))
      const actual = fisherMidP({ passes, n }, { passes: others, n: m })
      assert.ok(Math.abs(actual - expected) < 1e-9, `${passes}/${n} against ${others}/${m}: ${actual}, ${expected}`)
    }),
  )
})

test("a million rows do not take Fisher's test long, and it agrees with the normal approximation", () => {
  const p = fisherMidP({ passes: 400_600, n: 500_000 }, { passes: 400_000, n: 500_000 })
  // z = 0.0012 / √(0.8006 · 0.1994 · 2 / 500,000) = 1.5017
  assert.ok(Math.abs(p - 0.1332) < 0.001, `${p}`)
})

test('a slice is compared with the rows of all other slices, and the p-values are corrected for their number', () => {
  const slices = [rows(12, 30), rows(27, 30), rows(28, 30)]
  const [first, second] = sliceDifferences(slices, 0.95)
  const rest = { passes: 55, n: 60 }
  const { low, high } = newcombeUnpaired({ passes: 12, n: 30 }, rest, 0.95)
  assertClose(first?.difference ?? null, 0.4 - 55 / 60, 'difference')
  assertClose(first?.restPassRate ?? null, 55 / 60, 'rest')
  assert.equal([first?.low, first?.high, first?.method, first?.test], [low, high, 'newcombe', 'fisher mid-p'])
  assertClose(first?.pAdjusted ?? null, 3 * fisherMidP({ passes: 12, n: 30 }, rest), 'the smallest p, times three')
  assert.is(first?.slices, 3)
  assert.ok((second?.pAdjusted ?? 0) >= (first?.pAdjusted ?? 1))
})

test('a slice without scored rows, or without a rest, differs from nothing and does not count', () => {
  assert.equal(sliceDifferences([rows(3, 4)], 0.95), [null])
  const [one, empty, other] = sliceDifferences([rows(3, 4), rows(0, 0), rows(1, 4)], 0.95)
  assert.is(empty, null)
  assert.equal([one?.slices, other?.slices], [2, 2])
})

test('epochs of a sample are one unit: asked five times, a slice stands out no more', () => {
  const slice = (passed: number, n: number, epochs: number): SlicePasses => {
    const totals = new ClusterTotals()
    for (let sample = 0; sample < n; sample++)
      for (let epoch = 0; epoch < epochs; epoch++) totals.add({ sample }, sample < passed ? 1 : 0)
    return { totals: totals.totals(), clusters: null }
  }
  const compare = (epochs: number): number =>
    sliceDifferences([slice(10, 20, epochs), slice(16, 20, epochs)], 0.95)[0]?.pAdjusted ?? 0
  assert.ok(compare(5) > 0.03 && Math.abs(compare(5) - compare(1)) < 0.02, `${compare(5)}, ${compare(1)}`)
})

test('a slice whose clusters are all alike still has an interval with a width', () => {
  const perfect = clusters(Object.fromEntries([0, 1, 2, 3, 4].map((cluster) => [cluster, [4, 4] as const])))
  const mixed = clusters(Object.fromEntries([5, 6, 7, 8, 9].map((cluster) => [cluster, [cluster % 3, 4] as const])))
  const [first] = sliceDifferences([perfect, mixed], 0.95)
  assert.ok((first?.low ?? 1) < (first?.difference ?? 0) && (first?.high ?? 0) <= 1)
  assert.ok((first?.pAdjusted ?? 0) > 0)
})

test('clusters that have rows in a slice and outside move both rates together', () => {
  const half = (passes: (cluster: number) => number): SlicePasses =>
    clusters(Object.fromEntries(Array.from({ length: 20 }, (_, cluster) => [cluster, [passes(cluster), 5] as const])))
  // Whatever a cluster's level is, the slice has one pass more or less in it than the rest: the levels cancel.
  const level = (cluster: number): number => (cluster % 2) * 3 + 1
  const slices = [half(level), half((cluster) => level(cluster) - (cluster % 4 < 3 ? 1 : 0))]
  const [together] = sliceDifferences(slices, 0.95)
  const renamed = (slice: SlicePasses, offset: number): SlicePasses => {
    const entries = [...(slice.clusters ?? [])].map(([cluster, sums]) => [cluster + offset, sums] as const)
    return { totals: slice.totals, clusters: new Map(entries) }
  }
  const [apart] = sliceDifferences(
    slices.map((slice, index) => renamed(slice, index * 100)),
    0.95,
  )
  assertClose(together?.difference ?? null, apart?.difference ?? null, 'the same difference')
  const width = (one: typeof together): number => (one?.high ?? 0) - (one?.low ?? 0)
  assert.ok(width(together) < width(apart) / 2, `${width(together)}, ${width(apart)}`)
})

test('a slice of a single cluster is tested by the spread of all clusters; two clusters in all have none', () => {
  const single = clusters({ 0: [2, 8] })
  const others = clusters({ 1: [3, 4], 2: [1, 4], 3: [2, 4], 4: [3, 4], 5: [3, 4], 6: [1, 4] })
  const [one] = sliceDifferences([single, others], 0.95)
  assert.ok((one?.pAdjusted ?? 0) > 0.1 && (one?.low ?? 0) < -0.5 && (one?.high ?? 0) > 0.2)
  const [none] = sliceDifferences([single, clusters({ 1: [3, 4] })], 0.95)
  assert.equal([none?.pAdjusted, none?.test, none?.method], [null, 'none', 'clustered-newcombe'])
  assert.is(none?.slices, 0)
})

test('when nothing differs, any of ten slices of five to fourteen rows stands out in at most 5 of 100 runs', () => {
  const random = randomFrom('false alarms of slices')
  const repetitions = 1_000
  let alarms = 0
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const slices = Array.from({ length: 10 }, (_, slice) => {
      const n = 5 + slice
      return rows(Array.from({ length: n }, () => random.uniform()).filter((value) => value < 0.9).length, n)
    })
    if (sliceDifferences(slices, 0.95).some((one) => (one?.pAdjusted ?? 1) < 0.05)) alarms += 1
  }
  assert.ok(alarms / repetitions <= 0.06, `${alarms}`)
})

test('when nothing differs, any of ten slices of five clusters stands out in at most 5 of 100 runs', () => {
  const random = randomFrom('false alarms of clustered slices')
  const repetitions = 500
  let alarms = 0
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const slices = Array.from({ length: 10 }, (_, slice) =>
      clusters(
        Object.fromEntries(
          Array.from({ length: 5 }, (__, cluster) => {
            // Correlation 0.3 within a cluster.
            const common = random.uniform() < 0.8
            const passed = Array.from({ length: 5 }, () =>
              random.uniform() < Math.sqrt(0.3) ? common : random.uniform() < 0.8,
            )
            return [slice * 100 + cluster, [passed.filter(Boolean).length, 5] as const]
          }),
        ),
      ),
    )
    if (sliceDifferences(slices, 0.95).some((one) => (one?.pAdjusted ?? 1) < 0.05)) alarms += 1
  }
  assert.ok(alarms / repetitions <= 0.06, `${alarms}`)
})

test.run()
