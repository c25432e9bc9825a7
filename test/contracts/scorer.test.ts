/** What is true of every scorer, whichever it is. */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as registry from '../../src/score/registry.ts'
import { scorerNames } from '../../src/score/index.ts'
import type { Score, ScoreInput, Scorer } from '../../src/score/types.ts'
import { NO_JUDGES, scoreInput } from '../score/helpers.ts'

const scorers: readonly Scorer[] = Object.values(registry)

/** Right answers that fit each scorer, so that scores and not only refusals are met. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  choice: ['B'],
  'json-equal': ['{"a": [1, "x"]}'],
  numeric: ['42', '3/4'],
  regex: ['^[a-z]*\\d$', '(x+x+)+y'],
}

const VARS = { question: 'Why?', schema: '{"type": "array", "items": {"pattern": "^(a|b)*$"}}' }

/** Strings of all kinds, and some made of what the scorers look for. */
const outputs = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        '####',
        '\\boxed{',
        '}',
        '```json\n',
        '```',
        '{',
        '[',
        ']',
        '"',
        ',',
        '-',
        '$',
        '1',
        '2.5',
        '%',
        '/',
        '^',
        'A',
        '(B)',
        'answer is',
        ' ',
        '\n',
        'e9',
        '\ud800',
        'the',
      ),
      { maxLength: 20 },
    )
    .map((pieces) => pieces.join('')),
  fc.json(),
)

for (const scorer of scorers) {
  const expected = EXPECTED[scorer.name] ?? ['Paris', 'the city of Paris']

  test(`${scorer.name} is described in the registry`, () => {
    assert.match(scorer.name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
    assert.match(scorer.summary, /^[A-Z][^\n]*\.$/)
    if (scorer.argument !== null) assert.match(scorer.argument, /[^.\s]$/)
    assert.is(scorerNames().filter((name) => name === scorer.name).length, 1)
    for (const argument of Object.values(scorer.promptfooTypes ?? {})) assert.type(scorer.create(argument), 'function')
  })

  test(`${scorer.name} accepts a sample that fits it`, () => {
    assert.is(scorer.checkSample?.({ expected, vars: VARS }, undefined), undefined)
  })

  test(`${scorer.name} gives a valid score for any answer, the same each time, and never throws`, () => {
    const score = scorer.create(undefined)
    const again = scorer.create(undefined)
    fc.assert(
      fc.property(outputs, (output) => {
        const input = scoreInput({ output, expected, vars: VARS })
        const first = valid(scoreNow(score, input))
        assert.equal(scoreNow(again, input), first)
        assert.equal(scoreNow(score, input), first)
      }),
    )
  })

  test(`${scorer.name} never throws for any expected answer that got past it`, () => {
    const score = scorer.create(undefined)
    fc.assert(
      fc.property(outputs, fc.array(outputs, { maxLength: 3 }), outputs, (output, anything, schema) => {
        valid(scoreNow(score, scoreInput({ output, expected: anything, vars: { schema } })))
      }),
    )
  })

  test(`${scorer.name} judges nothing without right answers, or needs none`, () => {
    const outcome = scoreNow(scorer.create(undefined), scoreInput({ output: 'Paris' }))
    assert.is(outcome.value, null)
  })

  test(`${scorer.name} takes no longer than a few seconds for hostile answers of 200,000 characters`, () => {
    const score = scorer.create(undefined)
    const startedMs = performance.now()
    for (const piece of [
      '1,',
      '1 ',
      '9',
      ' ',
      '\n',
      '[',
      '{',
      'A ',
      '(A) ',
      '####',
      '\\boxed{',
      '```json\n',
      '\\frac{1}{',
      'e\u0301',
      '1/',
      '-',
      'answer: ',
    ]) {
      valid(scoreNow(score, scoreInput({ output: piece.repeat(200_000 / piece.length), expected, vars: VARS })))
    }
    // It takes well under a second; anything quadratic would take minutes.
    assert.ok(performance.now() - startedMs < 20_000)
  })
}

function scoreNow(score: ReturnType<Scorer['create']>, input: ScoreInput): Score {
  const outcome = score(input, NO_JUDGES)
  if ('then' in outcome) throw new Error('expected a score at once')
  return outcome
}

function valid(score: Score): Score {
  const { value, pass, reason } = score
  assert.ok(value === null || (value >= 0 && value <= 1), `value ${value}`)
  assert.is(pass === null, value === null)
  assert.ok(reason.length > 0 && Array.from(reason).length <= 200, reason)
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  assert.not.match(reason, /[\u0000-\u001f\u007f]/)
  return score
}

test.run()
