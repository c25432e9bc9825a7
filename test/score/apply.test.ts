import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Assertion } from '../../src/dataset/types.ts'
import * as chapter from '../../src/score/index.ts'
import { checkSample, parseScorer, type TrialInput } from '../../src/score/index.ts'
import type { ParsedScorer, Score, ScoreFunction, TrialScore } from '../../src/score/types.ts'
import { NO_JUDGES, scoreInput } from './helpers.ts'

test('one scorer decides alone, and without a promise', () => {
  const score = trialScorer({ scorers: [parseScorer('exact')], isExplicit: false })
  assert.equal(score(input('Paris', ['Paris'])), {
    pass: true,
    score: 1,
    scores: { exact: { value: 1, pass: true, reason: 'equals the expected answer' } },
    reason: 'equals the expected answer',
    isFinal: true,
  })
})

test('every scorer has to pass, the score is their mean, and the reason names who did not', () => {
  const scorers = ['includes', 'exact', 'f1:0.4'].map(parseScorer)
  const outcome = now(trialScorer({ scorers, isExplicit: true })(input('in Paris', ['Paris'])))
  assert.is(outcome.pass, false)
  assert.is(outcome.score, (1 + 0 + 2 / 3) / 3)
  assert.equal(Object.keys(outcome.scores), ['includes', 'exact', 'f1:0.4'])
  assert.is(outcome.reason, 'exact: "in Paris" is not "Paris"')
})

const PASSED: Score = { value: 1, pass: true, reason: 'right' }
const FAILED: Score = { value: 0.25, pass: false, reason: 'wrong' }
const UNSCORED: Score = { value: null, pass: null, reason: 'who knows' }

for (const [scores, pass, mean] of [
  [[PASSED, PASSED], true, 1],
  [[PASSED, FAILED], false, 0.625],
  [[PASSED, UNSCORED], null, 1],
  [[FAILED, UNSCORED], false, 0.25],
  [[UNSCORED], null, null],
  [[], null, null],
] as const) {
  test(`scores of ${scores.map(({ value }) => value).join(', ') || 'nobody'} come to pass ${pass}, mean ${mean}`, () => {
    const scorers = scores.map((score, index) => made(`s${index}`, () => score))
    const outcome = now(trialScorer({ scorers, isExplicit: true })(input('x', [])))
    assert.is(outcome.pass, pass)
    assert.is(outcome.score, mean)
  })
}

test('waits for scorers that answer later', async () => {
  const scorers = [parseScorer('exact'), made('judge', () => Promise.resolve(FAILED))]
  const outcome = trialScorer({ scorers, isExplicit: true })(input('Paris', ['Paris']))
  assert.instance(outcome, Promise)
  assert.is((await outcome).score, 0.625)
  assert.equal((await outcome).scores.judge, FAILED)
})

test('a scorer that throws or rejects leaves no score, and the others count', async () => {
  const scorers = [
    parseScorer('exact'),
    made('thrower', () => {
      throw new Error('broken\nhere')
    }),
    made('rejecter', () => Promise.reject(new Error('too late'))),
  ]
  const outcome = await trialScorer({ scorers, isExplicit: true })(input('Paris', ['Paris']))
  assert.is(outcome.pass, null)
  assert.is(outcome.score, 1)
  assert.equal(outcome.scores.thrower, { value: null, pass: null, reason: 'scorer error: broken here' })
  assert.is(outcome.scores.rejecter?.reason, 'scorer error: too late')
})

for (const wrong of [
  { value: 2, pass: true, reason: '' },
  { value: Number.NaN, pass: true, reason: '' },
  { value: 1, pass: null, reason: '' },
  { value: null, pass: true, reason: '' },
]) {
  test(`refuses a score of value ${wrong.value} with pass ${wrong.pass}`, async () => {
    for (const score of [() => wrong, () => Promise.resolve(wrong)]) {
      const outcome = await trialScorer({ scorers: [made('odd', score)], isExplicit: true })(input('x', []))
      assert.is(outcome.score, null)
      assert.is(outcome.pass, null)
      assert.match(outcome.reason, 'scorer error: value')
    }
  })
}

const CONTAINS: readonly Assertion[] = [
  { scorer: 'includes', argument: null, expected: ['Paris'] },
  { scorer: 'includes', argument: null, expected: ['Seine'] },
  { scorer: 'exact', argument: 'strict', expected: ['Paris'] },
]

test('a sample with assertions is scored by them alone when the run names no scorer', () => {
  const scorers = [parseScorer('exact')]
  const outcome = now(trialScorer({ scorers, isExplicit: false })(input('Paris', ['London'], CONTAINS)))
  assert.equal(Object.keys(outcome.scores), ['includes', 'includes#2', 'exact:strict'])
  assert.equal(
    Object.values(outcome.scores).map(({ pass }) => pass),
    [true, false, true],
  )
})

test('a sample with assertions is scored by them too when the run names scorers', () => {
  const scorers = [parseScorer('exact:strict')]
  const outcome = now(trialScorer({ scorers, isExplicit: true })(input('Paris', ['London'], CONTAINS)))
  assert.equal(Object.keys(outcome.scores), ['exact:strict', 'includes', 'includes#2', 'exact:strict#2'])
  assert.is(outcome.scores['exact:strict']?.pass, false)
  assert.is(outcome.scores['exact:strict#2']?.pass, true)
})

test('weights decide what counts, and thresholds what passes', () => {
  const scorers = ['includes', 'exact', 'f1:0.9'].map(parseScorer)
  const answer = input('in Paris', ['Paris'])
  const outcomeOf = (options: Partial<chapter.TrialScorerOptions>): TrialScore =>
    now(trialScorer({ scorers, isExplicit: true, ...options })(answer))
  const ignored = outcomeOf({ weights: new Map([['exact', 0]]), thresholds: new Map([['f1:0.9', 0.6]]) })
  assert.is(ignored.pass, true)
  assert.is(ignored.score, (1 + 2 / 3) / 2)
  assert.is(ignored.scores.exact?.pass, false)
  assert.is(ignored.scores['f1:0.9']?.pass, true)
  assert.is(ignored.reason, 'includes: the answer contains "Paris"; f1:0.9: F1 0.667 of "in Paris" with "Paris"')
  const weighty = outcomeOf({ weights: new Map([['includes', 3]]), combine: { mode: 'weighted', threshold: 0.7 } })
  assert.is(weighty.score, (3 + 2 / 3) / 5)
  assert.is(weighty.pass, true)
  const any = outcomeOf({ combine: { mode: 'any', threshold: 1 } })
  assert.is(any.pass, true)
  assert.is(any.reason, 'includes: the answer contains "Paris"')
})

test('a threshold says nothing about an answer that was not judged, also one that is judged later', async () => {
  const thresholds = new Map([
    ['a', 0.2],
    ['b', 0.2],
  ])
  const scorers = [made('a', () => UNSCORED), made('b', () => Promise.resolve(FAILED))]
  const outcome = await trialScorer({ scorers, isExplicit: true, thresholds })(input('x', []))
  assert.equal(
    Object.values(outcome.scores).map(({ pass }) => pass),
    [null, true],
  )
})

test('a row may have a threshold for the mean of its scores', () => {
  const score = trialScorer({ scorers: [], isExplicit: false })
  const passFrom = (threshold: number): boolean | null =>
    now(score({ ...input('Paris', [], CONTAINS), passFrom: threshold })).pass
  assert.is(now(score(input('Paris', [], CONTAINS))).pass, false)
  assert.is(passFrom(0.66), true)
  assert.is(passFrom(0.67), false)
})

test('a cell negates a scorer, and sets the value from which an answer passes', () => {
  const outcome = now(
    trialScorer({ scorers: [], isExplicit: false })(
      input(
        'in Paris',
        [],
        [
          { scorer: 'not-includes', argument: null, expected: ['London'] },
          { scorer: 'not-exact', argument: 'strict', expected: ['in Paris'] },
          { scorer: 'includes-all', argument: null, expected: ['Paris', 'Seine'], threshold: 0.5 },
          { scorer: 'includes-all', argument: null, expected: ['Paris', 'Seine'], threshold: 0.6 },
        ],
      ),
    ),
  )
  assert.equal(
    Object.entries(outcome.scores).map(([label, { pass }]) => [label, pass]),
    [
      ['not-includes', true],
      ['not-exact:strict', false],
      ['includes-all', true],
      ['includes-all#2', false],
    ],
  )
})

test('a dataset cannot ask for a file, a command or a module, nor for a scorer that does not exist', () => {
  for (const assertion of [
    { scorer: 'command', argument: 'touch /tmp/x', expected: [] },
    { scorer: 'command:touch /tmp/x', argument: null, expected: [] },
    { scorer: './polite.ts', argument: null, expected: [] },
    { scorer: 'not-json-schema', argument: '/etc/passwd', expected: [] },
    { scorer: 'not-exact', argument: 'ignore-case', expected: ['x'] },
    { scorer: 'last-line > exact', argument: 'strict', expected: ['x'] },
    { scorer: 'rubric', argument: '@/etc/passwd', expected: [] },
    { scorer: 'latency', argument: '200 --rm', expected: [] },
    { scorer: 'json-schema', argument: '/etc/passwd', expected: [] },
    { scorer: 'json-schema', argument: null, expected: [] },
    { scorer: 'exact', argument: 'ignore-case', expected: ['x'] },
    { scorer: 'toString', argument: null, expected: [] },
  ]) {
    const outcome = now(trialScorer({ scorers: [], isExplicit: false })(input('x', [], [assertion])))
    assert.is(outcome.pass, null)
    assert.match(outcome.reason, 'a dataset cannot ask for')
  }
})

test('tells before the run which samples cannot be scored', () => {
  const options = { scorers: [parseScorer('exact'), parseScorer('numeric')], isExplicit: false }
  assert.is(checkSample(options, { expected: ['5'], vars: {}, assertions: [] }), undefined)
  assert.match(checkSample(options, { expected: [], vars: {}, assertions: [] }) ?? '', 'no expected answer')
  assert.match(checkSample(options, { expected: ['five'], vars: {}, assertions: [] }) ?? '', 'holds no number')
  assert.is(checkSample(options, { expected: [], vars: {}, assertions: CONTAINS }), undefined)
  assert.match(
    checkSample({ ...options, isExplicit: true }, { expected: [], vars: {}, assertions: CONTAINS }) ?? '',
    'exact',
  )
})

test('scorers that all weigh nothing are refused, unless the row brings its own', () => {
  const options = { scorers: [parseScorer('exact')], isExplicit: true, weights: new Map([['exact', 0]]) }
  assert.match(
    checkSample(options, { expected: ['5'], vars: {}, assertions: [] }) ?? '',
    'every scorer has the weight 0',
  )
  assert.is(checkSample(options, { expected: ['5'], vars: {}, assertions: CONTAINS }), undefined)
})

test('checks the assertions of a sample as well', () => {
  const options = { scorers: [], isExplicit: false }
  const asking = (scorer: string, expected: readonly string[]): string | undefined =>
    checkSample(options, { expected: [], vars: {}, assertions: [{ scorer, argument: null, expected }] })
  assert.match(asking('regex', ['(']) ?? '', 'no pattern')
  assert.match(asking('includes', []) ?? '', 'no expected answer')
  assert.is(asking('includes', ['x']), undefined)
})

function input(output: string, expected: readonly string[], assertions: readonly Assertion[] = []): TrialInput {
  return { ...scoreInput({ output, expected }), assertions }
}

function trialScorer(options: chapter.TrialScorerOptions): (input: TrialInput) => TrialScore | Promise<TrialScore> {
  const score = chapter.trialScorer(options)
  return (given) => score(given, NO_JUDGES)
}

function made(label: string, score: ScoreFunction): ParsedScorer {
  const scorer = { name: label, summary: 'Made for a test.', argument: null, needsExpected: false, create: () => score }
  return { label, scorer, argument: undefined, score, fingerprint: null }
}

function now(outcome: TrialScore | Promise<TrialScore>): TrialScore {
  if ('then' in outcome) throw new Error('expected a score at once')
  return outcome
}

test.run()
