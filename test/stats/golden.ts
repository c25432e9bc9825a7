/** Reads the golden vectors of statistics.json and compares at the tolerance stated there. */
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'

export interface GoldenCase<In, Out> {
  readonly name: string
  readonly in: In
  readonly out: Out
}

/** The cases of one group; never none. */
export function goldenCases<In, Out>(group: string): readonly GoldenCase<In, Out>[] {
  const text = readFileSync(new URL('../golden/statistics.json', import.meta.url), 'utf8')
  const file: { groups: Record<string, { cases: readonly GoldenCase<In, Out>[] }> } = JSON.parse(text)
  const cases = file.groups[group]?.cases ?? []
  assert.ok(cases.length > 0, `no golden cases for ${group}`)
  return cases
}

/** Equal within relative 1e-9 or absolute 1e-12; null equals null only. */
export function assertClose(actual: number | null, expected: number | null, what: string): void {
  if (actual === null || expected === null || actual === expected) {
    assert.is(actual, expected, what)
    return
  }
  const tolerance = Math.max(1e-12, 1e-9 * Math.abs(expected))
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected}`)
}
