import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { jsonPath } from '../../src/score/json-path.ts'
import { refusalOf, scoring } from './helpers.ts'

const BOOKS = '{"books": [{"title": "A", "price": 12, "tags": []}, {"title": "B", "price": 8}], "a=b": 1, "ok": true}'

const CASES: readonly (readonly [argument: string, expected: string, pass: boolean])[] = [
  ['$.books[0].title', 'A', true],
  ['$.books[0].title', '"A"', true],
  ['$.books[0].title', ' A\n', true],
  ['$.books[0].title', 'a', false],
  ['$.books[0].price', '12', true],
  ['$.books[0].price', '12.0', true],
  ['$.books[0].price', '1.2e1', true],
  ['$.books[0].price', '"12"', false],
  ['$.books[-1].price', '8', true],
  ['$.books[*].title', 'B', true],
  ['$.books[?@.price < 10].title', 'B', true],
  ['$.books[?@.price == 8 && @.title == "B"].title', 'B', true],
  ['$.books[?@.title == "="].title', 'B', false],
  ['$.books[?search(@.title, "[B-Z]")].price', '8', true],
  ['$..price', '8', true],
  ['$.books[0].tags', '[]', true],
  ['$.books[0]', '{"tags": [], "price": 12, "title": "A"}', true],
  ['$.missing', 'null', false],
  ['$["a=b"]', '1', true],
  ['$.ok', 'true', true],
]

for (const [argument, expected, pass] of CASES) {
  test(`${argument} is ${pass ? '' : 'not '}${expected}`, () => {
    assert.is(scoring(jsonPath, argument)(BOOKS, [expected]).pass, pass)
  })
}

for (const [argument, pass] of [
  ['$.ok=true', true],
  ['$.ok = true', true],
  ['$.ok=false', false],
  ['$["a=b"]=1', true],
  ['$.books[?@.price == 8].title=B', true],
  ['$.books[?@.title == "]"].title=B', false],
  ['$.books[0].title=A=B', false],
] as const) {
  test(`${argument} ${pass ? 'passes' : 'fails'} without an expected answer`, () => {
    assert.is(scoring(jsonPath, argument)(BOOKS, []).pass, pass)
  })
}

test('compares with the value of the argument and not with the expected answer', () => {
  assert.is(scoring(jsonPath, '$.ok=true')(BOOKS, ['false']).pass, true)
})

test('a text is found by the JSON and by the text of the expected answer', () => {
  assert.is(scoring(jsonPath, '$.zip')('{"zip": "75001"}', ['75001']).pass, true)
  assert.is(scoring(jsonPath, '$.zip')('{"zip": "e\u0301"}', ['é']).pass, true)
})

test('looks into the last code block, and tells what is there', () => {
  const score = scoring(jsonPath, '$.a')
  assert.is(score('Here:\n```json\n{"a": 1}\n```', ['1']).pass, true)
  assert.is(score('{"a": 2}', ['1']).reason, '$.a is 2, expected "1"')
  assert.is(score('{"b": 2}', ['1']).reason, '$.a is missing, expected "1"')
  assert.is(scoring(jsonPath, '$.*')('[1,2,3]', ['4']).reason, '$.* is 1 and 2 more, expected "4"')
  assert.is(score('a: 1', ['1']).reason, 'the answer is no JSON')
})

test('members of the prototype are not found', () => {
  assert.is(scoring(jsonPath, '$.constructor.name')('{}', ['Object']).pass, false)
  assert.is(scoring(jsonPath, '$.__proto__')('{"__proto__": 1}', ['1']).pass, true)
})

test('gives up on a query that takes too long and on what is nested too deeply', () => {
  const deep = `${'['.repeat(50_000)}1${']'.repeat(50_000)}`
  assert.is(scoring(jsonPath, '$')(deep, ['1']).value, null)
  const wide = JSON.stringify(Array.from({ length: 400 }, () => Array.from({ length: 400 }, () => 1)))
  assert.is(scoring(jsonPath, '$[?count($..*) == 2]')(wide, ['1']).value, null)
})

for (const argument of ['a.b', '$.', '$[', '$.a[?(@.b)', '=1', ' ', '$.a.length()', '$[?eval("1")]']) {
  test(`refuses the path "${argument}"`, () => {
    assert.match(
      refusalOf(() => jsonPath.create(argument)),
      'no JSONPath',
    )
  })
}

test('asks for an expected answer unless the argument has the value', () => {
  assert.match(jsonPath.checkSample({ expected: [], vars: {} }, '$.a') ?? '', 'no expected answer')
  assert.is(jsonPath.checkSample({ expected: [], vars: {} }, '$.a=1'), undefined)
  assert.is(jsonPath.checkSample({ expected: ['1'], vars: {} }, '$.a'), undefined)
  assert.is(scoring(jsonPath, '$.a')('{"a": 1}', []).value, null)
})

test.run()
