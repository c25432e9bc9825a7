import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Message } from '../../src/prompt/types.ts'
import { chanceOf, createOracle, messageHash, skillOf } from '../../src/simulator/oracle.ts'
import type { Oracle, OracleAnswer } from '../../src/simulator/oracle.ts'

const MODELS = ['mistralai/mistral-small', 'openai/gpt-4o-mini', 'a/b', 'c/d:free']

function ask(question: string): Message[] {
  return [{ role: 'user', content: question }]
}

function oracleOf(answers: readonly (string | readonly string[])[], skills: Record<string, number> = {}): Oracle {
  const oracle = createOracle({ skills })
  answers.forEach((answer, row) => oracle.register(messageHash(ask(`question ${row}`)), answer))
  return oracle
}

function answersOf(oracle: Oracle, model: string, rows: number, seed: number | null = 7): OracleAnswer[] {
  return Array.from({ length: rows }, (_, row) => oracle.answer(model, ask(`question ${row}`), seed))
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, row) => `answer ${row + 1000}`)
}

function shareRight(answers: readonly OracleAnswer[]): number {
  return answers.filter(({ correct }) => correct).length / answers.length
}

test('a model answers its skill of 2,000 questions rightly, within three standard errors', () => {
  const oracle = oracleOf(numbers(2000), { 'set/low': 0.2, 'set/half': 0.5 })
  for (const [model, skill] of [
    ...MODELS.map((name) => [name, skillOf(name)] as const),
    ['set/low', 0.2] as const,
    ['set/half', 0.5] as const,
  ]) {
    const share = shareRight(answersOf(oracle, model, 2000))
    const standardError = Math.sqrt((skill * (1 - skill)) / 2000)
    assert.ok(Math.abs(share - skill) <= 3 * standardError, `${model}: ${share} for a skill of ${skill}`)
  }
})

test('skills lie between 0.55 and 0.95 and differ between models', () => {
  const skills = MODELS.map(skillOf)
  assert.ok(skills.every((skill) => skill >= 0.55 && skill < 0.95))
  assert.is(new Set(skills).size, MODELS.length)
})

test('skills of 0 and 1 are certain', () => {
  const oracle = oracleOf(numbers(300), { never: 0, always: 1 })
  assert.is(shareRight(answersOf(oracle, 'never', 300)), 0)
  assert.is(shareRight(answersOf(oracle, 'always', 300)), 1)
})

test('the chance of a right answer is a probability whose mean over all difficulties is the skill', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(unit, unit, (skill, difficulty) => {
      const chance = chanceOf(skill, difficulty)
      assert.ok(chance >= 0 && chance <= 1)
      // u and 1 − u are equally likely, and their chances lie evenly around the skill.
      const mean = (chance + chanceOf(skill, 1 - difficulty)) / 2
      assert.ok(Math.abs(mean - skill) < 1e-12)
    }),
  )
})

test('difficulty is shared: two models fail on the same questions more often than by chance', () => {
  const oracle = oracleOf(numbers(2000), { one: 0.5, two: 0.5 })
  const one = answersOf(oracle, 'one', 2000)
  const two = answersOf(oracle, 'two', 2000)
  const both = one.filter(({ correct }, row) => correct === true && two[row]?.correct === true).length / 2000
  // Expected: 0.8² · 0.5² · Var(1 − 2u) = 0.053, with a standard error of 0.006.
  const covariance = both - shareRight(one) * shareRight(two)
  assert.ok(covariance > 0.03, String(covariance))
})

test('request seeds give other draws, the same seed the same answer', () => {
  const oracle = oracleOf(numbers(500), { m: 0.6 })
  const first = answersOf(oracle, 'm', 500, 1)
  assert.equal(answersOf(oracleOf(numbers(500), { m: 0.6 }), 'm', 500, 1), first)
  assert.not.equal(answersOf(oracle, 'm', 500, 2), first)
  assert.not.equal(answersOf(oracle, 'm', 500, null), first)
})

test('rows added later change no old answer, however many there were', () => {
  for (const rows of [2, 10, 63, 64, 65, 300]) {
    const old = answersOf(oracleOf(numbers(rows), { m: 0.3 }), 'm', rows)
    const grown = answersOf(oracleOf(numbers(rows + 500), { m: 0.3 }), 'm', rows)
    assert.equal(grown, old, `${rows} rows`)
  }
})

test('a wrong answer is one of the first 64 rows, and many of them are used', () => {
  const answers = numbers(1000)
  const wrong = answersOf(oracleOf(answers, { m: 0 }), 'm', 1000).map(({ text }) => text)
  const used = new Set(wrong)
  assert.ok([...used].every((text) => answers.slice(0, 64).includes(text)))
  assert.ok(used.size > 50)
})

test('a wrong answer is never one of the right ones, nor the same value in other words', () => {
  const oracle = oracleOf(['Two and ten. #### 12', '####12', 'TWELVE #### 12 ', ['12', 'twelve'], 'Twelve', '40'], {
    m: 0,
  })
  for (let seed = 0; seed < 30; seed++) {
    // Row 0 finds no predecessor, rows 1 and 2 only equal ones: the nearest other value that follows is "twelve".
    for (const row of [0, 1, 2]) assert.is(oracle.answer('m', ask(`question ${row}`), seed).text, 'Twelve')
    assert.is(oracle.answer('m', ask('question 3'), seed).text, '40')
  }
})

test('a wrong answer neither contains the right one nor is contained in it while there is another', () => {
  const oracle = oracleOf(['2', '12', '123', '7', 'seven', '12'], { m: 0 })
  for (let seed = 0; seed < 50; seed++) {
    assert.is(oracle.answer('m', ask('question 2'), seed).text, '7', 'the nearest that is apart from 123')
    assert.ok(['7', 'seven'].includes(oracle.answer('m', ask('question 5'), seed).text))
  }
  assert.is(oracleOf(['2', '12'], { m: 0 }).answer('m', ask('question 1'), 1).text, '2', 'better than nothing')
})

test('when all rows agree the wrong answer is that one does not know', () => {
  const [answer] = answersOf(oracleOf(['Paris', 'paris ', 'PARIS'], { m: 0 }), 'm', 1)
  assert.equal(answer, { text: 'I do not know.', correct: false })
  const [other] = answersOf(oracleOf(['I do not know.'], { m: 0 }), 'm', 1)
  assert.equal(other, { text: 'Unclear.', correct: false })
})

test('of several right answers the first is given, and the first registration of a prompt counts', () => {
  const oracle = oracleOf([['Paris', 'City of Light']], { m: 1 })
  oracle.register(messageHash(ask('question 0')), 'London')
  assert.equal(oracle.answer('m', ask('question 0'), 1), { text: 'Paris', correct: true })
})

test('an empty list of answers registers nothing', () => {
  const oracle = oracleOf([[]])
  assert.is(oracle.answer('m', ask('question 0'), 1).correct, null)
})

test('a prompt nobody registered is answered with words of its last question', () => {
  const messages: Message[] = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'What is\nthe meaning of life?' }, { type: 'image_url' }] },
  ]
  const expected = { text: 'Simulated answer to "What is the meaning of life?"', correct: null }
  assert.equal(createOracle().answer('m', messages, 1), expected)
  assert.equal(createOracle().answer('other', messages, 2), expected)
  assert.type(createOracle().answer('m', [{ role: 'assistant', content: null }], 1).text, 'string')
})

test('the order of fields does not matter to the message hash, the words do', () => {
  assert.is(messageHash([{ role: 'user', content: 'a' }]), messageHash([{ content: 'a', role: 'user' }]))
  assert.is.not(messageHash(ask('a')), messageHash(ask('b')))
})

test.run()
