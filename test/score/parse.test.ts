import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { allFilters } from '../../src/score/filter/parse.ts'
import { findScorer, parseScorer, promptfooTypes, scorerNames } from '../../src/score/index.ts'
import { inFolder } from '../lib/folder.ts'
import { NO_JUDGES, refusalOf, scoreInput } from './helpers.ts'

test('lists the scorers by name', () => {
  assert.equal(scorerNames(), [...scorerNames()].sort())
  assert.ok(scorerNames().includes('exact'))
  for (const name of scorerNames()) assert.is(findScorer(name)?.name, name)
  assert.is(findScorer('toString'), undefined)
})

test('the negation of every scorer has a name of its own, and no scorer is called like a filter', () => {
  for (const name of scorerNames()) {
    assert.is(findScorer(`not-${name}`)?.name, `not-${name}`)
    assert.not.ok(name.startsWith('not-'), name)
    assert.not.ok(allFilters().some((filter) => filter.name === name))
  }
  assert.is(findScorer('not-not-exact'), undefined)
})

test('a negated scorer passes what it would fail, with the rest of its value', async () => {
  for (const [text, output, expected, value, pass] of [
    ['not-exact', 'Paris', ['Paris'], 0, false],
    ['not-exact', 'London', ['Paris'], 1, true],
    ['not-f1:0.5', 'a Paris', ['Paris Lyon'], 1 - 2 / 3, false],
    ['not-regex:/sorry/i', 'Sorry!', [], 0, false],
    ['not-exact', 'Paris', [], null, null],
  ] as const) {
    const { label, score } = parseScorer(text)
    assert.is(label, text)
    const outcome = await score(scoreInput({ output, expected }), NO_JUDGES)
    assert.equal([outcome.value, outcome.pass], [value, pass], text)
  }
})

test('a negated scorer insists on what the plain one insists on, and has no metric', () => {
  const { scorer } = parseScorer('not-numeric')
  assert.ok(scorer.needsExpected)
  assert.match(scorer.checkSample?.({ expected: ['five'], vars: {} }, undefined) ?? '', 'holds no number')
  assert.is(scorer.metric, undefined)
  assert.is(scorer.promptfooTypes, undefined)
})

for (const [text, label] of [
  ['last-line > exact', 'last-line > exact'],
  ['  after:####   >   numeric:1% ', 'after:#### > numeric:1%'],
  ['without-thinking > last-line > not-exact', 'without-thinking > last-line > not-exact'],
  ['after:a > b > exact', 'after:a > b > exact'],
  ['extract:/(\\d+) > x/ > numeric', 'extract:/(\\d+) > x/ > numeric'],
  ['regex:a > b', 'regex:a > b'],
  ['regex:last-line > exact', 'regex:last-line > exact'],
  ['lower>exact', undefined],
] as const) {
  test(`"${text}" is ${label === undefined ? 'no scorer' : `the scorer ${label}`}`, () => {
    if (label === undefined)
      assert.match(
        refusalOf(() => parseScorer(text)),
        'there is no scorer',
      )
    else assert.is(parseScorer(text).label, label)
  })
}

test('equal scorers have equal fingerprints; that of one with a file follows its content', () =>
  inFolder({ 'a.json': '{"type":"string"}' }, (folder) => {
    assert.is(parseScorer('f1:0.8').fingerprint, parseScorer(' f1:0.8').fingerprint)
    assert.is.not(parseScorer('f1:0.8').fingerprint, parseScorer('f1:0.7').fingerprint)
    assert.is.not(parseScorer('exact').fingerprint, parseScorer('last-line > exact').fingerprint)
    const typed = `last-line > json-schema:${join(folder, 'a.json')}`
    const before = parseScorer(typed)
    assert.is(before.label, 'last-line > json-schema:a.json')
    assert.is(parseScorer(typed).fingerprint, before.fingerprint)
    writeFileSync(join(folder, 'a.json'), '{"type":"number"}')
    assert.is.not(parseScorer(typed).fingerprint, before.fingerprint)
  }))

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
  ['frobnicate', `Expected one of: ${scorerNames().join(', ')}`],
  ['not-exat', 'Did you mean "not-exact"?'],
  ['not-', 'there is no scorer "not-"'],
  ['first-lin > exact', 'there is no filter "first-lin". Did you mean "first-line"?'],
  ['first-line', '"first-line" is a filter, and no scorer follows it'],
  ['first-line > last-line', '"last-line" is a filter, and no scorer follows it'],
  ['first-line > exat', 'Did you mean "exact"?'],
  ['first-line:2 > exact', 'the filter first-line takes no argument, found "2"'],
  ['after > exact', 'the filter after needs an argument behind a colon'],
  ['extract:( > exact', 'Expected a pattern in JavaScript syntax'],
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
  assert.equal(types.get('icontains-any'), { scorer: 'includes-any', argument: 'ignore-case' })
  assert.equal(types.get('regex'), { scorer: 'regex', argument: null })
  assert.not.ok(
    [...types.values()].some(({ scorer }) => scorer === 'json-schema'),
    'a cell never names a file',
  )
})

test.run()
