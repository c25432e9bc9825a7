/** When are good numbers no evidence? Answers that are the baseline's own, and runs that ended before they were done. */
import { plural } from '../lib/text.ts'
import type { MetricVerdict, Side, SideFacts, SideGroup } from './types.ts'

/** What nobody can take for evidence, whatever the numbers say: not even that nothing is proven. */
export function withheld(
  one: MetricVerdict,
  group: SideGroup,
  { facts, groups }: Side,
  planned: number,
): MetricVerdict {
  const why =
    copiesOf(group, facts, groups) > MOST_COPIES * group.rows.size
      ? 'copies'
      : one.pRegression !== null && group.rows.size < planned
        ? 'incomplete'
        : null
  return why === null ? one : { ...one, verdict: 'INCONCLUSIVE', withheld: why }
}

/** How many answers cannot differ from the baseline's. */
export function copyNotes(group: SideGroup, { facts, groups }: Side): string[] {
  const copies = copiesOf(group, facts, groups)
  return copies === 0
    ? []
    : [
        `${plural(copies, 'answer')} of ${group.rows.model} are copies of the baseline's (cache or replay): they cannot differ`,
      ]
}

/** Of a run whose answers are nearly all the baseline's own nothing can be learnt. */
const MOST_COPIES = 0.99

/** Answers that were made in a run of the baseline, or in one that both have theirs from. */
function copiesOf(
  { answeredIn = {} }: SideGroup,
  { runIds, shards = [] }: SideFacts,
  baseline: readonly SideGroup[],
): number {
  const theirs = new Set([...runIds, ...shards, ...baseline.flatMap((group) => Object.keys(group.answeredIn ?? {}))])
  return Object.entries(answeredIn).reduce((sum, [run, count]) => sum + (theirs.has(run) ? count : 0), 0)
}
