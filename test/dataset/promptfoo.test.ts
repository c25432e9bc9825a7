import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { refusal, SAMPLE_OPTIONS, samplesOf } from './helpers.ts'

type Good = readonly [
  cell: string,
  scorer: string,
  argument: string | null,
  expected: string[],
  more?: { readonly threshold: number },
]

const GOOD: readonly Good[] = [
  ['not-contains: x', 'not-includes', null, ['x']],
  ['not-icontains:X', 'not-includes', 'ignore-case', ['X']],
  ['not-equals:x', 'not-exact', null, ['x']],
  ['not-regex:^a', 'not-regex', null, ['^a']],
  ['not-is-json', 'not-json', null, []],
  ['contains(0.5): x', 'includes', null, ['x'], { threshold: 0.5 }],
  ['not-contains(1):x', 'not-includes', null, ['x'], { threshold: 1 }],
  ['contains-all:a, b', 'includes-all', null, ['a', 'b']],
  ['llm-rubric: is polite: really', 'rubric', null, ['is polite: really']],
  ['similar(0.8): hello (world)', 'embedding', null, ['hello (world)'], { threshold: 0.8 }],
  ['latency(200)', 'latency', '200ms', []],
  ['not-latency( 200.5 )', 'not-latency', '200.5ms', []],
  ['levenshtein:x', 'edits', '5', ['x']],
  ['levenshtein(3):x', 'edits', '3', ['x']],
  ['command:rm -rf', 'exact', null, ['command:rm -rf']],
  ['./polite.ts', 'exact', null, ['./polite.ts']],
  ['last-line > equals:x', 'exact', null, ['last-line > equals:x']],
  ['Paris', 'exact', null, ['Paris']],
  ['equals:Paris', 'exact', null, ['Paris']],
  ['equals: javascript', 'exact', null, ['javascript']],
  ['contains:a:b', 'includes', null, ['a:b']],
  ['icontains: paris ', 'includes', 'ignore-case', ['paris']],
  ['contains-any: a, b,,c', 'includes', null, ['a', 'b', 'c']],
  ['is-json', 'json', null, []],
  ['Time: noon', 'exact', null, ['Time: noon']],
  ['unknown:thing', 'exact', null, ['unknown:thing']],
  ['Contains:Paris', 'exact', null, ['Contains:Paris']],
  ['constructor', 'exact', null, ['constructor']],
  ['not-a-type', 'exact', null, ['not-a-type']],
  ['see file://x', 'exact', null, ['see file://x']],
]

for (const [cell, scorer, argument, expected, more = {}] of GOOD) {
  test(`__expected "${cell}" asks for ${scorer}`, async () => {
    const [sample] = await samplesOf([{ question: 'x', __expected: cell }])
    assert.equal(sample?.assertions, [{ scorer, argument, expected, ...more }])
    assert.equal(sample?.vars, { question: 'x' })
  })
}

test('reads numbered assertions, prefix, suffix, description and metadata', async () => {
  const [sample] = await samplesOf([
    {
      question: 'x',
      __expected1: 'contains:a',
      __expected2: '',
      __expected3: 'b',
      __prefix: 'Be brief. ',
      __suffix: ' Thanks.',
      __description: 'first',
      '__metadata:topic': 'maths',
      '__metadata:tags[]': 'a,b',
      '__metadata:none': '',
      __note: 'mine',
    },
  ])
  assert.equal(sample?.assertions, [
    { scorer: 'includes', argument: null, expected: ['a'] },
    { scorer: 'exact', argument: null, expected: ['b'] },
  ])
  assert.is(sample?.prefix, 'Be brief. ')
  assert.is(sample?.suffix, ' Thanks.')
  assert.equal(sample?.metadata, { description: 'first', topic: 'maths', tags: 'a,b' })
  assert.equal(sample?.vars, { question: 'x', __note: 'mine' })
})

/** What a row with this one cell is refused with. */
function messageOf(column: string, cell = 'x'): Promise<string> {
  return refusal(() => samplesOf([{ [column]: cell }]))
}

for (const cell of [
  'javascript: output.length > 3',
  ' JavaScript :1',
  'not-javascript:1',
  'javascript(0.5):1',
  'java\u200bscript:1',
  'ｐｙｔｈｏｎ：1',
  'python:1',
  'ruby:1',
  'fn:1',
  'eval:1',
  'exec:rm',
  'package:x:y',
  'file://grade.py',
  'FILE:// grade.py',
  'not-file://x',
  'equals:file://answers.txt',
]) {
  test(`refuses the cell "${cell}", which names code or a file`, async () => {
    assert.match(
      await refusal(() => samplesOf([{ __expected: cell }])),
      /^qa\.csv:2: column "__expected": ".+" names code or a file\. Cells are inert text/,
    )
  })
}

test('the same text in an ordinary column is just text', async () => {
  const [sample] = await samplesOf([{ question: 'file:///etc/passwd', expected: 'javascript:1' }])
  assert.equal(sample?.vars, { question: 'file:///etc/passwd', expected: 'javascript:1' })
  assert.equal(sample?.expected, ['javascript:1'])
})

test('refuses assertions that only promptfoo has, naming those that exist', async () => {
  assert.is(
    await messageOf('__expected1', 'perplexity: 5'),
    'qa.csv:2: column "__expected1": promptfoo\'s assertion "perplexity" cannot be used. There is no such scorer; the types ' +
      `that exist are ${Object.keys(SAMPLE_OPTIONS.assertionTypes).join(', ')}. A plain answer that reads like a type is written ` +
      '"equals:perplexity".',
  )
  assert.match(await messageOf('__expected1', 'not-perplexity'), /assertion "perplexity" cannot be used/)
  assert.match(await messageOf('__expected1', 'cost'), /written "equals:cost"/)
})

for (const [cell, why] of [
  ['contains(2):x', /"contains\(2\)" cannot be used\. A threshold is a number from 0 to 1/],
  ['contains(high):x', /"high" is no number/],
  ['contains(-1):x', /"-1" is no number/],
  ['contains():x', /"" is no number/],
  ['contains(1e-3):x', /"1e-3" is no number/],
  ['latency', /It needs a number: latency\(100\)/],
  ['latency(fast)', /"fast" is no number/],
  ['latency(200): x', /"latency" takes no text/],
  ['is-json: {"type": "object"}', /"is-json" takes no text/],
] as const) {
  test(`refuses the cell "${cell}"`, async () => {
    assert.match(await messageOf('__expected', cell), why)
  })
}

test('a column of __config holds the number of an assertion', async () => {
  const [sample] = await samplesOf([
    {
      question: 'x',
      __expected1: 'contains:a',
      __expected2: 'latency',
      __expected3: 'b',
      '__config:__expected1:threshold': ' 0.5 ',
      '__config:__expected2:threshold': '200',
      '__config:__expected3:threshold': '',
    },
  ])
  assert.equal(sample?.assertions, [
    { scorer: 'includes', argument: null, expected: ['a'], threshold: 0.5 },
    { scorer: 'latency', argument: '200ms', expected: [] },
    { scorer: 'exact', argument: null, expected: ['b'] },
  ])
  const config = { '__config:__expected1:threshold': '0.5' }
  assert.match(
    await refusal(() => samplesOf([{ __expected1: 'contains(0.5):x', ...config }])),
    /a number of its own, and another one in its __config column/,
  )
  for (const lonely of [{}, { __expected1: ' ' }, { __expected2: 'x' }]) {
    assert.match(
      await refusal(() => samplesOf([{ ...lonely, ...config }])),
      /there is no assertion in the column "__expected1"/,
    )
  }
})

test('a row may have a threshold for the mean of its scores', async () => {
  const samples = await samplesOf([
    { question: 'x', __expected: 'a', __threshold: '0.5' },
    { question: 'y', __expected: 'a', __threshold: ' ' },
  ])
  assert.is(samples[0]?.passFrom, 0.5)
  assert.not.ok(samples[1] !== undefined && 'passFrom' in samples[1])
  assert.match(
    await messageOf('__threshold', '2'),
    /column "__threshold": "2" is no threshold\. Expected a number from 0 to 1/,
  )
})

test('refuses special columns that are not supported or misspelt', async () => {
  assert.is(
    await messageOf('__provider'),
    'qa.csv:2: column "__provider": promptfoo\'s __provider is not supported yet, and ignoring it would change the scores. ' +
      'Remove the column; supported are __expected, __threshold, __config:, __prefix, __suffix, __description, __metadata:.',
  )
  assert.match(await messageOf('__metric'), /__metric is not supported yet/)
  assert.match(await messageOf('__config:__expected:weight'), /promptfoo's __config is not supported yet/)
  assert.match(await messageOf('__expcted'), /is no column of promptfoo\. Did you mean "__expected"\?/)
  assert.match(await messageOf('__Expected'), /Did you mean "__expected"\?/)
  assert.match(await messageOf('__metadata'), /Did you mean "__metadata:"\?/)
})

test.run()
