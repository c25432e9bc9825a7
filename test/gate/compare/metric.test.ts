import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compareMetric, type UnadjustedMetric } from '../../../src/gate/compare/metric.ts'
import type { PairedValues } from '../../../src/gate/pairs.ts'
import { wilsonInterval } from '../../../src/stats/interval.ts'
import { mcnemar } from '../../../src/stats/paired/mcnemar.ts'
import { tangoInterval } from '../../../src/stats/paired/tango.ts'
import { close } from './close.ts'

function valuesOf(
  candidate: readonly number[],
  baseline: readonly number[],
  rest: Partial<PairedValues> = {},
): PairedValues {
  const isVerdict = (value: number): boolean => value === 0 || value === 1
  return {
    pairs: candidate.length,
    samples: candidate.length,
    clusters: candidate.length,
    missingCandidate: 0,
    missingBaseline: 0,
    missing: 0,
    onlyCandidate: 0,
    onlyBaseline: 0,
    candidate: Float64Array.from(candidate),
    baseline: Float64Array.from(baseline),
    clusterOf: null,
    isBinary: [...candidate, ...baseline].every(isVerdict),
    ...rest,
  }
}

function compared(column: string, values: PairedValues, asked = values.pairs): UnadjustedMetric {
  return compareMetric(column, values, { asked, label: 'test' })
}

/** So many pairs of each kind: won by the candidate, lost, both pass, both fail. */
function verdicts(wins: number, losses: number, both: number, neither: number): PairedValues {
  const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value)
  return valuesOf(
    [...times(wins, 1), ...times(losses, 0), ...times(both, 1), ...times(neither, 0)],
    [...times(wins, 0), ...times(losses, 1), ...times(both, 1), ...times(neither, 0)],
  )
}

test('verdicts are compared by Tango and McNemar, wins by Wilson', () => {
  const metric = compared('pass_rate', verdicts(30, 12, 200, 58))
  assert.equal([metric.kind, metric.unit, metric.method, metric.test], ['quality', 'share', 'tango', 'mcnemar mid-p'])
  assert.equal([metric.higher, metric.equal, metric.lower], [30, 258, 12])
  close(metric.difference, 18 / 300)
  close(metric.net, 18 / 300)
  assert.equal([metric.low, metric.high], Object.values(tangoInterval(30, 12, 300)))
  assert.is(metric.pValue, mcnemar(30, 12).midP)
  assert.equal(metric.higherShare, wilsonInterval(30, 42))
  // (1.95996 + 0.84162) · √((42/300 − 0.06²) / 300)
  close(metric.minimumDetectable, 0.05973, 1e-4)
  assert.equal(metric.flags, [])
})

test('where no pair differs the interval is not of zero width, and the assumption is told', () => {
  const metric = compared('pass_rate', verdicts(0, 0, 90, 10))
  assert.ok((metric.low ?? 0) < -0.01 && (metric.high ?? 0) > 0.01)
  assert.is(metric.pValue, 1)
  assert.match(metric.flags.join(), 'degenerate')
  assert.match(metric.flags.join(), '20 % of pairs assumed')
  close(metric.minimumDetectable, (2.80158 * Math.sqrt(0.2)) / 10, 1e-4)
  assert.match(compared('pass_rate', verdicts(3, 2, 90, 10)).flags.join(), 'too few pairs differ (5)')
})

test('of failures that do not differ no detectable difference is made up', () => {
  const none = compared('failures', verdicts(0, 0, 1, 99))
  assert.ok((none.low ?? 0) < 0 && (none.high ?? 0) > 0)
  assert.is(none.minimumDetectable, null)
  assert.not.match(none.flags.join(), 'assumed')
  assert.ok((compared('failures', verdicts(8, 2, 0, 90)).minimumDetectable ?? 0) > 0)
})

test('graded scores are compared by t over samples, and over clusters where there are any', () => {
  const candidate = Array.from({ length: 60 }, (_, index) => ((index * 7) % 10) / 10)
  const baseline = Array.from({ length: 60 }, (_, index) => ((index * 3) % 10) / 10)
  const alone = compared('score:f1', valuesOf(candidate, baseline))
  assert.equal([alone.method, alone.test], ['paired t', 't'])
  const clusterOf = Uint32Array.from({ length: 60 }, (_, index) => Math.floor(index / 2))
  const together = compared('score:f1', valuesOf(candidate, baseline, { clusterOf, clusters: 30 }))
  assert.equal([together.method, together.test], ['paired t over clusters', 't'])
  assert.is(together.difference, alone.difference)
  assert.is.not(together.low, alone.low)
})

test('few graded pairs have a p-value that needs no normal curve, and a flag', () => {
  const metric = compared('score:f1', valuesOf([0.9, 0.8, 0.7, 0.9], [0.1, 0.2, 0.3, 0.2]))
  assert.equal([metric.method, metric.test, metric.pValue], ['paired t', 'sign flips', 2 / 16])
  assert.match(metric.flags.join(), 'few samples (4)')
})

test('differences that are all alike have limits by betting; a single one says nothing', () => {
  const alike = compared('score:f1', valuesOf(Array(50).fill(0.75) as number[], Array(50).fill(0.25) as number[]))
  assert.equal([alike.method, alike.pValue], ['betting', 2 ** -49])
  assert.ok((alike.low ?? 1) < 0.5 && (alike.high ?? 0) > 0.5)
  const single = compared('score:f1', valuesOf([0.75], [0.25]))
  assert.is(single.pValue, 1)
  assert.ok((single.low ?? 0) < 0, 'one value proves nothing')
  assert.equal([single.minimumDetectable, single.flags], [null, ['nothing to tell chance from']])
})

test('without pairs nothing is said', () => {
  for (const column of ['pass_rate', 'score:f1', 'failures', 'cost', 'latency']) {
    const metric = compared(column, valuesOf([], []))
    const { baseline, candidate, difference, low, high, pValue, minimumDetectable, ratio } = metric
    assert.equal(
      [baseline, candidate, difference, low, high, pValue, minimumDetectable, ratio],
      Array(8).fill(null),
      column,
    )
    assert.equal(metric.flags, ['no pairs'])
  }
})

test('costs have the ratio of totals, latencies the geometric mean of ratios', () => {
  const baseline = Array.from({ length: 100 }, (_, index) => 1 + (index % 5))
  const twice = baseline.map((value, index) => 2 * value * (index % 2 === 0 ? 1.1 : 1 / 1.1))
  const cost = compared('cost', valuesOf(twice, baseline))
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  close(cost.ratio?.value, sum(twice) / sum(baseline))
  assert.ok((cost.ratio?.low ?? 9) < (cost.ratio?.value ?? 0) && (cost.ratio?.value ?? 9) < (cost.ratio?.high ?? 0))
  close(cost.difference, sum(twice) / 100 - sum(baseline) / 100)
  const latency = compared('latency', valuesOf(twice, baseline))
  close(latency.ratio?.value, 2)
  assert.equal([latency.unit, latency.test], ['ms', 't of log ratios'])
  assert.ok((latency.ratio?.low ?? 0) > 1.9 && (latency.ratio?.high ?? 9) < 2.1)
  assert.match(compared('latency', valuesOf([0, 1, 2, 4], [1, 1, 1, 1])).flags.join(), 'no ratio for 1 samples of 0 ms')
})

test('equal costs in every row have no interval of zero width', () => {
  const same = compared('cost', valuesOf([1, 2, 3], [1, 2, 3]))
  assert.equal([same.difference, same.low, same.high, same.pValue, same.minimumDetectable], [0, null, null, 1, null])
  assert.equal([same.ratio?.value, same.ratio?.low, same.ratio?.high], [1, null, null])
  assert.is(compared('cost', valuesOf([1, 1], [0, 0])).ratio?.value, null, 'a baseline of nothing')
})

test('missing values have bounds when they are many, or more on one side', () => {
  const values = (missing: Partial<PairedValues>): PairedValues => ({ ...verdicts(10, 5, 80, 5), ...missing })
  assert.is(compared('pass_rate', values({}), 100).worstCase, null)
  assert.is(
    compared('pass_rate', values({ missingCandidate: 1, missingBaseline: 1 }), 102).worstCase,
    null,
    'two percent',
  )
  const bounds = compared('pass_rate', values({ missingCandidate: 10 }), 110).worstCase
  close(bounds?.low, (5 - 10) / 110)
  close(bounds?.high, (5 + 10) / 110)
  const both = compared('pass_rate', values({ missingCandidate: 10, missingBaseline: 10 }), 110).worstCase
  assert.equal(both, bounds, 'a pair that both have not is one pair')
})

const graded = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), {
  minLength: 2,
  maxLength: 60,
})

test('swapping the sides negates the difference, mirrors the limits and leaves the p-value', () => {
  fc.assert(
    fc.property(graded, fc.boolean(), (pairs, isBinary) => {
      const value = (number: number): number => (isBinary ? Number(number > 1) : number / 4)
      const [one, other] = [pairs.map(([left]) => value(left)), pairs.map(([, right]) => value(right))]
      const [there, back] = [compared('score:s', valuesOf(one, other)), compared('score:s', valuesOf(other, one))]
      close(there.difference, -(back.difference ?? 0))
      close(there.low, -(back.high ?? 0), 1e-9)
      close(there.high, -(back.low ?? 0), 1e-9)
      assert.is(there.higher, back.lower)
      if (there.test !== 'sign flips, sampled') close(there.pValue, back.pValue, 1e-9)
      assert.ok((there.low ?? 0) < (there.high ?? 0), 'never of zero width')
      assert.ok((there.low ?? 0) >= -1 && (there.high ?? 0) <= 1)
    }),
    { numRuns: 200 },
  )
})

test.run()
