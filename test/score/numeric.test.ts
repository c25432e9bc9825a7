import { existsSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { numeric } from '../../src/score/numeric.ts'
import { refusalOf, scoring } from './helpers.ts'

const CASES: readonly (readonly [argument: string | undefined, output: string, expected: string[], pass: boolean])[] = [
  [undefined, 'The answer is 18.', ['18'], true],
  [undefined, 'It costs $1,234.50 in total', ['1234.5'], true],
  [undefined, '0.1', ['0.10'], true],
  [undefined, '0.1', ['.1'], true],
  [undefined, '1e3', ['1,000'], true],
  [undefined, '3/4', ['0.75'], true],
  [undefined, '0.333', ['1/3'], false],
  [undefined, '0.30000000000000004', ['0.3'], false],
  [undefined, '9007199254740993', ['9007199254740992'], false],
  [undefined, '18', ['17', '18'], true],
  [undefined, '#### 18', ['She makes 9 * 2 = $<<9*2=18>>18.\n#### 18'], true],
  [undefined, '5%', ['5%'], true],
  [undefined, '5%', ['5'], true],
  [undefined, '5%', ['0.05'], true],
  [undefined, '0.05', ['5%'], true],
  [undefined, '0.05', ['5'], false],
  [undefined, '0.05%', ['5%'], false],
  [undefined, '-5', ['5'], false],
  ['0.01', '3.14', ['3.15'], true],
  ['0.01', '3.14', ['3.1501'], false],
  ['0.1', '0.3', ['0.2'], true],
  ['.5', '2', ['1.5'], true],
  ['1%', '99', ['100'], true],
  ['1%', '98.99', ['100'], false],
  ['1%', '-101', ['-100'], true],
  ['1%', '0.001', ['0'], false],
]

for (const [argument, output, expected, pass] of CASES) {
  test(`${JSON.stringify(output)} ${pass ? 'agrees' : 'does not agree'} with ${JSON.stringify(expected)}, tolerance ${argument ?? 'none'}`, () => {
    const score = scoring(numeric, argument)(output, expected)
    assert.is(score.pass, pass, score.reason)
    assert.is(score.value, pass ? 1 : 0)
  })
}

test('an answer without a number is wrong, and says so', () => {
  assert.equal(scoring(numeric)('none', ['5']), { value: 0, pass: false, reason: 'no number in the answer' })
})

test('tells the number found and the number expected', () => {
  assert.is(scoring(numeric)('I get $17.', ['18']).reason, '$17, expected 18')
})

test('refuses a sample whose expected answer holds no number', () => {
  assert.match(numeric.checkSample({ expected: ['5', 'forty'], vars: {} }) ?? '', '"forty" holds no number')
  assert.is(numeric.checkSample({ expected: ['5', '#### 40'], vars: {} }), undefined)
})

for (const argument of ['abc', '-1', '1e-3', '5 %%', '0.1.2']) {
  test(`refuses the tolerance "${argument}"`, () => {
    assert.match(
      refusalOf(() => numeric.create(argument)),
      'numeric:1%',
    )
  })
}

const GSM8K = '../shared/datasets/gsm8k-test.jsonl'
if (existsSync(GSM8K)) {
  test('reads the answer of every one of the 1,319 solutions of GSM8K', () => {
    const solutions = readFileSync(GSM8K, 'utf8')
      .trim()
      .split('\n')
      .map((line) => String((JSON.parse(line) as { answer: unknown }).answer))
    assert.is(solutions.length, 1319)
    for (const solution of solutions) {
      assert.is(numeric.checkSample({ expected: [solution], vars: {} }), undefined)
      const answer = solution.split('#### ')[1] ?? ''
      const digits = answer.replaceAll(',', '')
      assert.ok(scoring(numeric)(`So it is ${digits}.`, [solution]).pass, answer)
      assert.not.ok(scoring(numeric)(`So it is ${digits}.5`, [solution]).pass, answer)
    }
  })
}

test.run()
