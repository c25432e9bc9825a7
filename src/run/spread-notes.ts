/** What a reader has to know of the intervals before acting on them: too few clusters, slices that stand out. */
import { oneLine, plural } from '../lib/text.ts'
import { integer, percent, pValue } from '../report/numbers.ts'
import type { GroupSummary, SliceDifference } from '../stats/types.ts'
import type { FinishedGroups } from './groups.ts'

/** With fewer clusters an interval by clusters covers less than it says. */
const LEAST_CLUSTERS = 10

/** A slice stands out when chance alone, over all slices of the column, does so more rarely. */
const STANDS_OUT = 0.05

/** Slices that stand out are named one by one up to so many; the rest are in summary.csv. */
const MOST_NAMED = 5

export function clusterNotes(clusters: FinishedGroups['clusters']): string[] {
  if (clusters === null || clusters.count >= LEAST_CLUSTERS) return []
  return [
    `--cluster ${oneLine(clusters.column, 60)}: the rows come in ${plural(clusters.count, 'cluster')}, and intervals over fewer than ` +
      `${LEAST_CLUSTERS} hold less often than they say`,
  ]
}

/** The surest first. */
export function sliceNotes(slices: readonly GroupSummary[]): string[] {
  const found = slices
    .flatMap((group) => {
      const { differsFromRest: difference } = group
      const p = difference?.pAdjusted ?? 1
      return difference !== null && p < STANDS_OUT ? [{ group, difference, p }] : []
    })
    .sort((a, b) => a.p - b.p)
  const named = found.slice(0, MOST_NAMED).map(({ group, difference, p }) => sentence(group, difference, p))
  const more = found.length - named.length
  return more === 0 ? named : [...named, `${integer(more)} more of the slices stand out: see summary.csv`]
}

function sentence({ slice, model, passRate }: GroupSummary, difference: SliceDifference, p: number): string {
  return (
    `${model}: ${oneLine(slice, 60)}: ${percent(passRate.value)} against ${percent(difference.restPassRate)} elsewhere, ` +
    `p ${pValue(p)} after Holm over ${plural(difference.slices, 'slice')}`
  )
}
