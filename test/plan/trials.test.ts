import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { countTrials, type PlanShape, trialAt, trialsInOrder } from '../../src/plan/trials.ts'

const few = fc.integer({ min: 1, max: 7 })
const shapes = fc.record({ samples: few, prompts: few, models: few, epochs: few })

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}

test('positions and combinations are one to one', () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const trials = range(countTrials(shape)).map((index) => trialAt(index, shape))
      const combinations = new Set(
        trials.map(({ sampleIndex, promptIndex, modelIndex, epoch }) => {
          assert.ok(sampleIndex >= 0 && sampleIndex < shape.samples)
          assert.ok(promptIndex >= 0 && promptIndex < shape.prompts)
          assert.ok(modelIndex >= 0 && modelIndex < shape.models)
          assert.ok(epoch >= 1 && epoch <= shape.epochs)
          return [sampleIndex, promptIndex, modelIndex, epoch].join()
        }),
      )
      assert.is(combinations.size, shape.samples * shape.prompts * shape.models * shape.epochs)
      assert.equal(
        trials.map(({ index }) => index),
        range(trials.length),
      )
    }),
  )
})

test('dataset order is sample, then prompt, then model, then epoch', () => {
  const shape: PlanShape = { samples: 2, prompts: 2, models: 2, epochs: 2 }
  const rows = range(16).map((index) => {
    const { sampleIndex, promptIndex, modelIndex, epoch } = trialAt(index, shape)
    return [sampleIndex, promptIndex, modelIndex, epoch]
  })
  assert.equal(rows.slice(0, 5), [
    [0, 0, 0, 1],
    [0, 0, 0, 2],
    [0, 0, 1, 1],
    [0, 0, 1, 2],
    [0, 1, 0, 1],
  ])
  assert.equal(rows[8], [1, 0, 0, 1])
  assert.equal(rows[15], [1, 1, 1, 2])
})

test('whatever the order of the samples, each trial is sent once, and those of a sample together', () => {
  const orders = shapes.chain((shape) =>
    fc.record({ shape: fc.constant(shape), order: fc.shuffledSubarray(range(shape.samples)) }),
  )
  fc.assert(
    fc.property(orders, ({ shape, order }) => {
      const trials = [...trialsInOrder(Uint32Array.from(order), shape)]
      const perSample = shape.prompts * shape.models * shape.epochs
      assert.is(trials.length, order.length * perSample)
      assert.is(new Set(trials.map(({ index }) => index)).size, trials.length)
      assert.equal(
        trials.map(({ sampleIndex }) => sampleIndex),
        order.flatMap((sample) => Array<number>(perSample).fill(sample)),
      )
      for (const trial of trials) assert.equal(trial, trialAt(trial.index, shape))
    }),
  )
})

test('the plan is arithmetic: the first of a trillion trials is there at once', () => {
  const shape: PlanShape = { samples: 1_000_000, prompts: 10, models: 10, epochs: 10_000 }
  assert.is(countTrials(shape), 1e12)
  const [first] = trialsInOrder(Uint32Array.of(999_999), shape)
  assert.is(first?.index, 999_999 * 1_000_000)
  assert.equal(trialAt(1e12 - 1, shape), {
    index: 1e12 - 1,
    sampleIndex: 999_999,
    promptIndex: 9,
    modelIndex: 9,
    epoch: 10_000,
  })
})

test.run()
