/** Which part of an answer do filters leave, and what becomes of an answer without it? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { allFilters, applyFilters, type Part, parseFilters } from '../../src/score/filter/parse.ts'
import { filtered } from '../../src/score/filter/filtered.ts'
import { parseScorer } from '../../src/score/index.ts'
import type { ScoreFunction } from '../../src/score/types.ts'
import { NO_JUDGES, scoreInput } from './helpers.ts'

function partOf(filters: string, output: string): Part {
  const parsed = parseFilters(`${filters} > exact`, (text) => text === 'exact')
  assert.is(parsed.scorer, 'exact')
  return applyFilters(parsed.filters, output)
}

const FOUND: readonly (readonly [filters: string, output: string, part: string])[] = [
  ['first-line', '\n  Paris \nLondon', 'Paris'],
  ['first-line', 'Paris\r\nLondon', 'Paris'],
  ['last-line', 'London\n Paris \n\n', 'Paris'],
  ['last-line', 'only', 'only'],
  ['after:####', 'steps #### 4 and\n#### 42\n', '42'],
  ['after:Answer:', 'Answer: no. Answer: yes', 'yes'],
  ['before:.', ' Paris. It is nice.', 'Paris'],
  ['extract:/answer is (\\w+)/i', 'The answer is A. No, the Answer is B.', 'B'],
  ['extract:\\d+', '1, 22 and 333', '333'],
  ['extract:/a(b)?|c(d)/', 'cd', 'd'],
  ['extract:/(x)?y/', 'y', 'y'],
  ['extract:\\d*', 'is 42 here', '42'],
  ['number', 'It costs $1,250.00 in all.', '$1,250.00'],
  ['number', 'so 3/4', '3/4'],
  ['boxed', 'first \\boxed{1}, then \\boxed{\\frac{1}{2}}', '\\frac{1}{2}'],
  ['code', 'text\n```python\n  x = 1\n```\nmore', '  x = 1\n'],
  ['code', '```\na\n```\n```\nb\n```\n', 'b\n'],
  ['json', 'Here:\n```json\n{"a": 1}\n```', '{"a":1}'],
  ['json', ' [1, 2] ', '[1,2]'],
  ['without-thinking', '<think>London?</think>\nParis', 'Paris'],
  ['without-thinking', 'London?</think> Paris', 'Paris'],
  ['without-thinking', 'a <think>1</think>b<think>2</think> c', 'a b c'],
  ['without-thinking', 'Paris <think>or is it', 'Paris'],
  ['without-thinking', 'Paris', 'Paris'],
  ['lower', 'PARIS É', 'paris é'],
  ['upper', 'straße', 'STRASSE'],
  ['without-thinking > last-line > after:: > lower', '<think>x: Y</think>\nAnswer: B', 'b'],
]

for (const [filters, output, text] of FOUND) {
  test(`${filters} leaves ${JSON.stringify(text)} of ${JSON.stringify(output)}`, () => {
    assert.equal(partOf(filters, output), { text })
  })
}

for (const [filters, output, missing] of [
  ['first-line', ' \n', 'no line'],
  ['last-line', '', 'no line'],
  ['after:####', 'the answer is 42', 'no "####" with text behind it'],
  ['after:####', '42 #### \n', 'no "####" with text behind it'],
  ['before:.', 'Paris', 'no "." with text in front of it'],
  ['extract:/(\\d+)/', 'none', 'no match of "/(\\d+)/"'],
  ['number', 'none', 'no number'],
  ['boxed', '\\boxed{1', 'no \\boxed{}'],
  ['code', '```\nunclosed', 'no code block'],
  ['json', 'none', 'no JSON'],
  ['without-thinking', '<think>for ever', 'nothing but thoughts'],
  ['lower', '  ', 'an empty answer'],
  ['last-line > after:#', 'a # b\nc', 'no "#" with text behind it'],
] as const) {
  test(`${filters} finds nothing in ${JSON.stringify(output)}`, () => {
    assert.equal(partOf(filters, output), { missing })
  })
}

test('an answer without the part has failed, whatever the scorer, and the reason says what is missing', async () => {
  for (const name of ['numeric', 'not-numeric', 'last-line > numeric']) {
    const score = parseScorer(`after:#### > ${name}`).score
    assert.equal(await score(scoreInput({ output: 'It is 42.', expected: ['42'] }), NO_JUDGES), {
      value: 0,
      pass: false,
      reason: 'nothing to score: no "####" with text behind it',
    })
  }
})

/** As docs/scoring.md has it: a number counts only right behind GSM8K's marker. */
const STRICT = String.raw`extract:/####\W{0,3}\d.*/ > numeric`

for (const [output, expected] of [
  ['#### 18\n\nHope this helps! Step 1 was hardest.', '18'],
  ['#### 18\r\nStep 1', '18'],
  ['#### 650 (since 3 of them)', '650'],
  ['#### $18.00 per day for 2 days', '18'],
  ['#### -$18', '-18'],
  ['#### **18**', '18'],
  ['#### 45\nCheck: 52', '45'],
  ['#### 1,234', '1234'],
  ['#### 3/4 of 8', '0.75'],
  ['####18.', '18'],
  ['#### 3\nNo.\n#### 4', '4'],
] as const) {
  test(`the strict recipe reads ${expected} of ${JSON.stringify(output)}`, async () => {
    const { pass, reason } = await parseScorer(STRICT).score(scoreInput({ output, expected: [expected] }), NO_JUDGES)
    assert.is(pass, true, reason)
  })
}

for (const output of ['no marker 45', '#### about 45', '#### Step 1\nThe answer is 45', '45 ####', '']) {
  test(`the strict recipe fails ${JSON.stringify(output)} for want of a marked number`, async () => {
    const { pass, reason } = await parseScorer(STRICT).score(scoreInput({ output, expected: ['45'] }), NO_JUDGES)
    assert.is(pass, false)
    assert.match(reason, /^nothing to score: no match of /)
  })
}

test('strict and flexible extraction of one answer are two scorers', async () => {
  const input = scoreInput({ output: 'The answer is 42.', expected: ['steps\n#### 42'] })
  assert.is((await parseScorer(STRICT).score(input, NO_JUDGES)).pass, false)
  assert.is((await parseScorer('number > numeric').score(input, NO_JUDGES)).pass, true)
})

test('the metric of a scorer counts an answer without the part, as an empty one', async () => {
  const [filter] = [parseFilters('last-line > exact', () => true).filters]
  const later: ScoreFunction = async ({ output }) => ({ value: 1, pass: true, reason: 'x', observation: [output] })
  const now: ScoreFunction = ({ output }) => ({ value: 1, pass: true, reason: 'x', observation: [output] })
  for (const score of [later, now]) {
    const outcome = await filtered(score, filter, true)(scoreInput({ output: ' ' }), NO_JUDGES)
    assert.equal(outcome, { value: 0, pass: false, reason: 'nothing to score: no line', observation: [''] })
    assert.is((await filtered(score, filter, false)(scoreInput({ output: ' ' }), NO_JUDGES)).observation, undefined)
  }
})

test('a pattern that would take for ever leaves the answer unscored', async () => {
  const score = parseScorer('extract:(a+)+$ > exact').score
  const outcome = await score(scoreInput({ output: `${'a'.repeat(40)}!`, expected: ['a'] }), NO_JUDGES)
  assert.is(outcome.value, null)
  assert.match(outcome.reason, 'given up after')
})

test('JSON that is nested too deeply to be written leaves the answer unscored', async () => {
  const output = '['.repeat(200_000) + ']'.repeat(200_000)
  const outcome = await parseScorer('json > exact').score(scoreInput({ output, expected: ['a'] }), NO_JUDGES)
  assert.is(outcome.value, null)
})

const ARGUMENTS: Readonly<Record<string, string>> = { after: ':#', before: ':#', extract: ':/(\\w+)\\s*$/' }

for (const { name, summary, argument } of allFilters()) {
  const typed = name + (ARGUMENTS[name] ?? '')

  test(`${name} is described in the registry`, () => {
    assert.match(name, /^[a-z]+(-[a-z]+)*$/)
    assert.match(summary, /^[A-Z].*\.$/)
    assert.is(argument !== null, ARGUMENTS[name] !== undefined)
  })

  test(`${name} leaves a part that is not blank or says what is missing, for any answer`, () => {
    const outputs = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('<think>', '</think>', '```', '\n', '#', '\\boxed{', '}', '[', '1', ' ', 'a', '\ud800'))
        .map((pieces) => pieces.join('')),
    )
    fc.assert(
      fc.property(outputs, (output) => {
        const part = partOf(typed, output)
        assert.ok('text' in part ? part.text.trim() !== '' : 'missing' in part && part.missing !== '')
      }),
    )
  })

  test(`${name} takes no longer than a few seconds for hostile answers of 200,000 characters`, () => {
    const startedMs = performance.now()
    for (const piece of ['<think>', '</think>', '```\n', '\n', ' ', '#', '\\boxed{', '[', '1,', 'a', '<']) {
      partOf(typed, piece.repeat(200_000 / piece.length))
    }
    // It takes well under a second; anything quadratic would take minutes.
    assert.ok(performance.now() - startedMs < 20_000)
  })
}

test.run()
