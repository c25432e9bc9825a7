import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { calibration } from '../../src/score/calibration.ts'
import { reliabilityMetric } from '../../src/score/metric/reliability.ts'
import { statedConfidence } from '../../src/score/structure/stated-confidence.ts'
import { refusalOf, scoring } from './helpers.ts'
import { assertParity, type Comparison, parityRow, readGolden } from './parity.ts'
import { tallyOf } from './tally.ts'

const FIGURES = ['brier', 'ece', 'mce', 'mean_confidence', 'accuracy', 'overconfidence'] as const

interface Golden {
  readonly madeWith: Readonly<Record<string, string>>
  readonly cases: readonly (Readonly<Record<(typeof FIGURES)[number], number>> & {
    readonly confidences: readonly number[]
    readonly right: readonly number[]
  })[]
}

test('gives the Brier score of scikit-learn and the calibration errors of numpy', () => {
  const golden = readGolden('calibration') as Golden
  const comparisons: Comparison[] = golden.cases.flatMap((one) => {
    const metric = tallyOf(reliabilityMetric)
    for (const [index, probability] of one.confidences.entries()) metric.add([probability, one.right[index] ?? 0])
    const { n, figures } = metric.finish()
    assert.is(n, one.confidences.length)
    return FIGURES.map((name) => ({ actual: figures[name] ?? null, expected: one[name], of: [name, one] }))
  })
  const version = `${golden.madeWith['scikit-learn']}, ${golden.madeWith['numpy']}`
  const row = parityRow({ scorer: 'calibration', reference: 'scikit-learn, numpy', version }, comparisons)
  assertParity('calibration', [{ ...row, cases: golden.cases.length }])
  assert.ok(golden.cases.length >= 50)
})

const STATED: readonly (readonly [output: string, probability: number, answer: string])[] = [
  ['Paris\nConfidence: 85%', 0.85, 'Paris'],
  ['Paris. Confidence: 0.85.', 0.85, 'Paris.'],
  ['Paris (confidence: 85)', 0.85, 'Paris'],
  ['**Answer:** Paris\n\n**Confidence:** 90 %', 0.9, '**Answer:** Paris'],
  ['My confidence level is about 8/10\nParis', 0.8, 'Paris'],
  ['Paris, probability 0.7', 0.7, 'Paris'],
  ['Paris, with a probability of 70 percent', 0.7, 'Paris'],
  ['Paris. I am 95% sure.', 0.95, 'Paris.'],
  ["Paris - I'm 60% confident", 0.6, 'Paris'],
  ['Confidence: 20%\nParis\nConfidence: 40%', 0.4, 'Paris'],
  ['Confidence: 1', 1, ''],
  ['Confidence: 0', 0, ''],
  ['Confidence: .5', 0.5, ''],
  ['Confidence: 0,75', 0.75, ''],
  ['Confidence: 100', 1, ''],
  ['{"answer": "Paris", "confidence": 0.9}', 0.9, 'Paris'],
  ['```json\n{"city": "Paris", "confidence": "90%"}\n```', 0.9, 'Paris'],
  ['{"city": "Paris", "land": "France", "confidence_score": 90}', 0.9, '{"city":"Paris","land":"France"}'],
]

for (const [output, probability, answer] of STATED) {
  test(`reads the probability ${probability} in ${JSON.stringify(output)}`, () => {
    assert.equal(statedConfidence(output), { probability, answer })
  })
}

for (const output of ['Paris', '', 'Confidence: high', 'Confidence: 850%', '85% of people live in Paris', '42']) {
  test(`reads no probability in ${JSON.stringify(output)}`, () => {
    assert.is(statedConfidence(output), undefined)
    assert.is(scoring(calibration)(output, ['Paris']).value, null)
  })
}

test('scores what is left with the scorer of the argument', () => {
  assert.equal(scoring(calibration, 'numeric')('It is 42.\nConfidence: 90%', ['42']).observation, [0.9, 1])
  assert.equal(scoring(calibration, 'choice')('The answer is (B). Confidence: 0.5', ['B']).observation, [0.5, 1])
  assert.equal(scoring(calibration, 'exact:ignore-case')('paris\nConfidence: 0.5', ['Paris']).observation, [0.5, 1])
  assert.equal(scoring(calibration, 'includes')('In Paris. Confidence: 0.5', ['Lyon']).observation, [0.5, 0])
})

test('passes what is right, whatever the probability, and gives 1 minus the square of the error', () => {
  const score = scoring(calibration)
  assert.equal(
    [score('Paris\nConfidence: 0', ['Paris']).value, score('Paris\nConfidence: 0', ['Paris']).pass],
    [0, true],
  )
  assert.equal(
    [score('Lyon\nConfidence: 0', ['Paris']).value, score('Lyon\nConfidence: 0', ['Paris']).pass],
    [1, false],
  )
})

test('puts the answers into bins that end with their upper edge', () => {
  const metric = tallyOf(reliabilityMetric)
  for (const probability of [0, 0.1, 0.1000001, 0.3, 0.7, 1]) metric.add([probability, 1])
  const counts = metric.finish().table?.rows.map(({ cells }) => cells[0])
  assert.equal(counts, [2, 1, 1, 0, 0, 0, 1, 0, 0, 1])
})

test('has no figures without answers', () => {
  const { n, figures } = tallyOf(reliabilityMetric).finish()
  assert.is(n, 0)
  assert.ok(Object.values(figures).every((value) => value === null))
})

for (const argument of ['rubric', 'embedding', 'calibration', 'nonsense', 'json-equal']) {
  test(`refuses the scorer ${argument}`, () => {
    assert.match(
      refusalOf(() => calibration.create(argument)),
      'exact, includes, numeric, choice, f1',
    )
  })
}

test('refuses a sample and an argument that the inner scorer refuses', () => {
  assert.match(calibration.checkSample({ expected: ['Paris'], vars: {} }, 'choice') ?? '', 'no single letter')
  assert.is(calibration.checkSample({ expected: ['Paris'], vars: {} }, undefined), undefined)
  assert.match(
    refusalOf(() => calibration.create('numeric:high')),
    'no tolerance',
  )
})

test.run()
