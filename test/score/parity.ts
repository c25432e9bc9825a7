/** How far is a scorer from its reference implementation? The table of docs/parity.md is held by the tests that call this. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'

/** One row: `scorer` is a registry name, or a name with its argument. */
export interface Parity {
  readonly scorer: string
  readonly reference: string
  readonly version: string
  readonly cases: number
  readonly maxDeviation: number
}

/** A value of ours beside the reference's. */
export interface Comparison {
  readonly actual: number | null
  readonly expected: number
  /** What was compared, for the message of a failure. */
  readonly of: unknown
}

const LARGEST_DEVIATION = 1e-6

/** Deviations of this size come and go with the machine's floating-point functions. */
const ROUNDING = 1e-12

/** A golden file that scripts of test/golden/make write. */
export function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8'))
}

/** The row of these comparisons, each of which has to be within 1e-6, and of which there have to be 50. */
export function parityRow(
  row: Pick<Parity, 'scorer' | 'reference' | 'version'>,
  comparisons: readonly Comparison[],
): Parity {
  const deviations = comparisons.map(({ actual, expected, of }) => {
    const deviation = actual === null ? Infinity : Math.abs(actual - expected)
    assert.ok(
      deviation <= LARGEST_DEVIATION,
      `${row.scorer}: ${actual}, expected ${expected} for ${JSON.stringify(of)}`,
    )
    return deviation
  })
  assert.ok(comparisons.length >= 50, `${comparisons.length} cases`)
  return { ...row, cases: comparisons.length, maxDeviation: Math.max(...deviations) }
}

/** Compares rows with test/golden/parity/<name>.json, or writes it when UPDATE_GOLDEN=1 is set. */
export function assertParity(name: string, rows: readonly Parity[]): void {
  const path = fileURLToPath(new URL(`../golden/parity/${name}.json`, import.meta.url))
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`)
  }
  const recorded = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Parity[]) : []
  const facts = ({ scorer, reference, version, cases }: Parity): unknown => ({ scorer, reference, version, cases })
  assert.equal(rows.map(facts), recorded.map(facts), 'UPDATE_GOLDEN=1 writes the file anew')
  for (const [index, { scorer, maxDeviation }] of rows.entries()) {
    const known = recorded[index]?.maxDeviation ?? 0
    assert.ok(Math.abs(maxDeviation - known) <= ROUNDING, `${scorer}: deviates by ${maxDeviation}, recorded ${known}`)
  }
}
