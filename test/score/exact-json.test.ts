import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { json as jsonFilter } from '../../src/score/filter/values.ts'
import { jsonEqual } from '../../src/score/json-equal.ts'
import { jsonFields } from '../../src/score/json-fields.ts'
import { jsonPath } from '../../src/score/json-path.ts'
import { listF1 } from '../../src/score/list-f1.ts'
import { toolCall } from '../../src/score/tool-call.ts'
import { decimal, isWithin, negated, type Rational } from '../../src/score/rational.ts'
import { exactJsonText, parseExactJson } from '../../src/lib/exact-json.ts'
import { scoreInput, scoring } from './helpers.ts'

/** Whether each of the four scorers takes one JSON value for the other. */
const SCORERS: Readonly<Record<string, (found: string, wanted: string) => boolean | null>> = {
  'json-equal': (found, wanted) => scoring(jsonEqual)(`{"a": [${found}]}`, [`{"a": [${wanted}]}`]).pass,
  'json-fields': (found, wanted) => scoring(jsonFields)(`{"a": [${found}]}`, [`{"a": [${wanted}]}`]).pass,
  'json-path': (found, wanted) => scoring(jsonPath, '$.a')(`{"a": [${found}]}`, [`[${wanted}]`]).pass,
  'tool-call': (found, wanted) => callPasses(`{"a": [${found}]}`, `{"a": [${wanted}]}`),
  'tool-call with arguments as text': (found, wanted) =>
    callPasses(`{"a": [${found}]}`, JSON.stringify(`{"a": [${wanted}]}`)),
}

function callPasses(made: string, wanted: string): boolean | null {
  const facts = { toolCalls: [{ name: 'f', arguments: made }] }
  const expected = [`{"name": "f", "arguments": ${wanted}}`]
  return toolCall.create(undefined)(scoreInput({ expected, facts })).pass
}

const LONG = '12345678901234567890'

const CASES: readonly (readonly [found: string, wanted: string, isEqual: boolean])[] = [
  ['12345678901234567891', LONG, false],
  [LONG, LONG, true],
  [`${LONG}.0`, LONG, true],
  ['1.234567890123456789e19', LONG, true],
  ['123456789012345678900E-1', LONG, true],
  ['1.2345678901234567890e+0019', LONG, true],
  [`-${LONG}`, LONG, false],
  [`-${LONG}`, '-12345678901234567891', false],
  ['9007199254740993', '9007199254740992', false],
  ['9007199254740992', '9.007199254740992e15', true],
  ['123456789012345678', '123456789012345679', false],
  ['1234567890123456', '1234567890123456.0', true],
  ['0.1000000000000000001', '0.1', false],
  ['0.10000000000000000000', '0.1', true],
  ['0.30000000000000004', '0.3', false],
  ['0.30000000000000004', '3.0000000000000004e-1', true],
  ['1e400', '1e401', false],
  ['1e400', '10.0e399', true],
  ['1e400', '-1e400', false],
  ['1e-400', '0', false],
  ['1e-400', '1e-401', false],
  ['1e99999999999999999999', '1e99999999999999999998', false],
  ['1e99999999999999999999', '10e99999999999999999998', true],
  ['0e999', '0', true],
  ['-0.00000000000000000000', '0', true],
  ['1e00001', '10', true],
  ['100000000000000000000', '1e20', true],
  ['1', '1.0', true],
  ['1', '1e0', true],
  ['0.1', '0.10', true],
  [LONG, `"${LONG}"`, false],
  [LONG, 'null', false],
  [LONG, '{}', false],
  [`[{"b": [1, ${LONG}]}]`, `[{"b": [1.0, ${LONG}.0]}]`, true],
  [`[{"b": [1, ${LONG}]}]`, '[{"b": [1, 12345678901234567891]}]', false],
  [`{"x": "${LONG}", "y": "\\"${LONG}", "z": ${LONG}}`, `{"x": "${LONG}", "y": "\\"${LONG}", "z": ${LONG}.0}`, true],
  [`{"x": "a\\\\", "z": ${LONG}}`, '{"x": "a\\\\", "z": 12345678901234567891}', false],
  [`{"${LONG}": 1, "__proto__": ${LONG}}`, `{"__proto__": ${LONG}, "${LONG}": 1.0}`, true],
  [`{"__proto__": ${LONG}}`, '{"__proto__": 12345678901234567891}', false],
]

for (const [scorer, passes] of Object.entries(SCORERS)) {
  test(`${scorer} keeps numbers apart by their exact value`, () => {
    for (const [found, wanted, isEqual] of CASES) {
      assert.is(passes(found, wanted), isEqual, `${found} and ${wanted}`)
      assert.is(passes(wanted, found), isEqual, `${wanted} and ${found}`)
    }
  })
}

test('a text of an answer is never taken for a number, whatever it says', () => {
  const symbolText = String(parseExactJson(LONG)?.value)
  for (const text of [LONG, symbolText, `${LONG}e0`, '1234567890123456789e1']) {
    for (const passes of Object.values(SCORERS)) assert.is(passes(JSON.stringify(text), LONG), false, text)
  }
  // Where the expected answer is the same text, json-path compares texts as well.
  assert.is(scoring(jsonPath, '$.id')(`{"id": "${LONG}"}`, [LONG]).pass, true)
  assert.is(scoring(jsonPath, '$.id')(`{"id": "${LONG}"}`, [`${LONG}.0`]).pass, false)
})

const magnitudes = fc.tuple(
  fc.constantFrom('', '-'),
  fc.stringMatching(/^(?:0|[1-9][019]{0,20})$/),
  fc.stringMatching(/^[019]{0,20}$/),
  fc.integer({ min: -330, max: 330 }),
)

function valueOf([sign, whole, fraction, exponent]: readonly [string, string, string, number]): Rational {
  const value = decimal(`${whole}.${fraction}`, exponent)
  return sign === '-' ? negated(value) : value
}

function write([sign, whole, fraction, exponent]: readonly [string, string, string, number]): string {
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}e${exponent}`
}

test('two numbers are equal exactly when their values are', () => {
  const nothing = decimal('0')
  fc.assert(
    fc.property(magnitudes, magnitudes, fc.integer({ min: 0, max: 20 }), (some, other, zeros) => {
      const longer: typeof some = [some[0], some[1], some[2] + '0'.repeat(zeros), some[3]]
      const shifted: typeof some = some[1] === '0' ? some : [some[0], `${some[1]}0`, some[2], some[3]]
      for (const second of [other, longer, shifted]) {
        const isEqual = isWithin(valueOf(some), valueOf(second), nothing)
        assert.is(scoring(jsonEqual)(write(some), [write(second)]).pass, isEqual, `${write(some)} and ${write(second)}`)
        assert.is(scoring(jsonPath, '$')(write(some), [write(second)]).pass, isEqual)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('reasons show numbers as they are written', () => {
  const found = '{"id": 1.2345678901234567891e19, "in": [12345678901234567891]}'
  assert.is(
    scoring(jsonEqual)(found, [`{"id": ${LONG}, "in": []}`]).reason,
    '/id is 1.2345678901234567891e19, expected 12345678901234567890',
  )
  assert.is(
    scoring(jsonPath, '$.id')(found, [LONG]).reason,
    '$.id is 1.2345678901234567891e19, expected "12345678901234567890"',
  )
  assert.is(scoring(jsonPath, '$.in')(found, ['1']).reason, '$.in is [12345678901234567891], expected "1"')
  assert.is(scoring(jsonFields)(found, [`{"id": ${LONG}}`]).reason, 'F1 0: id, in[] differ')
})

test('filters of a path compare numbers beyond doubles as doubles, and what they find is exact', () => {
  const output = `[{"id": 3, "n": 12345678901234567891}, {"id": ${LONG}, "n": 0.30000000000000004, "it's \\"\\\\": 9007199254740993}]`
  assert.is(scoring(jsonPath, '$[?@.id > 5].n')(output, ['0.30000000000000004']).pass, true)
  assert.is(scoring(jsonPath, '$[?@.id < 5].n')(output, ['12345678901234567891']).pass, true)
  assert.is(scoring(jsonPath, '$[?@.id < 5].n')(output, [LONG]).pass, false)
  assert.is(scoring(jsonPath, '$[?@.n < 1].id')(output, [LONG]).pass, true)
  assert.is(scoring(jsonPath, '$..*')(output, ['9007199254740993']).pass, true)
  assert.is(scoring(jsonPath, '$..*')(output, ['9007199254740992']).pass, false)
  assert.is(scoring(jsonPath, '$[?@.id == 3]')(output, ['{"n": 12345678901234567891, "id": 3.0}']).pass, true)
})

test('a path finds each number whatever the names of the members on the way', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }), (keys) => {
      const output = keys.reduceRight((inner, key) => `{${JSON.stringify(key)}: ${inner}}`, LONG)
      assert.is(scoring(jsonPath, `$${'.*'.repeat(keys.length)}`)(output, [`${LONG}.0`]).pass, true)
      assert.is(scoring(jsonPath, '$..*')(output, ['12345678901234567891']).pass, false)
    }),
  )
})

test('a value is written as JSON that reads as the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom('1', LONG, '-1e400', '"x"'), (value, number) => {
      const text = `[${JSON.stringify(value)}, {"${LONG}": ${number}}]`
      const written = exactJsonText(parseExactJson(text)?.value)
      assert.equal(JSON.parse(written), JSON.parse(text))
      assert.ok(written.endsWith(`:${number}}]`), written)
      assert.is(scoring(jsonEqual)(written, [text]).pass, true)
    }),
  )
})

test('a document without numbers beyond doubles is the one of JSON.parse', () => {
  for (const text of ['{"a": [1, 0.5, 1e99]}', `{"a": "${LONG}", "b": 100000000000000000000}`, '1700000000000000']) {
    const json = parseExactJson(text)
    assert.ok(json?.value === json?.rounded)
    assert.equal(json?.value, JSON.parse(text))
  }
  assert.is(parseExactJson(`${LONG} and more`), undefined)
})

test('the filter json and lists keep the digits', () => {
  assert.is(jsonFilter.create()('```\n{"id": 12345678901234567891}\n```'), '{"id":12345678901234567891}')
  assert.is(scoring(listF1)('[12345678901234567891]', [`[${LONG}]`]).value, 0)
})

test('reads digits without end in time that grows with their number', () => {
  const digits = '1'.repeat(200_000)
  const began = performance.now()
  for (const [found, wanted, isEqual] of [
    [digits, `${digits.slice(1)}2`, false],
    [digits, `${digits}.${'0'.repeat(200_000)}`, true],
    [`1${'0'.repeat(200_000)}1`, `1${'0'.repeat(200_000)}2`, false],
    [`${'1000000'.repeat(30_000)}.5e7`, `${'1000000'.repeat(30_000)}5000000`, true],
    [`1e${digits}`, `1e${digits.slice(1)}2`, false],
    [`0.${'0'.repeat(200_000)}1`, '0', false],
  ] as const) {
    for (const passes of Object.values(SCORERS)) assert.is(passes(found, wanted), isEqual)
  }
  // Measured: 0.8 s. Steps that grow with the square would be 2 · 10¹⁰ for one number.
  assert.ok(performance.now() - began < 30_000)
})

test('reads long texts and deep nesting beside a number beyond doubles', () => {
  const text = '\\"x'.repeat(1_000_000)
  assert.is(scoring(jsonEqual)(`["${text}", ${LONG}]`, [`["${text}", ${LONG}.0]`]).pass, true)
  const deep = `${'['.repeat(100_000)}${LONG}${']'.repeat(100_000)}`
  assert.type(parseExactJson(deep)?.value, 'object')
  assert.is(scoring(jsonEqual)(deep, [deep]).value, null)
  assert.is(jsonEqual.checkSample({ expected: [deep], vars: {} }), undefined)
})

test.run()
