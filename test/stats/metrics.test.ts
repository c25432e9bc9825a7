import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom } from '../../src/lib/random.ts'
import { confusionMetric } from '../../src/score/metric/confusion.ts'
import { reliabilityMetric } from '../../src/score/metric/reliability.ts'
import type { Observation, RunMetric } from '../../src/score/types.ts'
import { wilsonInterval } from '../../src/stats/interval.ts'
import { Metrics } from '../../src/stats/metrics.ts'
import type { Estimate, MetricReport } from '../../src/stats/types.ts'
import { scored } from '../journal/records.ts'
import { tallyOf } from '../score/tally.ts'

type PlaceOf = (answer: number) => { readonly sample: number; readonly cluster?: number }

const alone: PlaceOf = (sample) => ({ sample })

function reportOf(
  observations: readonly Observation[],
  placeOf: PlaceOf = alone,
  metric: RunMetric = confusionMetric,
  stream = '0|bootstrap|',
): MetricReport {
  const metrics = new Metrics(new Map([['it', metric]]), (name) => `${stream}${name}|m|p|`)
  for (const [answer, observation] of observations.entries()) {
    metrics.add(placeOf(answer), scored(1, { observations: { it: observation } }))
  }
  const report = metrics.finish(0.95)['it']
  assert.ok(report)
  return report
}

/** Expected and predicted labels of three classes; right with a chance of 0.8. */
function labels(count: number, seed = 'labels'): Observation[] {
  const random = randomFrom(seed)
  const label = (): string => 'abc'[Math.floor(random.uniform() * 3)] ?? 'a'
  return Array.from({ length: count }, () => {
    const expected = label()
    return [expected, random.uniform() < 0.7 ? expected : label()]
  })
}

function widthOf(estimate: Estimate | undefined): number {
  return (estimate?.high ?? Number.NaN) - (estimate?.low ?? Number.NaN)
}

test('every figure is the one of all answers, with an interval around it', () => {
  const observations = labels(150)
  const tally = tallyOf(confusionMetric)
  for (const observation of observations) tally.add(observation)
  const expected = tally.finish()
  const { n, figures, table } = reportOf(observations)
  assert.is(n, 150)
  assert.equal(table, expected.table)
  assert.equal(Object.keys(figures), Object.keys(confusionMetric.figures))
  for (const [name, estimate] of Object.entries(figures)) {
    assert.is(estimate.value, expected.figures[name])
    assert.is(estimate.n, 150)
    assert.ok((estimate.low ?? 9) <= (estimate.value ?? 0) && (estimate.value ?? 9) <= (estimate.high ?? 0), name)
  }
  assert.is(figures['macro_f1']?.method, 'bca')
  assert.ok(widthOf(figures['macro_f1']) > 0.08 && widthOf(figures['macro_f1']) < 0.2)
})

test('a figure that is a share of the answers has the interval of a pass rate', () => {
  const observations = labels(90)
  const right = observations.filter(([expected, predicted]) => expected === predicted).length
  const { low, high } = wilsonInterval(right, 90)
  assert.equal(reportOf(observations).figures['accuracy'], { value: right / 90, low, high, n: 90, method: 'wilson' })
  const perfect = reportOf(Array.from({ length: 20 }, (_, index) => ['ab'[index % 2] ?? '', 'ab'[index % 2] ?? '']))
  assert.ok((perfect.figures['accuracy']?.low ?? 1) < 0.9)
  // Nothing varies, and nothing is claimed.
  assert.equal(perfect.figures['macro_f1'], { value: 1, low: null, high: null, n: 20, method: 'none' })
})

test('what is not defined has no interval, and neither has a maximum', () => {
  const random = randomFrom('stated')
  const stated = Array.from({ length: 60 }, () => [random.uniform(), random.uniform() < 0.6 ? 1 : 0])
  const { figures } = reportOf(stated, alone, reliabilityMetric)
  assert.equal([figures['mce']?.low, figures['mce']?.high, figures['mce']?.method], [null, null, 'none'])
  assert.ok(widthOf(figures['brier']) > 0)
  const empty = reportOf([['', '']].slice(1), alone, reliabilityMetric)
  assert.equal(empty.figures['brier'], { value: null, low: null, high: null, n: 0, method: 'none' })
})

test('epochs of a sample and samples of a cluster are resampled whole', () => {
  const once = labels(60)
  const fiveTimes = once.flatMap((observation) => Array<Observation>(5).fill(observation))
  const alike = reportOf(once).figures['macro_f1']
  const epochs = reportOf(fiveTimes, (answer) => ({ sample: Math.floor(answer / 5) })).figures['macro_f1']
  const scattered = Array.from({ length: 300 }, (_, answer) => once[answer % 60] ?? [])
  const clusters = reportOf(scattered, (answer) => ({ sample: answer, cluster: answer % 60 })).figures['macro_f1']
  assert.ok(widthOf(alike) > 0)
  for (const other of [epochs, clusters]) {
    assert.ok(Math.abs(widthOf(other) - widthOf(alike)) < 1e-9, `${widthOf(other)} and ${widthOf(alike)}`)
  }
  // As independent answers they would look surer than they are.
  assert.ok(widthOf(reportOf(fiveTimes).figures['macro_f1']) < 0.6 * widthOf(alike))
})

test('of more than 2,000 units groups are resampled, which tells the same', () => {
  const some = reportOf(labels(2_000)).figures
  const more = reportOf(labels(2_001)).figures
  assert.equal([some['macro_f1']?.method, more['macro_f1']?.method], ['bca', 'bca of 500 groups'])
  assert.is(more['accuracy']?.method, 'clustered-wilson of 500 groups')
  for (const name of ['macro_f1', 'accuracy', 'mcc']) {
    const ratio = widthOf(more[name]) / widthOf(some[name])
    assert.ok(ratio > 0.85 && ratio < 1.15, `${name}: ${ratio}`)
  }
})

test('the seed decides what is drawn, and nothing else', () => {
  const observations = labels(80)
  const of = (stream: string): Estimate | undefined =>
    reportOf(observations, alone, confusionMetric, stream).figures['macro_f1']
  assert.equal(of('1|'), of('1|'))
  assert.not.equal(of('1|'), of('2|'))
})

test('the interval of macro-F1 covers the truth in about 95 of 100 cases', () => {
  // Three equally frequent classes, right with 0.8 and else any of the other two: macro-F1 is 0.8.
  const repetitions = 100
  let covered = 0
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const { low, high } = reportOf(labels(120, `${repetition}`)).figures['macro_f1'] ?? { low: null, high: null }
    covered += (low ?? 1) <= 0.8 && 0.8 <= (high ?? 0) ? 1 : 0
  }
  assert.ok(covered / repetitions > 0.88, `${covered} of ${repetitions}`)
})

test.run()
