/** Does the screen of a calibration show every figure, and say in words what may be concluded? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CalibrationReport, calibrationScreen, figuresOf, meaningOf } from '../../src/report/calibration.ts'
import { calibrationOf, type Verdicts } from '../stats/calibration-of.ts'
import type { Calibration } from '../../src/stats/types.ts'

/** So many samples of each: both pass, people alone, judge alone, both fail, judge passes unseen, judge fails unseen. */
function calibrated(...counts: readonly number[]): Calibration {
  const kinds = [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
    [null, true],
    [null, false],
  ] as const
  const verdicts = kinds.flatMap(([human, judge], kind) =>
    Array.from(
      { length: counts[kind] ?? 0 },
      (_, index): Verdicts => ({ sampleIndex: kind * 1e6 + index, human, judge }),
    ),
  )
  const calibration = calibrationOf(verdicts, { confidence: 0.95, label: 'test' })
  assert.ok(calibration !== null)
  return calibration
}

const ENOUGH = calibrated(80, 6, 12, 32, 600, 300)

function reportOf(calibration: Calibration | null, changes: Partial<CalibrationReport> = {}): CalibrationReport {
  return {
    formatVersion: 1,
    runId: 'r',
    simulated: false,
    labels: 'column human of l.csv',
    confidence: 0.95,
    groups: [{ model: 'm', prompt: 'question', scorer: 'rubric', isJudge: true, calibration }],
    raters: [],
    notes: [],
    ...changes,
  }
}

test('every figure is there, with its interval', () => {
  assert.equal(figuresOf(ENOUGH), {
    labelled: '130 of 1,030 scored',
    'scorer: pass rate [95 %]': '67.2 % [64.3, 70.0]',
    corrected: '63.8 % [57.4, 70.1]',
    'labelled: by the scorer': '70.8 % [62.4, 77.9]',
    'labelled: by people': '66.2 % [57.7, 73.7]',
    'people pass: scorer passes / fails': '80 / 6',
    'people fail: scorer passes / fails': '12 / 32',
    sensitivity: '93.0 % [85.6, 96.8]',
    specificity: '72.7 % [58.2, 83.7]',
    precision: '87.0 % [78.6, 92.4]',
    'negative predictive value': '84.2 % [69.6, 92.6]',
    agreement: '86.2 % [79.2, 91.1]',
    "Cohen's kappa": '0.68 [0.54, 0.82]',
    "Krippendorff's alpha": figuresOf(ENOUGH)["Krippendorff's alpha"],
  })
  assert.match(figuresOf(ENOUGH)["Krippendorff's alpha"] ?? '', /^0\.68 \[0\.\d\d, 0\.\d\d\]$/)
})

test('with labels enough the corrected rate is the one to quote', () => {
  assert.equal(meaningOf(ENOUGH), [
    'The scorer passes 12 of 44 answers (27.3 %) that people fail and fails 6 of 86 answers (7.0 %) that people pass: ' +
      'in sum it is milder than people, by 4.6 % of the labelled.',
    'The pass rate to quote is the corrected one, 63.8 % [57.4, 70.1]: PPI++, the scorer on all answers and people on 130.',
    "The scorer's own 67.2 % lies within its limits; its interval leaves the scorer's errors out.",
  ])
  const harsh = meaningOf(calibrated(60, 26, 2, 42, 100, 800))
  assert.match(harsh[0] ?? '', 'in sum it is stricter than people, by 18.5 % of the labelled.')
  assert.match(harsh[2] ?? '', "lies outside its limits: part of it is the scorer's own error.")
})

test('with too few labels it is told how many more it takes, at the present rate', () => {
  const [, correction] = meaningOf(calibrated(40, 4, 2, 5, 600, 300))
  assert.is(
    correction,
    '* Too few labels to correct the scorer by (label about 49 more samples, drawn at random, until there are 3 more that ' +
      "people fail); until then the pass rate to quote is people's own, 86.3 % [74.3, 93.2].",
  )
  // One failure in a hundred labels: nine more take nine hundred.
  assert.match(
    meaningOf(calibrated(97, 2, 0, 1, 500, 5))[1] ?? '',
    'label about 900 more samples, drawn at random, until',
  )
  assert.match(figuresOf(calibrated(40, 4, 2, 5, 600, 300))['corrected'] ?? '', /\*$/)
})

test('where people have seen every answer theirs is the rate', () => {
  assert.is(
    meaningOf(calibrated(80, 6, 12, 32)).at(-1),
    "* People have seen every scored answer: the pass rate to quote is people's own, 66.2 % [57.7, 73.7].",
  )
})

test('one verdict alone, and a scorer that always agrees, are put into words', () => {
  assert.equal(meaningOf(calibrated(30, 0, 0, 0, 10, 0)).slice(0, 2), [
    'The scorer fails 0 of 30 answers (0.0 %) that people pass: in sum it is as mild as people.',
    'One verdict alone was given: kappa and alpha say nothing, look at the agreement.',
  ])
  assert.is(figuresOf(calibrated(30, 0, 0, 0))["Cohen's kappa"], '–')
  assert.is(figuresOf(calibrated(60, 0, 0, 60, 9, 9))["Cohen's kappa"], '1.00')
})

test('labelled answers without a score are told', () => {
  const unscored = calibrationOf([{ sampleIndex: 1, human: true, judge: null }], { confidence: 0.95, label: 'test' })
  assert.ok(unscored !== null)
  assert.equal(meaningOf(unscored), [
    'No labelled answer has a score: nothing can be said of the scorer.',
    '1 labelled answer without a score: left out, neither right nor wrong.',
  ])
})

test('the screen names run, labels, judge and notes; a group without labels is left out', () => {
  const raters = [{ model: 'm', prompt: 'question', scorers: ['a', 'b'], alpha: ENOUGH.alpha }]
  const report = reportOf(ENOUGH, { simulated: true, raters, notes: ['1 label of no answer'] })
  const text = calibrationScreen(report, { color: false, columns: 100 })
  assert.match(text, /^SIMULATED · r · labels: column human of l\.csv\n/)
  for (const part of [
    'm · question · rubric',
    'The judge passes',
    "The judge's own",
    'the judge on all answers',
    'milder than people',
    '! 1 label of no answer\n',
    '│ specificity ',
  ])
    assert.ok(text.includes(part), part)
  assert.match(text, /m · question: alpha of a, b with each other 0\.68 \[.*\] over 130 answers\n/)
  assert.not.match(calibrationScreen(reportOf(null), { color: false, columns: 100 }), 'rubric')
})

test('nothing that a model or a file is called can act on the terminal', () => {
  const evil = '\u001b[2J\u009b31m\u202e'
  const groups = [{ model: evil, prompt: evil, scorer: evil, isJudge: false, calibration: ENOUGH }]
  const raters = [{ model: evil, prompt: evil, scorers: [evil, evil], alpha: ENOUGH.alpha }]
  const report = reportOf(ENOUGH, { runId: evil, labels: evil, groups, raters, notes: [evil] })
  assert.not.match(calibrationScreen(report, { color: false, columns: 80 }), /[^\P{Cc}\n]|[\u202a-\u202e]/u)
})

test.run()
