/** Do the solutions solve the system, also where a pivot is 0? */
import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { solveInPlace } from '../../src/stats/linear-system.ts'

test('a zero on the diagonal is no obstacle, and several right sides are solved at once', () => {
  const matrix = [Float64Array.of(0, 2, 1), Float64Array.of(1, 0, 0), Float64Array.of(3, 0, 1)]
  const right = [Float64Array.of(7, 1, 6), Float64Array.of(0, 1, 3)]
  solveInPlace(matrix, right)
  assert.equal(
    right.map((side) => Array.from(side)),
    [
      [1, 2, 3],
      [1, 0, 0],
    ],
  )
})

test('the solution put into the system gives the right side', () => {
  const entry = fc.integer({ min: -9, max: 9 })
  const systems = fc
    .integer({ min: 1, max: 7 })
    .chain((size) =>
      fc.tuple(
        fc.array(fc.array(entry, { minLength: size, maxLength: size }), { minLength: size, maxLength: size }),
        fc.array(entry, { minLength: size, maxLength: size }),
      ),
    )
  fc.assert(
    fc.property(systems, ([entries, wanted]) => {
      // A heavy diagonal, shifted by one column, makes it regular and every first pivot a poor one.
      const matrix = entries.map((row, at) =>
        Float64Array.from(row, (value, column) => value + (column === (at + 1) % row.length ? 100 : 0)),
      )
      const right = matrix.map((row) => row.reduce((sum, value, column) => sum + value * (wanted[column] ?? 0), 0))
      const solution = Float64Array.from(right)
      solveInPlace(matrix, [solution])
      for (const [at, value] of solution.entries()) assert.ok(Math.abs(value - (wanted[at] ?? 0)) < 1e-9)
    }),
  )
})

test.run()
