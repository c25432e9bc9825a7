import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { classification } from '../../src/score/classification.ts'
import { confusionMetric } from '../../src/score/metric/confusion.ts'
import { refusalOf, scoring } from './helpers.ts'
import { assertParity, type Comparison, parityRow, readGolden } from './parity.ts'
import { type Tally, tallyOf } from './tally.ts'

const FIGURES = [
  'accuracy',
  'balanced_accuracy',
  'macro_precision',
  'macro_f1',
  'micro_f1',
  'weighted_f1',
  'cohen_kappa',
  'mcc',
] as const

interface Case extends Readonly<Record<(typeof FIGURES)[number], number | null>> {
  readonly expected: readonly string[]
  readonly predicted: readonly string[]
  readonly classes: readonly string[]
  readonly precision: readonly number[]
  readonly recall: readonly number[]
  readonly f1: readonly number[]
  readonly support: readonly number[]
  readonly confusion: readonly (readonly number[])[]
}

interface Golden {
  readonly madeWith: Readonly<Record<string, string>>
  readonly cases: readonly Case[]
}

function reportOf(expected: readonly string[], predicted: readonly string[]): ReturnType<Tally['finish']> {
  const metric = tallyOf(confusionMetric)
  for (const [index, label] of expected.entries()) metric.add([label, predicted[index] ?? ''])
  return metric.finish()
}

test('gives the figures and the table that scikit-learn gives', () => {
  const golden = readGolden('classification') as Golden
  const comparisons: Comparison[] = []
  for (const one of golden.cases) {
    const { n, figures, table } = reportOf(one.expected, one.predicted)
    assert.is(n, one.expected.length)
    for (const name of FIGURES) {
      const [actual, expected] = [figures[name] ?? null, one[name]]
      if (expected === null) assert.is(actual, null, `${name} of ${JSON.stringify(one)}`)
      else comparisons.push({ actual, expected, of: [name, one.expected, one.predicted] })
    }
    const classes = one.classes.length
    const rowOf = (label: string): readonly (number | null)[] =>
      table?.rows.find((row) => row.label === label)?.cells ?? []
    for (const [index, label] of one.classes.entries()) {
      const cells = rowOf(label)
      const columns = one.classes.map((column) => cells[table?.columns.indexOf(column) ?? -1] ?? null)
      assert.equal(columns, one.confusion[index])
      const [support, precision, recall, f1] = cells.slice(classes + 1)
      assert.is(support, one.support[index])
      // A class that is never predicted has no precision; scikit-learn is told to put 0.
      comparisons.push({ actual: precision ?? 0, expected: one.precision[index] ?? Number.NaN, of: [label, one] })
      comparisons.push({ actual: recall ?? null, expected: one.recall[index] ?? Number.NaN, of: [label, one] })
      comparisons.push({ actual: f1 ?? null, expected: one.f1[index] ?? Number.NaN, of: [label, one] })
    }
  }
  const version = golden.madeWith['scikit-learn'] ?? ''
  const row = parityRow({ scorer: 'classification', reference: 'scikit-learn', version }, comparisons)
  assertParity('classification', [{ ...row, cases: golden.cases.length }])
  assert.ok(golden.cases.length >= 50)
})

const READ: readonly (readonly [output: string, label: string])[] = [
  ['positive', 'positive'],
  [' "Positive". ', 'positive'],
  ['**NEGATIVE**', 'negative'],
  ['Not_Relevant', 'not relevant'],
  ['It is not relevant here.', 'not relevant'],
  ['This is relevant.', 'relevant'],
  ['Label: negative', 'negative'],
  ['answer: positive. The negative remarks are few.', '(none)'],
  ['The negative remarks are few.\nAnswer: positive', 'positive'],
  ['Label: negative\nNo wait.\nLabel: positive', 'positive'],
  ['{"label": "negative", "why": "positive words are absent"}', '(none)'],
  ['```json\n{"category":"negative"}\n```', 'negative'],
  ['The classification is positive.', 'positive'],
  ['The review is positive, very positive.', 'positive'],
  ['positive or negative', '(none)'],
  ['This is not positive.', '(none)'],
  ["It isn't really positive", '(none)'],
  ['nonpositive', '(none)'],
  ['', '(none)'],
  ['I cannot tell.', '(none)'],
]

for (const [output, label] of READ) {
  test(`reads the label ${label} in ${JSON.stringify(output)}`, () => {
    const score = scoring(classification, 'positive,negative,relevant,not relevant')
    assert.equal(score(output, ['positive']).observation, ['positive', label])
    assert.is(score(output, ['positive']).pass, label === 'positive')
  })
}

test('reads labels of scripts without spaces inside a sentence', () => {
  assert.is(scoring(classification, '正面,负面')('这条评论是正面的。', ['正面']).pass, true)
})

test('shows listed labels as they were written', () => {
  assert.equal(scoring(classification, 'Spam,Ham')('SPAM!', ['spam']).observation, ['Spam', 'Spam'])
})

test('takes a short answer for its own label when no labels are listed, and a long one for none', () => {
  const score = scoring(classification)
  assert.equal(score('Sports.', ['sports']).observation, ['sports', 'sports'])
  assert.equal(score('The category is: Science', ['sports']).observation, ['sports', 'science'])
  assert.equal(score('Well, there is a lot to say about this text, really.', ['sports']).observation, [
    'sports',
    '(none)',
  ])
})

test('any of several right labels counts, and then it is the expected one', () => {
  const score = scoring(classification, 'a,b,c')
  assert.equal(score('b', ['a', 'b']).observation, ['b', 'b'])
  assert.equal(score('c', ['a', 'b']).observation, ['a', 'c'])
})

test('keeps its memory bounded: beyond 200 classes only the accuracy is told', () => {
  const metric = tallyOf(confusionMetric)
  for (let index = 0; index < 10_000; index += 1) metric.add([`label ${index}`, `label ${index - (index % 2)}`])
  const { n, figures, table } = metric.finish()
  assert.is(n, 10_000)
  assert.is(figures['accuracy'], 0.5)
  assert.is(figures['macro_f1'], null)
  assert.is(table, undefined)
})

test('tells classes apart whatever number of other texts is predicted', () => {
  const metric = tallyOf(confusionMetric)
  for (let index = 0; index < 5_000; index += 1) metric.add(['a', `text ${index}`])
  metric.add(['b', 'b'])
  metric.add(['a', 'b'])
  const { figures, table } = metric.finish()
  assert.is(figures['without_class'], 5_000 / 5_002)
  assert.equal(
    table?.rows.map(({ label, cells }) => [label, cells.slice(0, 3)]),
    [
      ['a', [0, 1, 5_000]],
      ['b', [0, 1, 0]],
    ],
  )
})

test('has no figures without answers', () => {
  const { n, figures } = tallyOf(confusionMetric).finish()
  assert.is(n, 0)
  assert.ok(Object.values(figures).every((value) => value === null))
})

for (const [argument, told] of [
  ['positive', 'found 1 labels'],
  ['a,,b', 'a label is empty'],
  ['Not relevant,not_relevant', 'are the same label'],
  [Array.from({ length: 201 }, (_, index) => `l${index}`).join(), 'found 201 labels'],
] as const) {
  test(`refuses the labels ${argument.slice(0, 30)}`, () => {
    assert.match(
      refusalOf(() => classification.create(argument)),
      told,
    )
  })
}

test('refuses a sample whose expected answer is none of the labels', () => {
  assert.match(classification.checkSample({ expected: ['meh'], vars: {} }, 'a,b') ?? '', '"meh" is none of the labels')
  assert.is(classification.checkSample({ expected: ['A '], vars: {} }, 'a,b'), undefined)
})

test.run()
