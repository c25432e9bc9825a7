/** A comparison on the screen, in Markdown and in CSV. */
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ComparedMetric, ComparedPair, ComparisonReport, Flip } from '../../src/gate/compare/types.ts'
import { COMPARISON_COLUMNS, comparisonCsv, FLIP_COLUMNS, flipsCsv } from '../../src/report/comparison-csv.ts'
import { comparisonMarkdown } from '../../src/report/comparison-markdown.ts'
import { comparisonScreen } from '../../src/report/comparison-terminal.ts'
import {
  bothEnds,
  detectableText,
  differenceText,
  points,
  sentenceOf,
  valueText,
  warningsOf,
} from '../../src/report/comparison-words.ts'

const PASS_RATE: ComparedMetric = {
  name: 'pass_rate',
  kind: 'quality',
  unit: 'share',
  pairs: 1_200,
  samples: 1_200,
  clusters: 1_200,
  missingCandidate: 0,
  missingBaseline: 0,
  missing: 0,
  onlyCandidate: 0,
  onlyBaseline: 0,
  baseline: 0.85,
  candidate: 0.882,
  difference: 0.032,
  low: 0.011,
  high: 0.053,
  method: 'tango',
  ratio: null,
  pValue: 0.002,
  test: 'mcnemar mid-p',
  adjustedPValue: 0.004,
  isProven: true,
  higher: 100,
  equal: 1_038,
  lower: 62,
  net: 0.032,
  higherShare: { estimate: 0.617, low: 0.541, high: 0.688, method: 'wilson' },
  minimumDetectable: 0.029,
  worstCase: null,
  flags: [],
}
const UNPROVEN = { ...PASS_RATE, difference: 0.004, low: -0.016, high: 0.024, isProven: false, adjustedPValue: 0.6 }
const COST: ComparedMetric = {
  ...PASS_RATE,
  name: 'cost',
  kind: 'amount',
  unit: 'USD',
  baseline: 0.000_004_76,
  candidate: 0.000_004_74,
  difference: -0.000_000_02,
  low: -0.000_000_05,
  high: 0.000_000_01,
  ratio: { value: 0.9955, low: 0.9893, high: 1.0018, method: 'ratio of totals by Fieller' },
  isProven: false,
  minimumDetectable: 0.000_000_04,
}
const NAMES = { candidate: 'new', baseline: 'old' }
const ANSWERS = { run: 'run', model: 'm', prompt: 'question', isTruncated: false, reason: 'equal' }
const FLIP: Flip = {
  went: 'wrong',
  sample: 'geo-1',
  epoch: 1,
  candidate: { ...ANSWERS, output: 'Rome', reason: '"Rome" is not "Paris"' },
  baseline: { ...ANSWERS, output: 'Paris' },
  expected: ['Paris'],
}

function pairOf(changes: Partial<ComparedPair> = {}): ComparedPair {
  return {
    candidate: { run: 'new-run', model: 'example/new', prompt: 'question' },
    baseline: { run: 'old-run', model: 'example/old', prompt: 'question' },
    trials: { both: 1_200, onlyCandidate: 3, onlyBaseline: 0 },
    metrics: [PASS_RATE, COST],
    slices: [{ ...UNPROVEN, slice: 'category=geography', column: 'category', value: 'geography' }],
    sameAsPassRate: [],
    servedBy: { candidate: { models: {}, providers: {} }, baseline: { models: {}, providers: {} } },
    flips: { metric: 'pass_rate', wrong: 62, right: 100, listed: [FLIP, { ...FLIP, went: 'right' }] },
    notes: [],
    ...changes,
  }
}

function reportOf(changes: Partial<ComparedPair> = {}): ComparisonReport {
  const run = { startedAt: '2026-01-01T00:00:00.000Z', dataset: 'qa', samples: 1_200 }
  return {
    formatVersion: 1,
    simulated: false,
    confidence: 0.95,
    baseline: { ...run, run: 'old-run' },
    candidates: [{ ...run, run: 'new-run' }],
    pairs: [pairOf(changes)],
    adjusted: { quality: { method: 'holm', comparisons: 2 }, slices: { method: 'bh', comparisons: 3 } },
    notes: [],
  }
}

const screen = (report: ComparisonReport, columns = 100): string => comparisonScreen(report, { color: false, columns })

test('a proven difference is a sentence with its interval', () => {
  assert.is(
    sentenceOf(PASS_RATE, NAMES),
    'pass_rate: new is better than old by 3.2 points [1.1, 5.3] (95 %, 1,200 samples paired).',
  )
  const worse = { ...PASS_RATE, difference: -0.032, low: -0.053, high: -0.011 }
  assert.is(
    sentenceOf(worse, NAMES),
    'pass_rate: new is worse than old by 3.2 points [1.1, 5.3] (95 %, 1,200 samples paired).',
  )
  const slower = {
    ...COST,
    name: 'latency',
    kind: 'latency',
    ratio: { value: 1.5, low: 1.2, high: 1.8, method: '' },
  } as const
  assert.is(
    sentenceOf({ ...slower, isProven: true }, NAMES),
    'latency: new is slower than old, ×1.500 [1.200, 1.800] (95 %, 1,200 samples paired).',
  )
})

test('beside "no difference" stands what so many rows would have shown', () => {
  assert.is(
    sentenceOf(UNPROVEN, NAMES),
    'pass_rate: no difference is proven between new and old: +0.4 points [−1.6, 2.4] (95 %, 1,200 samples paired); ' +
      'this many would show a difference of 2.9 points (80 %).',
  )
  const edge = { ...PASS_RATE, isProven: false, adjustedPValue: 0.08 }
  assert.match(sentenceOf(edge, NAMES), 'samples paired), with an adjusted p-value of 0.080; this many')
  assert.is(sentenceOf({ ...PASS_RATE, difference: null }, NAMES), 'pass_rate: no answers to compare.')
})

test('what several metrics miss is said once, the bounds of each are told', () => {
  const missing = { missingCandidate: 39, missingBaseline: 4 }
  const bounded = { ...PASS_RATE, ...missing, worstCase: { low: -0.11, high: 0.014 } }
  assert.equal(warningsOf([bounded, { ...bounded, name: 'score:f1', flags: ['few'] }, { ...COST, ...missing }]), [
    'pass_rate: no value of 39 answers in the candidate and 4 in the baseline; with the worst and the best for all missing ' +
      'values the difference is −11.0 to +1.4 points',
    'score:f1: with the worst and the best for all missing values the difference is −11.0 to +1.4 points',
    'score:f1: few',
  ])
  assert.equal(
    warningsOf([PASS_RATE, { ...UNPROVEN, kind: 'failures', baseline: 0, candidate: 0, flags: ['degenerate'] }]),
    [],
  )
})

test('numbers are in points, ratios and the price of a thousand answers', () => {
  assert.equal([points(0.0321), points(-0.0004), points(-0.2)], ['+3.2', '0.0', '−20.0'])
  assert.is(differenceText(PASS_RATE), '+3.2 [1.1, 5.3]')
  assert.is(differenceText(COST), '×0.996 [0.989, 1.002]')
  assert.is(differenceText({ ...COST, ratio: { value: null, low: null, high: null, method: 'none' } }), '–')
  assert.is(valueText(COST, COST.baseline), '$0.00476')
  assert.equal([detectableText(PASS_RATE), detectableText(COST)], ['2.9', '×1.008'])
})

test('an interval that is narrow has the decimals that show its width', () => {
  const narrow = { ...PASS_RATE, difference: 0, low: -0.000_004, high: 0.000_004, minimumDetectable: 0.000_012 }
  assert.equal([differenceText(narrow), detectableText(narrow)], ['0.00000 [−0.00040, 0.00040]', '0.0012'])
  assert.is(differenceText({ ...PASS_RATE, low: 0.0311, high: 0.0329 }), '+3.20 [3.11, 3.29]')
})

test('the columns of both files are in the docs', () => {
  const docs = readFileSync(new URL('../../docs/compare.md', import.meta.url), 'utf8')
  for (const { name, meaning } of [...COMPARISON_COLUMNS, ...FLIP_COLUMNS]) {
    assert.ok(docs.includes(`| \`${name}\` | ${meaning} |`), `${name}: ${meaning}`)
  }
})

test('the screen says who is compared, how they differ, and what flipped', () => {
  const text = screen(reportOf())
  for (const part of [
    'baseline old-run\ncandidate new-run',
    'candidate − baseline',
    'example/new · question against example/old · question',
    '1,200 answers paired; in the baseline alone 0, in the candidate alone 3',
    'is better than',
    '100 samples better, 1,038 equal, 62 worse; net +3.2 % of samples; 61.7 %',
    '│ category  │',
    '│ geography │',
    '62 answers went wrong:\n  geo-1 expected "Paris"\n    was "Paris": equal\n    now "Rome": "Rome" is not "Paris"\n  … and 61 more',
    'Holm over 2 quality comparisons, Benjamini-Hochberg over 3 slices',
  ]) {
    assert.ok(text.includes(part), `${part} is not in\n${text}`)
  }
  assert.not.match(text, /PASS\b|REGRESSION|significant/)
  assert.ok(screen({ ...reportOf(), simulated: true }).startsWith('SIMULATED'))
})

test('of long answers the beginning and the end are shown, with what was found and whether they were cut off', () => {
  const steps = 'First multiply the apples by the crates and go on. '.repeat(30)
  const long = (end: string): string => `${steps}#### ${end}`
  const flip: Flip = {
    ...FLIP,
    expected: [long('20')],
    baseline: { ...ANSWERS, output: long('20'), reason: '20 agrees with the expected 20' },
    candidate: { ...ANSWERS, output: long('18'), isTruncated: true, reason: '18, expected 20' },
  }
  const report = reportOf({ flips: { metric: 'pass_rate', wrong: 1, right: 0, listed: [flip] } })
  const text = screen(report, 80)
  assert.match(text, /geo-1 expected "First multiply the .* … .*#### 20"\n/)
  assert.match(text, /\n {4}was "First multiply .* … .*#### 20": 20 agrees with the expected 20\n/)
  assert.match(text, /\n {4}now truncated "First multiply .* … .*#### 18": 18, expected 20\n/)
  for (const line of text.split('\n')) assert.ok(Array.from(line).length <= 80, line)
  const row = comparisonMarkdown(report)
    .split('\n')
    .find((line) => line.includes('geo-1'))
  assert.match(row ?? '', /truncated `First multiply .* … .*#### 18`: `18, expected 20` \|$/)
})

test('a text that fits is shown whole, of a longer one both ends', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.integer({ min: 1, max: 60 }), (text, width) => {
      const shown = bothEnds(text, width)
      assert.ok(Array.from(shown).length <= width, shown)
      assert.not.match(shown, /[\p{Cc}\u202a-\u202e]/u)
    }),
  )
  assert.is(bothEnds('abcdefghij', 10), 'abcdefghij')
  assert.is(bothEnds('abcdefghijk', 10), 'abcd … ijk')
  assert.is(bothEnds(`${'a'.repeat(5_000)}z`, 8), 'aaa … az')
})

test('samples and answers have their names where epochs make them different', () => {
  const epochs = { ...UNPROVEN, samples: 600, clusters: 600 }
  assert.match(sentenceOf(epochs, NAMES), '1,200 answers of 600 samples paired')
  const text = screen(reportOf({ metrics: [epochs] }))
  assert.match(text, '100 samples better')
  assert.match(text, '62 answers went wrong')
  assert.not.match(text, /\d rows?\b/)
})

test('that few are in common is told before anything else', () => {
  const few = reportOf({ trials: { both: 70, onlyCandidate: 30, onlyBaseline: 30 } })
  const told = 'few in common: only 70 of 130 answers (53.8 %) can be paired; what is said is about these alone'
  const lines = screen(few, 140).split('\n')
  assert.is(lines[2], `! ${told}`)
  const markdown = comparisonMarkdown(few)
  assert.ok(markdown.indexOf(told) > 0 && markdown.indexOf(told) < markdown.indexOf('Differences are'))
  const [pair] = few.pairs
  if (pair === undefined) throw new Error('no pair')
  const two = { ...few, pairs: [pairOf(), pair] }
  assert.match(screen(two, 200), `! example/new · question: ${told}`)
  assert.not.match(screen(reportOf({ trials: { both: 80, onlyCandidate: 0, onlyBaseline: 20 } })), 'few in common')
})

test('no line is longer than the terminal', () => {
  const long = 'a word of the answer '.repeat(40)
  const flip = { ...FLIP, candidate: { ...FLIP.candidate, output: long }, expected: [long, long] }
  const metric = {
    ...PASS_RATE,
    name: `score:${'last-line > '.repeat(8)}numeric`,
    flags: ['few samples (9) for a t interval'],
  }
  const report = reportOf({
    metrics: [metric, COST, { ...PASS_RATE, name: 'failures', kind: 'failures' }],
    notes: [long],
    slices: [{ ...UNPROVEN, slice: `category=${long}`, column: 'category', value: long }],
    flips: { metric: 'pass_rate', wrong: 1, right: 0, listed: [flip] },
  })
  for (const columns of [80, 100, 140]) {
    for (const line of screen(report, columns).split('\n')) {
      assert.ok(Array.from(line).length <= columns, `${Array.from(line).length} characters: ${line}`)
    }
  }
})

test('what models and datasets say can do nothing to a terminal', () => {
  const escape = '\u001b[31mred\u0007\nnext\u202e'
  const flip = { ...FLIP, sample: escape, candidate: { ...FLIP.candidate, output: escape } }
  const place = { run: escape, model: escape, prompt: escape }
  const text = screen({
    ...reportOf({
      candidate: place,
      flips: { metric: 'pass_rate', wrong: 1, right: 0, listed: [flip] },
      notes: [escape],
      metrics: [{ ...PASS_RATE, name: escape, flags: [escape] }],
      slices: [{ ...UNPROVEN, slice: escape, column: escape, value: escape }],
    }),
    notes: [escape],
  })
  assert.not.match(text.replaceAll('\n', ''), /[\p{Cc}\u202a-\u202e]/u)
})

test('Markdown keeps text of models in code spans, whatever it is', () => {
  const output = '</td><script>alert(1)</script> | [link](http://x) `tick` ``` @user'
  const flip = { ...FLIP, candidate: { ...FLIP.candidate, output } }
  const text = comparisonMarkdown(reportOf({ flips: { metric: 'pass_rate', wrong: 1, right: 0, listed: [flip] } }))
  const row = text.split('\n').find((line) => line.includes('geo-1')) ?? ''
  assert.ok(row.includes('````</td><script>alert(1)</script> \\| [link](http://x) `tick` ``` @user````'), row)
  assert.is(row.replaceAll('\\|', '').split('|').length, 7, 'five cells')
  assert.match(text, '`example/new` is better than `example/old` by 3.2 points')
  assert.match(text, '#### `example/new · question` against `example/old · question`')
  assert.not.match(text, /PASS\b|REGRESSION/)
})

test('comparison.csv has a line per metric and slice, without exponents; unknown is empty', () => {
  const lines = parse(comparisonCsv(reportOf()), { columns: true }) as Record<string, string>[]
  assert.equal(
    lines.map(({ slice, metric }) => [slice, metric]),
    [
      ['', 'pass_rate'],
      ['', 'cost'],
      ['category=geography', 'pass_rate'],
    ],
  )
  const [passRate, cost] = lines
  assert.equal(
    Object.keys(passRate ?? {}),
    COMPARISON_COLUMNS.map(({ name }) => name),
  )
  assert.equal([passRate?.['difference'], passRate?.['proven'], passRate?.['adjustment']], ['0.032', 'true', 'holm'])
  assert.equal([cost?.['difference'], cost?.['adjustment']], ['-0.00000002', ''])
  assert.equal([passRate?.['ratio'], passRate?.['worst_case_low'], lines[2]?.['adjustment']], ['', '', 'bh'])
  assert.not.match(comparisonCsv(reportOf()), /\de[-+]\d/)
})

test('flips.csv has a line per flip, answers as they are', () => {
  const output = 'two\nlines, "quoted"'
  const flip = {
    ...FLIP,
    baseline: { ...FLIP.baseline, output: null },
    candidate: { ...FLIP.candidate, output },
    expected: ['a', 'b'],
  }
  const lines = parse([...flipsCsv([flip, FLIP])].join(''), { columns: true }) as Record<string, string>[]
  assert.equal(
    Object.keys(lines[0] ?? {}),
    FLIP_COLUMNS.map(({ name }) => name),
  )
  assert.equal(
    [lines[0]?.['candidate_output'], lines[0]?.['baseline_output'], lines[0]?.['expected'], lines[1]?.['expected']],
    [output, '', '["a","b"]', 'Paris'],
  )
})

test.run()
