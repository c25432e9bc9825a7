import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { regex } from '../../src/score/regex.ts'
import { refusalOf, scoring } from './helpers.ts'

const CASES: readonly (readonly [pattern: string, output: string, pass: boolean])[] = [
  ['^\\d+$', '42', true],
  ['^\\d+$', '42\n', false],
  ['paris', 'Paris', false],
  ['/paris/i', 'Paris', true],
  ['/^b$/m', 'a\nb', true],
  ['/a.b/s', 'a\nb', true],
  ['/usr/bin', 'in /usr/bin', true],
  ['a/b', 'a/b', true],
  ['^(yes|no)\\.?$', 'no.', true],
  ['(ab)+c', 'ababc', true],
  ['(ab)+c', 'abab', false],
]

for (const [pattern, output, pass] of CASES) {
  test(`${JSON.stringify(output)} ${pass ? 'matches' : 'does not match'} ${pattern}, as argument and as expected answer`, () => {
    assert.is(scoring(regex, pattern)(output, []).pass, pass)
    assert.is(scoring(regex)(output, [pattern]).pass, pass)
  })
}

test('any of several expected patterns counts', () => {
  assert.is(scoring(regex)('no', ['^yes$', '^no$']).pass, true)
})

test('remembers nothing of the last answer under the flags g and y', () => {
  const score = scoring(regex, '/a/g')
  assert.equal([score('ba', []).pass, score('ba', []).pass, score('a', []).pass], [true, true, true])
})

for (const [pattern, output] of [
  ['(a+)+$', `${'a'.repeat(40)}!`],
  ['(a|aa)+$', `${'a'.repeat(60)}!`],
  ['a*a*a*a*a*a*a*a*a*b', 'a'.repeat(300)],
  ['(x+x+)+y', 'x'.repeat(60)],
  ['\\(?'.repeat(40) + 'x', '('.repeat(40)],
] as const) {
  test(`gives up on ${pattern} instead of hanging`, () => {
    const startedMs = performance.now()
    const score = scoring(regex, pattern)(output, [])
    assert.is(score.value, null)
    assert.match(score.reason, 'given up after')
    // The limit is 200 ms; unbounded, the patterns would run for minutes or years.
    assert.ok(performance.now() - startedMs < 5000)
    assert.is(scoring(regex, '^a+$')('aaa', []).pass, true, 'and works on')
  })
}

test('does not judge when V8 runs out of stack', () => {
  assert.match(scoring(regex, '^(?:a|b)*$')('ab'.repeat(5_000_000), []).reason, 'too long')
})

test('refuses an argument that is no pattern', () => {
  assert.match(
    refusalOf(() => regex.create('(unclosed')),
    /--scorer regex:\(unclosed: .*Unterminated group/,
  )
})

test('refuses a sample whose expected answer is no pattern or missing, unless there is an argument', () => {
  assert.match(regex.checkSample({ expected: ['fine', '['], vars: {} }, undefined) ?? '', 'no pattern')
  assert.match(regex.checkSample({ expected: [], vars: {} }, undefined) ?? '', 'no expected answer')
  assert.is(regex.checkSample({ expected: ['fine'], vars: {} }, undefined), undefined)
  assert.is(regex.checkSample({ expected: [], vars: {} }, '^a'), undefined)
})

test('does not judge by a broken or missing pattern', () => {
  assert.is(scoring(regex)('a', ['[']).value, null)
  assert.is(scoring(regex)('a', []).value, null)
})

test.run()
