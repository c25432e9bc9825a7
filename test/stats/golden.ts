/**
 * Reads the golden vectors of statistics.json, compares at the tolerance stated there, and keeps how far each group was off:
 * test/golden/accuracy/<group>.json, which the docs show. UPDATE_GOLDEN=1 writes those files anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

export interface GoldenCase<In, Out> {
  readonly name: string
  readonly in: In
  readonly out: Out
}

/** One group of vectors, and what the functions that were held against it came to. */
export interface GoldenGroup<In, Out> {
  readonly cases: readonly GoldenCase<In, Out>[]
  /** Equal within the group's tolerance; null equals null only, and infinities themselves. */
  close(actual: number | null, expected: number | null, what: string): void
  /** Declares the test that holds the largest deviation to the recorded one. To be called after all others of the group. */
  finish(): void
}

/** How far a group was off, as the docs show it. */
export interface Accuracy {
  readonly group: string
  /** The functions that the group tests, as `file.ts: name, name`. */
  readonly functions: string
  readonly cases: number
  /** Numbers compared. */
  readonly numbers: number
  /** Largest |actual − expected| / max(|expected|, 1e-3), rounded up to one digit; the vectors have 12 digits. */
  readonly maxDeviation: number
}

interface Tolerance {
  readonly relative: number
  readonly absolute: number
}

const STATED: Tolerance = { relative: 1e-9, absolute: 1e-12 }

/** The cases of one group; never none. `tolerance` where the group states its own. */
export function goldenGroup<In, Out>(
  group: string,
  functions: string,
  tolerance: Tolerance = STATED,
): GoldenGroup<In, Out> {
  const text = readFileSync(new URL('../golden/statistics.json', import.meta.url), 'utf8')
  const file: { groups: Record<string, { cases: readonly GoldenCase<In, Out>[] }> } = JSON.parse(text)
  const cases = file.groups[group]?.cases ?? []
  assert.ok(cases.length > 0, `no golden cases for ${group}`)
  let [numbers, worst] = [0, 0]
  return {
    cases,
    close(actual, expected, what) {
      numbers += 1
      if (actual === null || expected === null || actual === expected) {
        assert.is(actual, expected, what)
        return
      }
      const off = Math.abs(actual - expected)
      worst = Math.max(worst, off / Math.max(Math.abs(expected), 1e-3))
      const allowed = Math.max(tolerance.absolute, tolerance.relative * Math.abs(expected))
      assert.ok(off <= allowed, `${what}: ${actual}, expected ${expected}`)
    },
    finish() {
      test(`${group}: no number is further off than the docs say`, () => {
        const path = new URL(`../golden/accuracy/${group}.json`, import.meta.url)
        const measured = { group, functions, cases: cases.length, numbers, maxDeviation: roundedUp(worst) }
        if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, `${JSON.stringify(measured, null, 2)}\n`)
        const { maxDeviation, ...recorded } = JSON.parse(readFileSync(path, 'utf8')) as Accuracy
        const { maxDeviation: now, ...found } = measured
        assert.equal(found, recorded)
        // Logarithms differ in their last bit between versions of Node.
        assert.ok(now <= Math.max(2 * maxDeviation, 1e-15), `${now}, recorded ${maxDeviation}`)
      })
    },
  }
}

/** 1.3e-12 → 2e-12. */
function roundedUp(value: number): number {
  if (value === 0) return 0
  const unit = 10 ** Math.floor(Math.log10(value))
  return Number((Math.ceil(value / unit) * unit).toPrecision(1))
}

/** The cases of one group, for tests that compare by rules of their own. */
export function goldenCases<In, Out>(group: string): readonly GoldenCase<In, Out>[] {
  return goldenGroup<In, Out>(group, '').cases
}

/** Equal within relative 1e-9 or absolute 1e-12; null equals null only. */
export function assertClose(actual: number | null, expected: number | null, what: string): void {
  if (actual === null || expected === null || actual === expected) {
    assert.is(actual, expected, what)
    return
  }
  const allowed = Math.max(STATED.absolute, STATED.relative * Math.abs(expected))
  assert.ok(Math.abs(actual - expected) <= allowed, `${what}: ${actual}, expected ${expected}`)
}
