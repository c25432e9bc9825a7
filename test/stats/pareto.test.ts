/** Is the frontier that of the reference, and what does resampling make of models that differ little or much? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { randomFrom } from '../../src/lib/random.ts'
import { frontier, frontierProbability } from '../../src/stats/pareto.ts'
import { goldenGroup } from './golden.ts'

interface ParetoInput {
  readonly points?: readonly (readonly [number, number])[]
  readonly quality?: readonly (readonly number[])[]
  readonly cost?: readonly (readonly number[])[]
  readonly label?: string
  readonly resamples?: number
}
interface ParetoFigures {
  readonly frontier?: readonly number[]
  readonly probability?: readonly number[]
}

const golden = goldenGroup<ParetoInput, ParetoFigures>('pareto', 'pareto.ts: frontier, frontierProbability')

for (const { name, in: input, out } of golden.cases) {
  test(`the frontier of ${name} is the golden one`, () => {
    if (out.frontier !== undefined) {
      const points = (input.points ?? []).map(([quality, cost]) => ({ quality, cost }))
      assert.equal(frontier(points), [...out.frontier])
      return
    }
    const { quality = [], cost = [], label = '', resamples = 0 } = input
    const probability = frontierProbability(quality, cost, { label, resamples })
    for (const [model, share] of (out.probability ?? []).entries()) {
      golden.close(probability[model] ?? null, share, `model ${model}`)
    }
  })
}

const point = fc.record({
  quality: fc.constantFrom(0.7, 0.8, 0.9),
  cost: fc.constantFrom(1, 5, 10),
  others: fc.tuple(fc.constantFrom(100, 200, 300)),
})

test('someone is always on the frontier, and whoever is off it is beaten by someone on it', () => {
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 8 }), (points) => {
      const on = frontier(points)
      assert.ok(on.length > 0)
      for (const [index, { quality, cost, others }] of points.entries()) {
        if (on.includes(index)) continue
        const isBeaten = on.some((best) => {
          const winner = points[best]
          return winner && winner.quality >= quality && winner.cost <= cost && winner.others[0] <= others[0]
        })
        assert.ok(isBeaten, `point ${index}`)
      }
    }),
  )
})

test('a model that is faster is worth its price, if latency counts', () => {
  const slow = { quality: 0.8, cost: 5 }
  const fast = { quality: 0.8, cost: 6 }
  assert.equal(frontier([slow, fast]), [0])
  assert.equal(
    frontier([
      { ...slow, others: [900] },
      { ...fast, others: [300] },
    ]),
    [0, 1],
  )
})

test('clear cases are clear: one model is on, one that is worse and dearer is off, latency can save it', () => {
  const random = randomFrom('pareto|clear')
  const items = 400
  const scores = (rate: number): Float64Array =>
    Float64Array.from({ length: items }, () => (random.uniform() < rate ? 1 : 0))
  const each = (value: number): Float64Array => new Float64Array(items).fill(value)
  const quality = [scores(0.9), scores(0.6)]
  const cost = [each(1), each(2)]
  const how = { label: 'pareto|test', resamples: 200 }
  assert.equal([...frontierProbability(quality, cost, how)], [1, 0])
  const latency = [each(800), each(200)]
  assert.equal([...frontierProbability(quality, cost, { ...how, others: [latency] })], [1, 1])
  assert.equal([...frontierProbability(quality.slice(0, 1), cost, how)], [1])
  assert.equal([...frontierProbability([], [], how)], [])
})

golden.finish()
test.run()
