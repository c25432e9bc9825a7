import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findScorer, parseScorer, promptfooTypes, scorerNames } from '../../src/score/index.ts'
import { NO_JUDGES, refusalOf, scoreInput } from './helpers.ts'

test('lists the scorers by name', () => {
  assert.equal(scorerNames(), [
    'choice',
    'exact',
    'f1',
    'includes',
    'json-equal',
    'json-schema',
    'numeric',
    'regex',
    'similarity',
    'starts-with',
  ])
  for (const name of scorerNames()) assert.is(findScorer(name)?.name, name)
  assert.is(findScorer('toString'), undefined)
})

test('reads a name with and without an argument', () => {
  const plain = parseScorer(' exact ')
  assert.equal([plain.label, plain.scorer.name, plain.argument], ['exact', 'exact', undefined])
  const withArgument = parseScorer('f1:0.8')
  assert.equal([withArgument.label, withArgument.scorer.name, withArgument.argument], ['f1:0.8', 'f1', '0.8'])
})

test('an argument may hold further colons', () => {
  const { argument, score } = parseScorer('regex:^a:b$')
  assert.is(argument, '^a:b$')
  assert.equal(score(scoreInput({ output: 'a:b' }), NO_JUDGES), { value: 1, pass: true, reason: 'matches "^a:b$"' })
})

for (const [text, message] of [
  ['exat', 'there is no scorer "exat". Did you mean "exact"?'],
  ['frobnicate', 'Expected one of: choice, exact'],
  ['', 'there is no scorer ""'],
  ['f1:', 'nothing follows the colon'],
  ['choice:B', 'takes no argument'],
  ['f1:high', 'is no threshold'],
] as const) {
  test(`refuses --scorer "${text}"`, () => {
    assert.match(
      refusalOf(() => parseScorer(text)),
      message,
    )
  })
}

test('knows what a row may ask for in the words of promptfoo', () => {
  const types = promptfooTypes()
  assert.equal(types.get('equals'), { scorer: 'exact', argument: 'strict' })
  assert.equal(types.get('contains'), { scorer: 'includes', argument: null })
  assert.equal(types.get('icontains-any'), { scorer: 'includes', argument: 'ignore-case' })
  assert.equal(types.get('regex'), { scorer: 'regex', argument: null })
  assert.not.ok(
    [...types.values()].some(({ scorer }) => scorer === 'json-schema'),
    'a cell never names a file',
  )
})

test.run()
