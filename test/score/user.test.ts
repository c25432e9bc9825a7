/** Whatever the code of a user does: a score, or none with the reason why. */
import { inspect } from 'node:util'
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { scorer, type UserScorer } from '../../src/index.ts'
import { checkedUserScorer, userScore } from '../../src/score/user.ts'
import type { Score, ScoreInput } from '../../src/score/types.ts'
import { NO_JUDGES, refusalOf, scoreInput } from './helpers.ts'

const INPUT = scoreInput({
  output: 'Paris',
  expected: ['Paris'],
  vars: { question: 'Where?' },
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Where?' }] }],
  facts: { toolCalls: [{ name: 'find', arguments: '{}' }] },
})

/** The score of a verdict that is given at once, and of the same one given later. */
async function scoresOf(verdict: unknown, more: Partial<UserScorer> = {}): Promise<readonly Score[]> {
  const given = [
    () => verdict,
    async () => verdict,
    // oxlint-disable-next-line unicorn/no-thenable -- promises of other libraries are such objects
    () => ({ then: (done: (value: unknown) => void) => done(verdict) }),
  ]
  return Promise.all(
    given.map(async (score) =>
      userScore({ name: 'mine', score: score as UserScorer['score'], ...more })(INPUT, NO_JUDGES),
    ),
  )
}

for (const [verdict, threshold, value, pass, reason] of [
  [true, undefined, 1, true, 'value 1'],
  [false, undefined, 0, false, 'value 0'],
  [0.75, undefined, 0.75, false, 'value 0.75'],
  [0.75, 0.7, 0.75, true, 'value 0.75'],
  [1, undefined, 1, true, 'value 1'],
  [{ value: 0.5 }, 0.5, 0.5, true, 'value 0.5'],
  [{ value: 0.5, pass: true, reason: ' half\nway ' }, undefined, 0.5, true, 'half way'],
  [{ value: 1, pass: false, reason: undefined }, undefined, 1, false, 'value 1'],
  [null, undefined, null, null, 'the scorer could not judge this answer'],
] as const) {
  test(`the verdict ${JSON.stringify(verdict)} with threshold ${threshold} is the score ${value}, pass ${pass}`, async () => {
    for (const score of await scoresOf(verdict, { threshold })) assert.equal(score, { value, pass, reason })
  })
}

for (const [verdict, shown] of [
  [undefined, 'nothing'],
  ['yes', '"yes"'],
  [2, '2'],
  [-0.1, '-0.1'],
  [Number.NaN, 'NaN'],
  [{}, '{}'],
  [{ value: 2 }, '{"value":2}'],
  [{ value: true }, '{"value":true}'],
  [{ value: 1, pass: 'yes' }, '{"value":1,"pass":"yes"}'],
  [{ value: 1, reason: 7 }, '{"value":1,"reason":7}'],
  [[1], '[1]'],
  [10n, 'a bigint'],
] as const) {
  test(`the verdict ${inspect(verdict)} is an error of the scorer and no score`, async () => {
    for (const { value, pass, reason } of await scoresOf(verdict)) {
      assert.equal([value, pass], [null, null])
      assert.ok(reason.startsWith(`scorer error: it returned ${shown}; expected true, false, a number`), reason)
    }
  })
}

test('an exception and a rejection are errors of the scorer and no scores', async () => {
  for (const [score, reason] of [
    [
      () => {
        throw new Error('broken\nhere')
      },
      'scorer error: broken here',
    ],
    [() => Promise.reject(new Error('too late')), 'scorer error: too late'],
    // oxlint-disable-next-line prefer-promise-reject-errors, no-throw-literal -- users may throw anything
    [() => Promise.reject('just text'), 'scorer error: just text'],
  ] as const) {
    assert.equal(await userScore({ name: 'mine', score })(INPUT, NO_JUDGES), { value: null, pass: null, reason })
  }
})

test('a promise that never settles is given up, and leaves no timer behind when one settles', async () => {
  const never = userScore({ name: 'mine', score: () => new Promise<boolean>(() => {}) }, 20)
  assert.equal(await never(INPUT, NO_JUDGES), {
    value: null,
    pass: null,
    reason: 'scorer error: given up after 0.02 s without an answer',
  })
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = timers()
  await userScore({ name: 'mine', score: async () => true })(INPUT, NO_JUDGES)
  assert.is(timers(), before)
})

test('the scorer sees a frozen copy of what the contract promises, and nothing else', () => {
  const seen: ScoreInput[] = []
  const look = userScore({ name: 'mine', score: (input) => seen.push(input) > 0 })
  const given = { ...INPUT, assertions: ['secret'] }
  void look(given, NO_JUDGES)
  const [input] = seen
  assert.ok(input !== undefined)
  const { assertions: _none, ...promised } = given
  assert.equal(input, promised)
  const isFrozenThrough = (value: unknown): boolean =>
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(isFrozenThrough))
  assert.ok(isFrozenThrough(input))
  assert.not.ok(Object.isFrozen(given.vars))
  const change = userScore({
    name: 'mine',
    score: (one) => {
      Object.assign(one.vars, { question: 'changed' })
      return true
    },
  })
  assert.match((change(given, NO_JUDGES) as Score).reason, /^scorer error: Cannot assign to read only property/)
  assert.is(given.vars.question, 'Where?')
})

test('any value at all comes to a valid score', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }), (verdict) => {
      fc.pre(typeof verdict !== 'object' || verdict === null || !('then' in verdict))
      const { value, pass, reason } = userScore({ name: 'mine', score: () => verdict as boolean })(
        INPUT,
        NO_JUDGES,
      ) as Score
      assert.ok(value === null || (value >= 0 && value <= 1))
      assert.is(pass === null, value === null)
      assert.ok(reason.length > 0 && Array.from(reason).length <= 200)
    }),
  )
})

test('a definition is given back as it is, typed', () => {
  const definition: UserScorer = { name: 'polite', score: ({ output }) => output.includes('please') }
  assert.is(scorer(definition), definition)
  assert.is(checkedUserScorer(definition, 'scorer'), definition)
})

const score = (): boolean => true

for (const [definition, message] of [
  [7, 'scorer: expected scorer({ name, score }), found a number'],
  [null, 'found null'],
  [[], 'found a list'],
  [{ score }, 'name: expected a name in lower case such as "polite" or "no-excuses", found undefined'],
  [{ name: 'Polite', score }, 'found "Polite"'],
  [{ name: 'po lite', score }, 'found "po lite"'],
  [{ name: 'polite' }, 'score: expected a function, found nothing'],
  [{ name: 'polite', score: 'x' }, 'score: expected a function, found a string'],
  [{ name: 'polite', score, threshold: 0 }, 'threshold: expected a number above 0 and at most 1, found 0'],
  [{ name: 'polite', score, threshold: '0.5' }, 'threshold: expected a number'],
  [{ name: 'polite', score, needsExpected: 1 }, 'needsExpected: expected true or false, found 1'],
  [
    { name: 'polite', score, treshold: 0.5 },
    'treshold: there is no such field. Expected name, score, threshold, needsExpected',
  ],
] as const) {
  test(`refuses the definition ${JSON.stringify(definition)}`, () => {
    assert.match(
      refusalOf(() => checkedUserScorer(definition, 'scorer')),
      message,
    )
  })
}

test.run()
