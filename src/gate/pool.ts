/** Several runs as one: each trial's values are the means over the runs that have them. */
import { UserError } from '../lib/errors.ts'
import { oneLine } from '../lib/text.ts'
import { mismatches } from './compatible.ts'
import { Rows } from './rows.ts'
import { sumServed } from './side.ts'
import type { Side, SideFacts, SideGroup } from './types.ts'

/** Throws UserError where the runs differ in what makes a baseline one thing. A single run stays what it is. */
export function poolSides(sides: readonly Side[]): Side {
  const [first, ...others] = sides
  if (first === undefined) throw new RangeError('no side to pool')
  if (others.length === 0) return first
  for (const other of others) requirePoolable(first.facts, other.facts)
  const places = new Map(
    sides.flatMap(({ groups }) => groups.map(({ rows }) => [`${rows.model}\0${rows.prompt}`, rows])),
  )
  const latest = sides.reduce((best, side) => (side.facts.startedAt > best.facts.startedAt ? side : best))
  return {
    facts: {
      ...latest.facts,
      name: sides.map(({ facts }) => facts.name).join(' + '),
      runIds: sides.flatMap(({ facts }) => facts.runIds),
    },
    groups: [...places.values()].map((place) => poolGroup(place, sides)),
  }
}

function requirePoolable(first: SideFacts, other: SideFacts): void {
  const mismatch = mismatches(other, first).find(({ what }) => what !== 'epochs')
  if (mismatch === undefined) return
  throw new UserError(
    `--baseline ${oneLine(other.name, 120)}: it cannot be pooled with ${oneLine(first.name, 120)}, which has other ${mismatch.what}: ` +
      `${oneLine(mismatch.baseline, 300)} against ${oneLine(mismatch.candidate, 300)}. Pool runs of one setup, or name one of them.`,
  )
}

function poolGroup(place: Rows, sides: readonly Side[]): SideGroup {
  const { model, prompt } = place
  const groups = sides.flatMap(({ groups: all }) =>
    all.filter(({ rows }) => rows.model === model && rows.prompt === prompt),
  )
  const pooled = new Rows({ model, prompt })
  const columns = [...new Set(groups.flatMap(({ rows }) => rows.columns))]
  for (const { rows } of groups) {
    for (const [key, row] of rows.keys()) {
      if (pooled.rowOf(key) !== undefined) continue
      const found = groups.flatMap((group) => {
        const at = group.rows.rowOf(key)
        return at === undefined ? [] : [{ rows: group.rows, row: at }]
      })
      const values = columns.map(
        (column) => [column, meanOf(found.map((one) => one.rows.value(column, one.row)))] as const,
      )
      const cluster = rows.clusterOf(row)
      pooled.set({
        key,
        order: rows.orderOf(row),
        cluster: cluster === undefined ? null : rows.clusterName(cluster),
        values: Object.fromEntries(values),
      })
    }
  }
  return { rows: pooled, servedBy: sumServed(groups.map(({ servedBy }) => servedBy)) }
}

/** Of those that are known. */
function meanOf(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value))
  return known.reduce((sum, value) => sum + value, 0) / known.length
}
