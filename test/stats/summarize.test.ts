import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ScoreLine, TrialRecord } from '../../src/journal/types.ts'
import type { Observation, RunMetric } from '../../src/score/types.ts'
import { calibrationOf } from './calibration-of.ts'
import { wilsonInterval } from '../../src/stats/interval.ts'
import { parseReducer } from '../../src/stats/reducer.ts'
import { GroupAccumulator } from '../../src/stats/summarize.ts'
import type { GroupSummary } from '../../src/stats/types.ts'
import { completed, failed, scored } from '../journal/records.ts'
import { assertClose } from './golden.ts'

type Added = readonly [record: TrialRecord | undefined, score?: ScoreLine]

/** One trial per sample. */
function summaryOf(trials: readonly Added[]): GroupSummary {
  const group = new GroupAccumulator({ model: 'm', prompt: 'p', slice: 'topic=a' }, 0.95)
  for (const [sample, [record, score]] of trials.entries()) group.add(sample, record, score)
  return group.finish()
}

test('nothing at all has no rate, no cost and no latency', () => {
  const group = summaryOf([])
  assert.equal([group.model, group.prompt, group.slice], ['m', 'p', 'topic=a'])
  assert.equal(
    [group.planned, group.completed, group.failed, group.skipped, group.scored, group.passed],
    [0, 0, 0, 0, 0, 0],
  )
  assert.is(group.passRate.value, null)
  assert.equal(group.passRateBounds, { low: 0, high: 0 })
  assert.equal(
    [group.costUsd, group.costPerCorrectUsd, group.costPer1000Usd, group.retryCostUsd],
    ['0', null, null, '0'],
  )
  assert.is(group.latencyMs.p50.value, null)
})

test('a failure is not a wrong answer: it is counted beside the pass rate, which bounds show', () => {
  const group = summaryOf([
    [completed(), scored(1)],
    [completed(), scored(1)],
    [completed(), scored(0)],
    [failed()],
    [failed({ errorKind: 'timeout' })],
    [failed({ errorKind: 'timeout' })],
    [undefined],
    [completed(), scored(null)],
  ])
  assert.equal([group.planned, group.completed, group.failed, group.skipped], [8, 4, 3, 1])
  assert.equal([group.scored, group.passed], [3, 2])
  const { low, high } = wilsonInterval(2, 3, 0.95)
  assert.equal(group.passRate, { value: 2 / 3, low, high, n: 3, method: 'wilson' })
  assert.equal(group.passRateBounds, { low: 2 / 8, high: 7 / 8 })
  assert.equal(group.errorKinds, { provider_error: 1, timeout: 2 })
})

test('an answer without a score is completed and not scored', () => {
  const group = summaryOf([[completed()], [completed(), scored(1)]])
  assert.equal([group.completed, group.scored], [2, 1])
  assert.equal(group.passRateBounds, { low: 0.5, high: 1 })
})

test('each scorer has a mean of its own, over the trials that it could judge', () => {
  const both = (exact: number | null, f1: number | null): ScoreLine =>
    scored(exact, { scores: { exact, 'f1:0.8': f1 } })
  const group = summaryOf([
    [completed(), both(1, 1)],
    [completed(), both(0, 0.5)],
    [completed(), both(null, 0.75)],
  ])
  assert.equal(Object.keys(group.scores), ['exact', 'f1:0.8'])
  assert.equal([group.scores['exact']?.value, group.scores['exact']?.n], [0.5, 2])
  assert.equal([group.scores['f1:0.8']?.value, group.scores['f1:0.8']?.n], [0.75, 3])
})

test('costs are exact: a million at 0.0000008 are 0.8', () => {
  const record = completed({ costUsd: '0.0000008' })
  const group = new GroupAccumulator({ model: 'm', prompt: 'p', slice: '' }, 0.95)
  for (let trial = 0; trial < 1_000_000; trial++) group.add(trial, record, undefined)
  const summary = group.finish()
  assert.is(summary.costUsd, '0.8')
  assert.is(summary.costPer1000Usd, '0.0008')
})

test('what retries cost is apart, and part of the price of a right answer', () => {
  const group = summaryOf([
    [completed({ costUsd: '0.01', retryCostUsd: '0.002', attempts: 2, possiblyBilled: 1 }), scored(1)],
    [completed({ costUsd: '0.01' }), scored(1)],
    [completed({ costUsd: '0.01' }), scored(0)],
    [failed({ retryCostUsd: '0.004', attempts: 6, possiblyBilled: 2 })],
  ])
  assert.is(group.costUsd, '0.03')
  assert.is(group.retryCostUsd, '0.006')
  assert.is(group.costPerCorrectUsd, '0.018')
  assert.is(group.costPer1000Usd, '9')
  assert.equal([group.attempts, group.possiblyBilled], [10, 3])
})

test('a quotient that does not end is rounded to twelve decimals, half away from zero', () => {
  const thirds = summaryOf([
    [completed({ costUsd: '0.01' }), scored(1)],
    [completed({ costUsd: '0.01' }), scored(1)],
    [completed({ costUsd: '0' }), scored(1)],
  ])
  assert.is(thirds.costPerCorrectUsd, '0.006666666667')
  assert.is(thirds.costPer1000Usd, '6.666666666667')
})

test('an unknown cost is unknown: it is counted, and no cost per anything is claimed', () => {
  const group = summaryOf([
    [completed({ costUsd: null, costSource: null }), scored(1)],
    [completed({ costUsd: '0.01' }), scored(1)],
  ])
  assert.equal([group.costUsd, group.costUnknown], ['0.01', 1])
  assert.equal([group.costPerCorrectUsd, group.costPer1000Usd], [null, null])
  assert.is(summaryOf([[completed({ costUsd: null }), scored(1)]]).costUsd, null)
})

test('without a right answer there is no cost per right answer', () => {
  const group = summaryOf([[completed({ costUsd: '0.01' }), scored(0)]])
  assert.equal([group.costPerCorrectUsd, group.costPer1000Usd], [null, '10'])
})

test('an answer from the cache costs nothing now, has no latency, and is part of the price of a right answer', () => {
  const cached = (costUsd: string | null): TrialRecord =>
    completed({
      attempts: 0,
      costUsd: '0',
      costSource: 'cache',
      fromCache: { runId: 'an earlier run', at: '2025-01-14T10:00:00.000Z', costUsd },
      ttftUs: null,
      latencyUs: null,
    })
  const group = summaryOf([
    [completed({ costUsd: '0.001' }), scored(1)],
    [cached('0.003'), scored(1)],
    [cached('0.002'), scored(0)],
  ])
  assert.equal([group.completed, group.cachedAnswers, group.attempts], [3, 2, 1])
  assert.equal([group.costUsd, group.cacheSavedUsd, group.costUnknown], ['0.001', '0.005', 0])
  assert.equal([group.costPerCorrectUsd, group.costPer1000Usd], ['0.003', '2'])
  assert.equal([group.latencyMs.p50.n, group.ttftMs.p50.n], [1, 1])
  const unknown = summaryOf([[cached(null), scored(1)]])
  assert.equal([unknown.costUsd, unknown.cacheSavedUsd, unknown.costPerCorrectUsd], ['0', '0', null])
})

test('answers that are cut off, empty or estimated are counted', () => {
  const group = summaryOf([
    [completed({ finishReason: 'length' }), scored(0)],
    [completed({ output: '', finishReason: 'length' }), scored(0)],
    [completed({ tokensSource: 'estimated' }), scored(1)],
    [failed({ finishReason: 'length', output: '' })],
  ])
  assert.equal([group.truncated, group.emptyOutputs, group.tokensEstimated], [2, 1, 1])
})

test('tokens and times are those of completed trials alone', () => {
  const group = summaryOf([
    [
      completed({
        promptTokens: 10,
        completionTokens: 5,
        reasoningTokens: 2,
        cachedTokens: 4,
        ttftUs: 1_000,
        latencyUs: 9_000,
      }),
    ],
    [
      completed({
        promptTokens: 20,
        completionTokens: 7,
        reasoningTokens: null,
        cachedTokens: null,
        ttftUs: null,
        latencyUs: 5_000,
      }),
    ],
    [failed({ promptTokens: 999, completionTokens: 999, ttftUs: 1, latencyUs: 1 })],
  ])
  assert.equal([group.promptTokens, group.completionTokens, group.reasoningTokens, group.cachedTokens], [30, 12, 2, 4])
  assert.equal([group.ttftMs.p50.value, group.ttftMs.p50.n], [1, 1])
  assert.equal([group.latencyMs.p50.value, group.latencyMs.p99.value, group.latencyMs.p50.n], [5, 9, 2])
})

test('epochs of a sample are one cluster of the pass rate', () => {
  const group = new GroupAccumulator({ model: 'm', prompt: 'p', slice: '' }, 0.95)
  for (let sample = 0; sample < 10; sample++) {
    for (let epoch = 1; epoch <= 5; epoch++) group.add(sample, completed({ epoch }), scored(sample < 6 ? 1 : 0))
  }
  const { passRate } = group.finish()
  assert.is(passRate.method, 'clustered-wilson')
  assert.ok(
    (passRate.high ?? 0) - (passRate.low ?? 0) > wilsonInterval(30, 50, 0.95).high - wilsonInterval(30, 50, 0.95).low,
  )
})

test('reducers say what the epochs of a sample come to, over passes and over each scorer that they suit', () => {
  const place = { model: 'm', prompt: 'p', slice: '' }
  const group = new GroupAccumulator(place, 0.95, { reducers: ['max', 'pass@2', 'mean'].map(parseReducer) })
  const values = [
    [0.2, 0.9, 0.4],
    [0.1, 0.3, 0.2],
  ]
  for (const [sample, epochs] of values.entries())
    for (const value of epochs)
      group.add(sample, completed(), scored(value, { passed: value > 0.5, scores: { 'f1:0.5': value } }))
  const { reduced, reducedScores } = group.finish()
  assert.equal(Object.keys(reduced), ['max', 'pass@2', 'mean'])
  assert.equal([reduced['max']?.value, reduced['max']?.n], [0.5, 2])
  assertClose(reduced['pass@2']?.value ?? null, (2 / 3 + 0) / 2, 'pass@2')
  assertClose(reduced['mean']?.value ?? null, 1 / 6, 'mean')
  assert.equal(Object.keys(reducedScores['f1:0.5'] ?? {}), ['max', 'mean'])
  assertClose(reducedScores['f1:0.5']?.['max']?.value ?? null, 0.6, 'max of the scores')
})

test('without reducers nothing is reduced, and what counts passes alone leaves no empty entry per scorer', () => {
  const plain = summaryOf([[completed(), scored(1)]])
  assert.equal([plain.reduced, plain.reducedScores], [{}, {}])
  const group = new GroupAccumulator({ model: 'm', prompt: 'p', slice: '' }, 0.95, {
    reducers: [parseReducer('pass@1')],
  })
  group.add(0, completed(), scored(1))
  const { reduced, reducedScores } = group.finish()
  assert.equal([reduced['pass@1']?.value, reducedScores], [1, {}])
})

test('a metric gets the observations of its scorer, of scored answers alone', () => {
  const heard: Observation[] = []
  const metric: RunMetric = {
    figures: { count: 'how many' },
    create: () => ({
      termsOf: (observation) => {
        heard.push(observation)
        return [0, 1]
      },
      figuresOf: (sums) => ({ count: sums[0] ?? 0 }),
    }),
  }
  const group = new GroupAccumulator({ model: 'm', prompt: 'p', slice: '' }, 0.95, {
    metrics: new Map([['classification', metric]]),
  })
  group.add(0, completed(), scored(1, { observations: { classification: ['yes', 'no'], other: [1] } }))
  group.add(1, completed(), scored(1))
  group.add(2, failed(), undefined)
  const count = { value: 1, low: null, high: null, n: 1, method: 'none' }
  assert.equal(group.finish().metrics, { classification: { n: 1, figures: { count } } })
  assert.equal(heard, [['yes', 'no']])
  assert.equal(summaryOf([[completed(), scored(1)]]).metrics, {})
})

test('labels of people calibrate the pass rate; without any there is no calibration', () => {
  const group = new GroupAccumulator({ model: 'm', prompt: 'p', slice: 's=1' }, 0.95, { seed: 7 })
  const verdicts = [
    [true, true],
    [true, false],
    [false, false],
    [null, true],
  ] as const
  for (const [sample, [human, judge]] of verdicts.entries())
    group.add(sample, completed(), scored(judge ? 1 : 0), { human })
  group.add(4, failed(), undefined, { human: true })
  group.add(5, undefined, undefined, { human: null })
  const expected = calibrationOf(
    [
      ...verdicts.map(([human, judge], sampleIndex) => ({ sampleIndex, human, judge })),
      { sampleIndex: 4, human: true, judge: null },
    ],
    { confidence: 0.95, label: '7|bootstrap|pass|m|p|s=1' },
  )
  const { calibration } = group.finish()
  assert.equal(calibration, expected)
  assert.equal([calibration?.labelled, calibration?.labelledUnscored], [3, 1])
  assert.is(summaryOf([[completed(), scored(1)]]).calibration, null)
  const unlabelled = new GroupAccumulator({ model: 'm', prompt: 'p', slice: '' }, 0.95)
  unlabelled.add(0, completed(), scored(1), { human: null })
  assert.is(unlabelled.finish().calibration, null)
})

test('the counts add up and the bounds hold the rate, for any course of events', () => {
  const trial: fc.Arbitrary<Added> = fc.oneof(
    fc.constant<Added>([undefined]),
    fc
      .constantFrom('network', 'timeout', 'blocked')
      .map((errorKind): Added => [failed({ errorKind: errorKind as 'network' })]),
    fc.constantFrom(0, 1, null).map((value): Added => [completed(), scored(value)]),
    fc.constant<Added>([completed()]),
  )
  fc.assert(
    fc.property(fc.array(trial, { maxLength: 40 }), (trials) => {
      const group = summaryOf(trials)
      assert.is(group.planned, trials.length)
      assert.is(group.completed + group.failed + group.skipped, group.planned)
      assert.is(
        Object.values(group.errorKinds).reduce((sum, kind) => sum + kind, 0),
        group.failed,
      )
      assert.ok(group.passed <= group.scored && group.scored <= group.completed)
      const { low, high } = group.passRateBounds
      const rate = group.passRate.value
      assert.ok(low <= high && (rate === null || (rate >= low && rate <= high)))
    }),
  )
})

test.run()
