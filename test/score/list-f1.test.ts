import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { listF1 } from '../../src/score/list-f1.ts'
import { refusalOf, scoring } from './helpers.ts'

/** All the same list. */
const SAME = [
  'Paris, New York; Lyon',
  '- Paris\n- New York\n- Lyon',
  '1. Lyon\n2. New York\n3. Paris\n',
  '(1) Lyon\r\n(2) New York\r\n(3) Paris',
  '* [x] **Lyon**\n* [ ] `New York`\n* Paris.',
  '• “Lyon”\n• new  york\n• PARIS',
  '["Paris", "New York", "Lyon"]',
  'Here you are:\n```json\n["lyon", "paris", "new york"]\n```',
  'Paris、New York，Lyon；Paris',
  'Paris،New York؛Lyon',
  ' Paris,, Lyon , New\u00a0York,',
]

for (const text of SAME) {
  test(`reads ${JSON.stringify(text)}`, () => {
    for (const other of SAME) assert.is(scoring(listF1)(text, [other]).value, 1)
  })
}

for (const [output, expected, value] of [
  ['Paris, Nice', ['Paris, Lyon'], 0.5],
  ['Paris', ['Paris, Lyon'], 2 / 3],
  ['Paris, Lyon, Nice', ['Paris, Lyon'], 0.8],
  ['Nice', ['Paris'], 0],
  ['', ['Paris'], 0],
  ['Paris', ['[]'], 0],
  ['[]', ['[]'], 1],
  ['...', ['[]'], 1],
  ['[1, 2.5, true, null]', ['1, 2.5, true, null'], 1],
  ['["1,000", "x"]', ['["x", "1,000"]'], 1],
  ['[{"a": 1}]', ['[{"a":1}]'], 1],
  ['{"a": 1}', ['Paris'], 0],
  ['C, C++', ['c++, C'], 1],
  ['-5, 5', ['5, -5'], 1],
  ['-5', ['5'], 0],
  ['3.5', ['3, 5'], 0],
  ['東京。\n大阪', ['大阪、東京'], 1],
  ['Paris, Lyon', ['Rome', 'Lyon, Paris'], 1],
] as const) {
  test(`${JSON.stringify(output)} against ${JSON.stringify(expected)} scores ${value}`, () => {
    const score = scoring(listF1)(output, expected)
    assert.is(score.value, value)
    assert.is(score.pass, value === 1)
  })
}

test('tells what is missing and what is too much', () => {
  assert.is(
    scoring(listF1)('Paris, Nice, Metz', ['Paris, Lyon']).reason,
    'F1 0.4 of 2 expected items, missing "lyon", also "nice" and 1 more',
  )
  assert.is(scoring(listF1)('Paris', ['Paris']).reason, 'F1 1 of 1 expected item')
})

test('long runs of marks and spaces take no longer than other text', () => {
  const startedMs = performance.now()
  for (const run of ["'", '.', '*', ' ', '- ', '1. ', '“'])
    assert.is(scoring(listF1)(`${run.repeat(200_000)}x${run.repeat(200_000)}x`, ['Paris']).value, 0)
  // Well below a second; read again from each of them they would take minutes.
  assert.ok(performance.now() - startedMs < 15_000)
})

test('takes another threshold and refuses a wrong one', () => {
  assert.is(scoring(listF1, '0.5')('Paris, Nice', ['Paris, Lyon']).pass, true)
  assert.match(
    refusalOf(() => listF1.create('all')),
    'is no threshold',
  )
})

test('does not judge JSON that is nested too deeply to be read', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const { value } = scoring(listF1)(deep, ['Paris'])
  assert.ok(value === null || value === 0)
})

test.run()
