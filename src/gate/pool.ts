/** Several runs as one: each trial's values are the means over the runs that have them, a side of several runs counting for each. */
import { UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { mismatches } from './compatible.ts'
import { Rows } from './rows.ts'
import { sumServed } from './side.ts'
import type { ServedBy, Side, SideFacts, SideGroup } from './types.ts'

/**
 * Throws UserError where the runs differ in what makes a baseline one thing; `flag` is what they were typed after. A single run
 * stays what it is.
 */
export function poolSides(sides: readonly Side[], flag = '--baseline'): Side {
  const [first, ...others] = sides
  if (first === undefined) throw new RangeError('no side to pool')
  if (others.length === 0) return first
  for (const other of others) requirePoolable(first.facts, other.facts, flag)
  const places = new Map(
    sides.flatMap(({ groups }) => groups.map(({ rows }) => [`${rows.model}\0${rows.prompt}`, rows])),
  )
  const latest = sides.reduce((best, side) => (side.facts.startedAt > best.facts.startedAt ? side : best))
  return {
    facts: {
      ...latest.facts,
      name: sides.map(({ facts }) => facts.name).join(' + '),
      runIds: sides.flatMap(({ facts }) => facts.runIds),
      ...(sides.some(({ facts }) => facts.shards !== undefined)
        ? { shards: sides.flatMap(({ facts }) => facts.shards ?? []) }
        : {}),
    },
    groups: [...places.values()].map((place) => poolGroup(place, sides)),
  }
}

function requirePoolable(first: SideFacts, other: SideFacts, flag: string): void {
  const mismatch = mismatches(other, first).find(({ what }) => what !== 'epochs')
  if (mismatch === undefined) return
  throw new UserError(
    `${flag} ${oneLine(other.name, 120)}: it cannot be pooled with ${oneLine(first.name, 120)}, which has other ${mismatch.what}: ` +
      `${oneLine(mismatch.baseline, 300)} against ${oneLine(mismatch.candidate, 300)}. Pool runs of one setup, or name one of them.`,
  )
}

/** One model × prompt of a side, and how many runs it stands for. */
interface Part {
  readonly rows: Rows
  readonly servedBy: ServedBy
  readonly runs: number
}

function poolGroup({ model, prompt }: Rows, sides: readonly Side[]): SideGroup {
  const parts = sides.flatMap(({ facts, groups }): Part[] =>
    groups
      .filter(({ rows }) => rows.model === model && rows.prompt === prompt)
      .map(({ rows, servedBy }) => ({ rows, servedBy, runs: facts.runIds.length })),
  )
  const pooled = new Rows({ model, prompt })
  const columns = [...new Set(parts.flatMap(({ rows }) => rows.columns))]
  for (const { rows } of parts) {
    for (const [key, row] of rows.keys()) {
      if (pooled.rowOf(key) !== undefined) continue
      const found = parts.map((part) => part.rows.rowOf(key))
      const cluster = rows.clusterOf(row)
      pooled.set({
        key,
        order: rows.orderOf(row),
        cluster: cluster === undefined ? null : rows.clusterName(cluster),
        values: Object.fromEntries(columns.map((column) => [column, meanOf(parts, found, column)])),
      })
    }
  }
  return { rows: pooled, servedBy: sumServed(parts.map(({ servedBy }) => servedBy)) }
}

/** Over the parts that know the value; `rowOf` has the row of each. NaN where none does. */
function meanOf(parts: readonly Part[], rowOf: readonly (number | undefined)[], column: string): number {
  let [sum, runs, first, isOne] = [0, 0, Number.NaN, true]
  for (const [index, part] of parts.entries()) {
    const row = rowOf[index]
    const value = row === undefined ? Number.NaN : part.rows.value(column, row)
    if (Number.isNaN(value)) continue
    if (runs === 0) first = value
    isOne &&= value === first
    sum += value * part.runs
    runs += part.runs
  }
  // Rounding would make a difference of what is equal in all.
  return isOne ? first : sum / runs
}
