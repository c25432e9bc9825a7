/** Numbers that are equal but for rounding. */
import * as assert from 'uvu/assert'

/** Both null, or no further apart than `tolerance`. */
export function close(actual: number | null | undefined, expected: number | null, tolerance = 1e-12): void {
  if (expected === null || actual === null || actual === undefined) {
    assert.is(actual ?? null, expected)
    return
  }
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} to within ${tolerance}`)
}
