import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { pairRows, valuesOf } from '../../src/gate/pairs.ts'
import { Rows } from '../../src/gate/rows.ts'
import { type Answer, lineOf } from './run-folder.ts'

function rowsOf(answers: readonly Answer[]): Rows {
  const rows = new Rows({ model: 'm', prompt: 'p' })
  for (const answer of answers) rows.setLine(lineOf(answer), 1)
  return rows
}

const passing = (question: string, passed: boolean, rest: Partial<Answer> = {}): Answer => ({
  question,
  passed,
  ...rest,
})

test('rows of one key are paired, those of one side alone are counted', () => {
  const candidate = rowsOf([passing('a', true), passing('b', false), passing('new', true)])
  const baseline = rowsOf([passing('b', true), passing('a', true), passing('old', true), passing('older', true)])
  const pairs = pairRows(candidate, baseline)
  assert.equal([pairs.candidateRows.length, pairs.onlyCandidate, pairs.onlyBaseline], [2, 1, 2])
  const values = valuesOf(pairs, 'pass_rate')
  assert.equal([values.pairs, values.samples, values.clusters, values.isBinary], [2, 2, 2, true])
  const differences = [...values.candidate].map((value, index) => value - (values.baseline[index] ?? 0))
  assert.equal(new Set(differences), new Set([-1, 0]))
})

test('epochs of a sample are one value, their mean', () => {
  const [first, second] = [{ epoch: 1 }, { epoch: 2 }]
  const candidate = rowsOf([passing('a', true, first), passing('b', true, first), passing('a', false, second)])
  const baseline = rowsOf([passing('a', true, first), passing('a', true, second), passing('b', false, first)])
  const values = valuesOf(pairRows(candidate, baseline), 'pass_rate')
  assert.equal([values.pairs, values.samples, values.isBinary], [3, 2, false])
  const pairs = [...values.candidate].map((value, index) => `${value} against ${values.baseline[index]}`)
  assert.equal(new Set(pairs), new Set(['0.5 against 1', '1 against 0']))
})

test('values that one side has not are missing, of either side', () => {
  const candidate = rowsOf([passing('a', true), { question: 'b' }, { question: 'c' }, passing('d', true)])
  const baseline = rowsOf([passing('a', true), passing('b', true), { question: 'c' }, { question: 'd' }])
  const pairs = pairRows(candidate, baseline)
  const values = valuesOf(pairs, 'pass_rate')
  assert.equal([pairs.candidateRows.length, values.pairs], [4, 1])
  assert.equal([values.missingCandidate, values.missingBaseline], [2, 2])
  assert.is(valuesOf(pairs, 'failures').pairs, 4, 'a failure is a value of its own metric')
})

test('samples of a cluster have its number', () => {
  const answers = [
    passing('a', true, { cluster: 'x' }),
    passing('b', true, { cluster: 'y' }),
    passing('c', false, { cluster: 'x' }),
  ]
  const values = valuesOf(pairRows(rowsOf(answers), rowsOf(answers)), 'pass_rate')
  assert.equal([values.samples, values.clusters], [3, 2])
  const sizes = [0, 1].map((number) => (values.clusterOf ?? []).filter((cluster) => cluster === number).length)
  assert.equal(new Set(sizes), new Set([1, 2]))
})

test('the order of the lines changes no pair', () => {
  const answers = Array.from({ length: 40 }, (_, index) => passing(`q${index}`, index % 3 === 0))
  const plain = valuesOf(pairRows(rowsOf(answers), rowsOf(answers)), 'pass_rate')
  fc.assert(
    fc.property(fc.shuffledSubarray(answers, { minLength: 40 }), (shuffled) => {
      const values = valuesOf(pairRows(rowsOf(shuffled), rowsOf(answers)), 'pass_rate')
      assert.equal(values.candidate, plain.candidate)
      assert.equal(values.baseline, plain.baseline)
    }),
    { numRuns: 20 },
  )
})

test.run()
