/** Do the epochs of a sample come to what the reducer's name says, and is a slip in the name answered? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { meanInterval, RunningMean, wilsonInterval } from '../../src/stats/interval.ts'
import { parseReducer } from '../../src/stats/reducer.ts'
import { ReducedRate } from '../../src/stats/sample-rate.ts'
import type { Estimate } from '../../src/stats/types.ts'
import { refusalOf } from '../lib/thrown.ts'
import { assertClose } from './golden.ts'

const reduce = (name: string, values: readonly number[]): number | null => parseReducer(name).reduce(values)

test('mean, median, mode and max work on scores and on passes', () => {
  assertClose(reduce('mean', [0.2, 0.9, 0.4]), 0.5, 'mean')
  assert.is(reduce('median', [0.2, 0.9, 0.4]), 0.4)
  assert.is(reduce('median', [0, 1, 1, 1]), 1)
  assert.is(reduce('median', [0, 1]), 0.5)
  assert.is(reduce('mode', [1, 0, 1]), 1)
  assert.is(reduce('mode', [0.5, 0.25, 0.25]), 0.25)
  assert.is(reduce('max', [0.2, 0.9, 0.4]), 0.9)
})

test('of several most frequent values the mode is the smallest', () => {
  assert.is(reduce('mode', [1, 0]), 0)
  assert.is(reduce('mode', [0.9, 0.9, 0.3, 0.3, 1]), 0.3)
})

test('at-least-k is 1 from k passes on', () => {
  assert.is(reduce('at-least-2', [1, 0, 1]), 1)
  assert.is(reduce('at-least-2', [1, 0, 0]), 0)
  assert.is(reduce('at-least-1', [0]), 0)
})

test('pass@k and pass^k are unbiased from the epochs that there are', () => {
  assertClose(reduce('pass@2', [1, 0, 0, 0]), 0.5, 'pass@2')
  assertClose(reduce('pass^2', [1, 1, 1, 0]), 0.5, 'pass^2')
})

test('with fewer epochs than k nothing is known', () => {
  for (const name of ['at-least-3', 'pass@3', 'pass^3']) assert.is(reduce(name, [1, 1]), null)
})

test('what counts passes has nothing to say about graded scores', () => {
  for (const name of ['at-least-1', 'pass@1', 'pass^1']) assert.is(reduce(name, [0.5, 1]), null)
})

test('one epoch is itself, and equal epochs are one, for every reducer', () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 1), fc.integer({ min: 1, max: 12 }), (value, epochs) => {
      for (const name of ['mean', 'median', 'mode', 'max', 'at-least-1', `pass@${epochs}`, `pass^${epochs}`])
        assert.is(reduce(name, Array<number>(epochs).fill(value)), value, name)
    }),
  )
})

test('no reducer minds the order of the epochs, and all stay within 0 and 1', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 1), { minLength: 3, maxLength: 12 }), (values) => {
      for (const name of ['mean', 'median', 'mode', 'max', 'at-least-2', 'pass@3', 'pass^3']) {
        const forward = reduce(name, values) ?? -1
        assert.is(reduce(name, values.toReversed()), forward, name)
        assert.ok(forward >= 0 && forward <= 1, `${name}: ${forward}`)
      }
    }),
  )
})

test('names are read without regard to capitals and blanks, and shown in one way', () => {
  assert.is(parseReducer(' Pass@5 ').name, 'pass@5')
  assert.equal([parseReducer('mean').minimumEpochs, parseReducer('at-least-4').minimumEpochs], [1, 4])
  assert.equal([parseReducer('max').passesOnly, parseReducer('pass^2').passesOnly], [false, true])
})

test('an unknown reducer is refused with what may be meant', async () => {
  assert.is(
    await refusalOf(() => parseReducer('mediam')),
    '--reducer mediam: there is no such reducer. Did you mean "median"? ' +
      'Expected one of: mean, median, mode, max, at-least-k, pass@k, pass^k (k: a number).',
  )
  assert.match(await refusalOf(() => parseReducer('pass-5')), 'Did you mean "pass@5"?')
  assert.match(await refusalOf(() => parseReducer('atleast3')), 'Did you mean "at-least-3"?')
  assert.match(await refusalOf(() => parseReducer('constructor')), 'there is no such reducer')
  assert.match(await refusalOf(() => parseReducer('')), 'there is no such reducer')
})

test('k has to be a whole number from 1', async () => {
  assert.is(
    await refusalOf(() => parseReducer('pass@0')),
    '--reducer pass@0: expected a whole number from 1 after "pass@", found "0". Write e.g. pass@2.',
  )
  for (const name of ['at-least-', 'pass^x', 'pass@1.5', 'pass@-1', 'pass@k'])
    assert.match(await refusalOf(() => parseReducer(name)), 'expected a whole number from 1')
})

function reducedEstimate(name: string, samples: readonly (readonly number[])[]): Estimate {
  const rate = new ReducedRate(parseReducer(name))
  for (const [index, epochs] of samples.entries()) for (const value of epochs) rate.add({ sample: index }, value)
  return rate.estimate(0.95)
}

const SAMPLES = [
  [1, 0, 1],
  [0, 0, 1],
  [1, 1, 1],
  [0, 0, 0],
]

test('reduced values of 0 and 1 have a Wilson interval over samples', () => {
  const { low, high } = wilsonInterval(2, 4, 0.95)
  assert.equal(reducedEstimate('at-least-2', SAMPLES), { value: 0.5, low, high, n: 4, method: 'wilson' })
  assert.equal(reducedEstimate('median', SAMPLES), { value: 0.5, low, high, n: 4, method: 'wilson' })
})

test('other reduced values have the interval of graded scores, over samples', () => {
  const samples = Array.from({ length: 40 }, (_, index) => SAMPLES[index % SAMPLES.length] ?? [])
  const values = new RunningMean()
  for (let index = 0; index < 40; index++) values.add([2 / 3, 1 / 3, 1, 0][index % 4] ?? 0)
  const { low, high } = meanInterval(values, 0.95)
  const estimate = reducedEstimate('pass@1', samples)
  assertClose(estimate.value, 0.5, 'value')
  assert.equal([estimate.n, estimate.method], [40, 't'])
  assertClose(estimate.low, low, 'low')
  assertClose(estimate.high, high, 'high')
})

test('a sample with too few scored epochs is left out and not counted', () => {
  const estimate = reducedEstimate('pass@3', [...SAMPLES, [1, 1]])
  assert.equal([estimate.n, estimate.value], [4, 0.75])
  assert.equal(reducedEstimate('pass@9', SAMPLES), { value: null, low: null, high: null, n: 0, method: 'none' })
})

test('asking twice gives the same', () => {
  const rate = new ReducedRate(parseReducer('max'))
  for (const value of [0.5, 0.75]) rate.add({ sample: 0 }, value)
  assert.equal(rate.estimate(0.95), rate.estimate(0.95))
})

test.run()
