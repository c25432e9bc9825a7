import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Random, randomFrom } from '../../src/lib/random.ts'
import { GradedMean, type GradedLimits } from '../../src/stats/graded-mean.ts'
import { meanInterval, RunningMean } from '../../src/stats/interval.ts'
import { assertClose } from './golden.ts'

/** `clusterOf` undefined: samples stand alone. */
function limitsOf(
  means: readonly number[],
  clusterOf?: (sample: number) => number,
  label = '0|bootstrap|score:f1|m|p|',
): GradedLimits {
  const graded = new GradedMean(label)
  for (const [sample, mean] of means.entries()) graded.add(mean, clusterOf?.(sample))
  return graded.limits(0.95)
}

function drawn(count: number, draw: (random: Random) => number, label = 'scores'): readonly number[] {
  const random = randomFrom(label)
  return Array.from({ length: count }, () => draw(random))
}

const even = (random: Random): number => random.uniform()
/** Skewness about −9. */
const nearlyAlways = (random: Random): number => (random.uniform() < 0.99 ? 1 : random.uniform() / 2)

test('30 scores without skew have t limits', () => {
  const scores = drawn(30, even)
  const values = new RunningMean()
  for (const score of scores) values.add(score)
  const { low, high, method } = limitsOf(scores)
  assert.is(method, 't')
  assertClose(low, meanInterval(values).low, 'low')
  assertClose(high, meanInterval(values).high, 'high')
})

test('fewer scores are resampled, and so are skewed ones however many a row can be kept of', () => {
  assert.is(limitsOf(drawn(29, even)).method, 'bca')
  assert.is(limitsOf(drawn(10, even)).method, 'bca')
  assert.is(limitsOf(drawn(1_500, nearlyAlways)).method, 'bca')
})

test('of more than 2,000 skewed scores groups are resampled, which tells nearly the same', () => {
  const scores = drawn(2_010, nearlyAlways)
  const own = limitsOf(scores.slice(0, 2_000))
  const grouped = limitsOf(scores)
  assert.equal([own.method, grouped.method], ['bca', 'bca of 500 groups'])
  const ratio = (grouped.high - grouped.low) / (own.high - own.low)
  assert.ok(ratio > 0.85 && ratio < 1.15, `${ratio}`)
})

test('fewer than ten scores get the betting interval, whose limits hold for any', () => {
  for (const count of [2, 5, 9]) {
    const { low, high, method } = limitsOf(drawn(count, even))
    assert.is(method, 'betting')
    assert.ok(high - low > 0.3, `${count}: ${low} to ${high}`)
  }
})

test('equal scores have a real interval, narrower the more there are, and never of width 0', () => {
  const widths = [1, 2, 10, 100, 20_000].map((count) => {
    const { low, high, method } = limitsOf(Array<number>(count).fill(0.7))
    assert.is(method, 'betting')
    assert.ok(low < 0.7 && high > 0.7)
    return high - low
  })
  for (const [index, width] of widths.entries()) assert.ok(index === 0 || width <= (widths[index - 1] ?? 0))
})

test('the label alone decides what is drawn', () => {
  const scores = drawn(20, even)
  assert.equal(limitsOf(scores, undefined, 'a'), limitsOf(scores, undefined, 'a'))
  assert.not.equal(limitsOf(scores, undefined, 'a'), limitsOf(scores, undefined, 'b'))
})

test('samples of a cluster are one unit, wherever they stand', () => {
  // Five samples of each cluster score alike: they know no more than one.
  const ofClusters = drawn(40, even)
  const scores = Array.from({ length: 200 }, (_, sample) => ofClusters[sample % 40] ?? 0)
  const clustered = limitsOf(scores, (sample) => sample % 40)
  const alone = limitsOf(ofClusters)
  assert.equal([clustered.method, clustered.units], ['clustered-t', 40])
  assertClose(clustered.low, alone.low, 'low')
  assertClose(clustered.high, alone.high, 'high')
})

test('few clusters are resampled whole, very few have the t of their number, a single one is as one sample', () => {
  const scores = drawn(100, even)
  assert.is(limitsOf(scores, (sample) => sample % 20).method, 'bca')
  assert.is(limitsOf(scores, (sample) => sample % 5).method, 'clustered-t')
  const { low, high, method, units } = limitsOf(scores, () => 0)
  assert.equal([low, high, method, units], [0, 1, 'betting', 1])
})

test('the limits keep their word: BCa and clustered limits cover the mean in about 95 of 100 cases', () => {
  const random = randomFrom('coverage of graded means')
  const repetitions = 300
  const covered = { bca: 0, clustered: 0, asIfAlone: 0 }
  for (let repetition = 0; repetition < repetitions; repetition++) {
    // Mean 0.85: full marks in 7 of 10 answers.
    const few = Array.from({ length: 20 }, () => (random.uniform() < 0.7 ? 1 : random.uniform()))
    // Clusters of five with a part in common: correlation 0.5, mean 0.5.
    const parts = Array.from({ length: 40 }, () => random.uniform())
    const clustered = Array.from({ length: 200 }, (_, sample) => (parts[sample % 40] ?? 0) / 2 + random.uniform() / 2)
    const holds = ({ low, high }: GradedLimits, mean: number): number => (low <= mean && mean <= high ? 1 : 0)
    covered.bca += holds(limitsOf(few, undefined, `${repetition}`), 0.85)
    covered.clustered += holds(
      limitsOf(clustered, (sample) => sample % 40),
      0.5,
    )
    covered.asIfAlone += holds(limitsOf(clustered), 0.5)
  }
  assert.ok(covered.bca / repetitions > 0.9, `BCa: ${covered.bca}`)
  assert.ok(covered.clustered / repetitions > 0.92, `clusters: ${covered.clustered}`)
  assert.ok(covered.asIfAlone / repetitions < 0.85, `as if alone: ${covered.asIfAlone}`)
})

test.run()
