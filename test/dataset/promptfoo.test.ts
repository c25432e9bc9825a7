import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { refusal, samplesOf } from './helpers.ts'

const GOOD: readonly (readonly [cell: string, scorer: string, argument: string | null, expected: string[]])[] = [
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

for (const [cell, scorer, argument, expected] of GOOD) {
  test(`__expected "${cell}" asks for ${scorer}`, async () => {
    const [sample] = await samplesOf([{ question: 'x', __expected: cell }])
    assert.equal(sample?.assertions, [{ scorer, argument, expected }])
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
    await messageOf('__expected1', 'llm-rubric: is polite'),
    'qa.csv:2: column "__expected1": promptfoo\'s assertion "llm-rubric" cannot be used. There is no such scorer; the types ' +
      'that exist are equals, contains, icontains, contains-any, is-json. A plain answer that reads like a type is written ' +
      '"equals:llm-rubric".',
  )
  assert.match(await messageOf('__expected1', 'similar(0.8):x'), /assertion "similar" cannot be used/)
  assert.match(
    await messageOf('__expected1', 'not-contains:x'),
    /assertion "not-contains" cannot be used\. Negated assertions are not supported/,
  )
  assert.match(
    await messageOf('__expected1', 'contains(0.5):x'),
    /"contains\(0\.5\)" cannot be used\. Thresholds in a cell are not supported/,
  )
  assert.match(await messageOf('__expected1', 'cost'), /written "equals:cost"/)
})

test('refuses special columns that are not supported or misspelt', async () => {
  assert.is(
    await messageOf('__threshold'),
    'qa.csv:2: column "__threshold": promptfoo\'s __threshold is not supported yet, and ignoring it would change the scores. ' +
      'Remove the column; supported are __expected, __prefix, __suffix, __description, __metadata:.',
  )
  assert.match(await messageOf('__metric'), /__metric is not supported yet/)
  assert.match(await messageOf('__config:__expected:threshold'), /promptfoo's __config is not supported yet/)
  assert.match(await messageOf('__expcted'), /is no column of promptfoo\. Did you mean "__expected"\?/)
  assert.match(await messageOf('__Expected'), /Did you mean "__expected"\?/)
  assert.match(await messageOf('__metadata'), /Did you mean "__metadata:"\?/)
})

test.run()
