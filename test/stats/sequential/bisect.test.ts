/** Is the place found where the condition changes, from both sides, and with few evaluations where it is smooth? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Bracket, bisect, signChange } from '../../../src/stats/sequential/bisect.ts'

const place = fc.double({ min: -0.999, max: 0.999, noNaN: true })
const fromBelow: Bracket = { holds: -1, fails: 1 }

function isTight({ holds, fails }: Bracket, at: number): boolean {
  return Math.abs(holds - at) < 1e-14 && Math.abs(fails - at) < 1e-14
}

test('a condition is bracketed to the last digits, whichever side it holds on', () => {
  fc.assert(
    fc.property(place, (at) => {
      assert.ok(
        isTight(
          bisect((x) => x <= at, fromBelow),
          at,
        ),
      )
      assert.ok(
        isTight(
          bisect((x) => x > at, { holds: 1, fails: -1 }),
          at,
        ),
      )
    }),
  )
})

test('a function is bracketed to the last digits: smooth, steep, with a step, and infinite at an end', () => {
  const shapes: ((distance: number) => number)[] = [
    (distance) => distance,
    (distance) => Math.expm1(8 * distance),
    (distance) => distance ** 3,
    (distance) => Math.sign(distance) * (1 + Math.abs(distance)),
    (distance) => (distance > 0.5 ? Infinity : distance),
    (distance) => (distance < 0 ? -Infinity : distance),
  ]
  fc.assert(
    fc.property(place, fc.constantFrom(...shapes), (at, shape) => {
      const falling = (x: number): number => shape(at - x)
      const found = signChange(falling, fromBelow)
      assert.ok(isTight(found, at), `${found.holds} and ${found.fails}`)
      assert.ok(falling(found.holds) >= 0 && falling(found.fails) < 0)
      assert.ok(
        isTight(
          signChange((x) => shape(x - at), { holds: 1, fails: -1 }),
          at,
        ),
      )
    }),
    { numRuns: 500 },
  )
})

test('a smooth function takes a fraction of the evaluations of halving', () => {
  let evaluations = 0
  const found = signChange((x) => {
    evaluations += 1
    return 1 - Math.exp(3 * (x - 0.3))
  }, fromBelow)
  assert.ok(isTight(found, 0.3))
  assert.ok(evaluations < 25, `${evaluations} evaluations`)
})

test.run()
