/** Do resampled limits meet the reference, and are they honest where there is little to resample? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  bcaLimits,
  bootstrap,
  jackknife,
  percentileLimits,
  resampledLimits,
  type Statistic,
} from '../../src/stats/bootstrap.ts'
import { goldenGroup } from './golden.ts'

interface BootstrapInput {
  readonly values: readonly number[]
  readonly clusters?: readonly string[]
  readonly statistic: 'mean' | 'median'
  readonly label: string
  readonly resamples: number
  readonly confidence: number
}

type BootstrapFigures = Readonly<
  Record<'theta' | 'boot_mean' | 'boot_se' | 'pct_lo' | 'pct_hi', number> &
    Partial<Record<'z0' | 'acceleration' | 'bca_p_lo' | 'bca_p_hi' | 'bca_lo' | 'bca_hi', number | null>>
>

const statistics = {
  mean: (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length,
  median: (values: readonly number[]): number => {
    const sorted = [...values].sort((a, b) => a - b)
    const middle = (sorted.length - 1) / 2
    return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
  },
}

/** Every value, or every cluster of them, is a kind of its own. */
function unitsOf({ values, clusters, statistic }: BootstrapInput): { counts: number[]; statistic: Statistic } {
  const byCluster = new Map<string, number[]>()
  for (const [index, value] of values.entries()) {
    const cluster = clusters?.[index] ?? String(index)
    byCluster.set(cluster, [...(byCluster.get(cluster) ?? []), value])
  }
  const kinds = [...byCluster.values()]
  return {
    counts: kinds.map(() => 1),
    statistic: (counts) =>
      statistics[statistic](
        kinds.flatMap((kind, index) =>
          Array<number[]>(counts[index] ?? 0)
            .fill(kind)
            .flat(),
        ),
      ),
  }
}

const golden = goldenGroup<BootstrapInput, BootstrapFigures>(
  'bootstrap',
  'bootstrap.ts: bootstrap, percentileLimits, jackknife, bcaLimits',
)
for (const { name, in: input, out } of golden.cases) {
  test(`the bootstrap of ${name} has the golden replicates and limits`, () => {
    const { counts, statistic } = unitsOf(input)
    const theta = statistic(counts) ?? Number.NaN
    const replicates = bootstrap(counts, statistic, input)
    golden.close(theta, out.theta, 'theta')
    const values = [...replicates.sorted]
    const mean = statistics.mean(values)
    golden.close(mean, out.boot_mean, 'mean of the replicates')
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
    golden.close(spread, out.boot_se, 'spread of the replicates')
    const { low, high } = percentileLimits(replicates, input.confidence)
    golden.close(low, out.pct_lo, 'percentile low')
    golden.close(high, out.pct_hi, 'percentile high')
    if (out.bca_lo === undefined) return
    const leftOut = jackknife(counts, statistic)
    const bca = leftOut && bcaLimits(replicates, theta, leftOut, input.confidence)
    golden.close(leftOut?.acceleration ?? null, out.acceleration ?? null, 'acceleration')
    golden.close(bca?.bias ?? null, out.z0 ?? null, 'z0')
    golden.close(bca?.lowAt ?? null, out.bca_p_lo ?? null, 'place of the low limit')
    golden.close(bca?.highAt ?? null, out.bca_p_hi ?? null, 'place of the high limit')
    golden.close(bca?.low ?? null, out.bca_lo, 'BCa low')
    golden.close(bca?.high ?? null, out.bca_hi ?? null, 'BCa high')
  })
}
golden.finish()

const share: Statistic = ({ 0: failures = 0, 1: passes = 0 }) => passes / (passes + failures)
const HOW = { label: 'test|bootstrap', confidence: 0.95 }

test('no width, no interval: units that are all alike tell nothing of those not seen', () => {
  assert.equal(resampledLimits([0, 40], share, HOW), { low: null, high: null, method: 'none' })
  assert.equal(resampledLimits([0, 1], share, HOW), { low: null, high: null, method: 'none' })
  assert.equal(resampledLimits([], share, HOW), { low: null, high: null, method: 'none' })
})

test('a figure that resampling often leaves undefined has no limits', () => {
  const oddsOfPasses: Statistic = ({ 0: failures = 0, 1: passes = 0 }) => (failures === 0 ? null : passes / failures)
  assert.is(resampledLimits([2, 8], oddsOfPasses, HOW).method, 'none')
  assert.is(resampledLimits([20, 80], oddsOfPasses, HOW).method, 'bca')
})

test('the same label gives the same limits, another label others', () => {
  assert.equal(resampledLimits([13, 30], share, HOW), resampledLimits([13, 30], share, HOW))
  assert.not.equal(resampledLimits([13, 30], share, HOW), resampledLimits([13, 30], share, { ...HOW, label: 'other' }))
})

test('above 2,000 units the jackknife takes over where BCa ended, within five percent of its width', () => {
  const bca = resampledLimits([400, 1_600], share, HOW)
  const normal = resampledLimits([400, 1_601], share, HOW)
  assert.equal([bca.method, normal.method], ['bca', 'jackknife'])
  const width = ({ low, high }: typeof bca): number => (high ?? 0) - (low ?? 0)
  assert.ok(Math.abs(width(bca) / width(normal) - 1) < 0.05, `${width(bca)} and ${width(normal)}`)
  assert.ok(Math.abs((bca.low ?? 0) - (normal.low ?? 0)) < 0.05 * width(normal), `${bca.low} and ${normal.low}`)
})

test('a hundred thousand units cost as many evaluations as there are kinds', () => {
  let evaluations = 0
  const counted: Statistic = (counts) => {
    evaluations += 1
    return share(counts)
  }
  resampledLimits([30_000, 70_000], counted, HOW)
  assert.ok(evaluations < 10, `${evaluations} evaluations`)
})

test.run()
