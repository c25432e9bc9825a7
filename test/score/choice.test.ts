import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { choice } from '../../src/score/choice.ts'
import { scoring } from './helpers.ts'

const CASES: Readonly<Record<string, readonly (readonly [output: string, letter: string | undefined])[]>> = {
  'a bare letter': [
    ['B', 'B'],
    ['b', 'B'],
    ['(B)', 'B'],
    ['[b]', 'B'],
    ['**B**', 'B'],
    ['B.', 'B'],
    ['B)', 'B'],
    ['A', 'A'],
    ['I', 'I'],
    ['J', 'J'],
    ['`B`', 'B'],
    ['<answer>E</answer>', 'E'],
    ['Some reasoning first.\n\nB', 'B'],
    ['K', undefined],
    ['', undefined],
  ],
  'a letter with its option': [
    ['B) Paris', 'B'],
    ['**B) Paris**', 'B'],
    ['B. Paris', 'B'],
    ['B: Paris', 'B'],
    ['(B) Paris', 'B'],
    ['The capital is Paris (B).', 'B'],
    ['Option B', 'B'],
  ],
  'a statement': [
    ['Answer: B', 'B'],
    ['ANSWER - B', 'B'],
    ['Answer:\n**(A)**', 'A'],
    ['The answer is (C).', 'C'],
    ['The answer is A.', 'A'],
    ['The answer is a.', 'A'],
    ['The answer is A because it is.', 'A'],
    ['The answer is C) Rome', 'C'],
    ['The correct option is **C**', 'C'],
    ['The correct answer is:\n\nA. Paris', 'A'],
    ['The correct answer is B, not C.', 'B'],
    ['Final Answer: (D) 42', 'D'],
    ['So the answer is option B', 'B'],
    ['I choose D', 'D'],
    ['B is correct', 'B'],
    ['Option C is the right answer.', 'C'],
    ["It's B.", 'B'],
    ['A cat sat. I like it. Hence C.', 'C'],
  ],
  'a box': [
    ['\\boxed{B}', 'B'],
    ['The answer is A? No: $\\boxed{\\text{(C)}}$', 'C'],
    ['\\boxed{A} or rather \\boxed{D}', 'D'],
  ],
  'the last of several statements': [
    ['The answer is B. Wait, actually the answer is D.', 'D'],
    ['A) London\nB) Paris\n\nAnswer: B', 'B'],
    ['Answer: A\n\nOn reflection:\nC', 'C'],
    ['C is the correct answer because A is wrong', 'C'],
  ],
  'no choice where there is none': [
    ['A dog is an animal', undefined],
    ['The answer is a dog', undefined],
    ['Answer: A dog', undefined],
    ['Answer: I think so', undefined],
    ['Answer: e.g. Paris', undefined],
    ['I like it', undefined],
    ['Vitamin C is good', undefined],
    ['Grade: A+', undefined],
    ['Answer: C++', undefined],
    ['Answer: B-12', undefined],
    ['The answer is B or C.', undefined],
    ['Answer: A, C', undefined],
    ['Answer: A/B', undefined],
    ['The answer is not B.', undefined],
    ['The wrong answer is B', undefined],
    ['A) London\nB) Paris\nC) Rome', undefined],
  ],
}

for (const [kind, cases] of Object.entries(CASES)) {
  test(`reads ${kind}`, () => {
    for (const [output, letter] of cases) {
      for (const expected of ['A', 'B', 'C', 'D', 'E', 'I', 'J']) {
        assert.is(
          scoring(choice)(output, [expected]).pass,
          expected === letter,
          `${JSON.stringify(output)} as ${expected}`,
        )
      }
    }
  })
}

test('takes any of several expected letters, in any of their usual forms', () => {
  for (const expected of [['b'], ['(B)'], ['B.'], ['A', 'B'], ['**B**']]) {
    assert.is(scoring(choice)('Answer: B', expected).pass, true)
  }
})

test('tells the choice found and the choice expected', () => {
  assert.is(scoring(choice)('Answer: C', ['A', 'B']).reason, 'chose C, expected A or B')
  assert.is(scoring(choice)('Who knows?', ['B']).reason, 'no choice in the answer, expected B')
})

test('refuses a sample whose expected answer is no letter', () => {
  for (const bad of ['Paris', '1', 'K', '', 'AB', 'B) Paris']) {
    assert.match(choice.checkSample({ expected: ['A', bad], vars: {} }) ?? '', 'no single letter from A to J', bad)
  }
  assert.is(choice.checkSample({ expected: ['A', '(j)'], vars: {} }), undefined)
})

test.run()
