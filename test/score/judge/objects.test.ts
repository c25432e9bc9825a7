import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isObject, parseJson } from '../../../src/lib/json.ts'
import { objectsIn } from '../../../src/score/judge/objects.ts'

function textsOf(text: string): readonly string[] {
  return objectsIn(text, 'verdict').map(({ start, end }) => text.slice(start, end))
}

const CASES: readonly (readonly [text: string, objects: readonly string[]])[] = [
  ['', []],
  ['no braces', []],
  ['{}', ['{}']],
  ['{"a": 1} and {"b": 2}', ['{"a": 1}', '{"b": 2}']],
  ['{"a": {"b": [{"c": 1}]}}', ['{"a": {"b": [{"c": 1}]}}']],
  ['{"a": "{\\"b\\": 1}"}', ['{"a": "{\\"b\\": 1}"}']],
  ['{"a": "}"} {"b": "{"}', ['{"a": "}"}', '{"b": "{"}']],
  ['[{"a": 1}, {"b": 2}]', ['{"a": 1}', '{"b": 2}']],
  ['the set {1, 2} and {"a": 1}', ['{"a": 1}']],
  ['{ unclosed {"a": 1}', ['{"a": 1}']],
  ['{"open": {"a": 1}', ['{"a": 1}']],
  ['{"open": [{"a": 1}, {"b": {"c": 2}}, 3', ['{"a": 1}', '{"b": {"c": 2}}']],
  ['{"open": "{"a": 1}', ['{"a": 1}']],
  ['{"a": 1,}', []],
  ["{'a': 1}", []],
  ['{"a": 01} {"a": 1.} {"a": .5} {"a": +1} {"a": NaN} {"a": 1e} {"a": tru}', []],
  ['{"a": "raw\nline feed"}', []],
  ['{"a": "\\x"} {"a": "\\u12"}', []],
  ['{"a": -0.5e+3, "b": [true, false, null, ""], "c": {}}', ['{"a": -0.5e+3, "b": [true, false, null, ""], "c": {}}']],
  ['{"a": [1, 2}', []],
  ['{"a": "\u2028é日😀\ud800"}', ['{"a": "\u2028é日😀\ud800"}']],
]

for (const [text, objects] of CASES) {
  test(`in ${JSON.stringify(text)} there are ${objects.length} objects`, () => assert.equal(textsOf(text), objects))
}

test('own members of a name are counted, also where the name is written with escapes', () => {
  const membersOf = (text: string): readonly (readonly number[])[] =>
    objectsIn(text, 'verdict').map(({ members }) => members)
  assert.equal(membersOf('{"verdict": 1}'), [[1]])
  assert.equal(membersOf('{"verdict": 1, "\\u0076erdict": 2}'), [[1, 15]])
  assert.equal(membersOf('{"a": {"verdict": 1}, "b": "verdict", "Verdict": 2}'), [[]])
  assert.equal(membersOf('{"a": [{"verdict": 1}], "verdict": 2} {"x": 1}'), [[24], []])
})

const pieces = fc
  .array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '{"a":',
      '{"',
      '":',
      '"}',
      ' ',
      '1',
      'x',
      '\\',
      '\n',
      'null',
      '{}',
    ),
    { maxLength: 24 },
  )
  .map((all) => all.join(''))

/** The same by trying every pair of braces: too slow for anything but short texts. */
function byTrying(text: string): readonly string[] {
  const complete: (readonly [start: number, end: number])[] = []
  for (let start = 0; start < text.length; start += 1) {
    if (text[start] !== '{') continue
    for (let end = start + 1; end <= text.length; end += 1) {
      if (isObject(parseJson(text.slice(start, end))?.value)) complete.push([start, end])
    }
  }
  const kept: (readonly [start: number, end: number])[] = []
  for (const [start, end] of complete) if (start >= (kept.at(-1)?.[1] ?? 0)) kept.push([start, end])
  return kept.map(([start, end]) => text.slice(start, end))
}

test('the objects are those that JSON.parse accepts, each the first from the left', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        pieces,
        fc.json(),
        fc.tuple(pieces, fc.json(), pieces).map((all) => all.join('')),
      ),
      (text) => {
        if (text.length < 120) assert.equal(textsOf(text), byTrying(text))
      },
    ),
    { numRuns: 3000 },
  )
})

test('an object in prose without braces is found, whatever it holds', () => {
  const prose = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll(/[{}]/g, ''))
  fc.assert(
    fc.property(prose, fc.dictionary(fc.string(), fc.jsonValue()), prose, (before, value, after) => {
      const object = JSON.stringify(value)
      assert.equal(textsOf(before + object + after), [object])
    }),
  )
})

test('a million hostile characters are searched in seconds', () => {
  const HOSTILE = [
    '{',
    '{ ',
    '{"',
    '{"a":',
    '{"a":"',
    '{"a":[',
    '{"a":"{","b":',
    '{"{":"{",',
    '{":":",","',
    '"{"',
    '{"a":{},',
    '{"a":[{}],"b":',
    '{}',
    '{"a":"\\n',
    '\\"{',
    '{"verdict":1}',
    '{"a":1,',
    '{"a":"\\u0041',
    '{"a":1}}',
    '[{"a":',
  ]
  const timeOf = (text: string): number => {
    const started = process.cpuUsage()
    objectsIn(text, 'verdict')
    return process.cpuUsage(started).user / 1e6
  }
  for (const piece of HOSTILE) {
    // A quadratic search would need hours for a million characters.
    const seconds = timeOf(piece.repeat(1_000_000 / piece.length))
    assert.ok(seconds < 10, `${piece}: ${seconds} s`)
  }
})

test.run()
