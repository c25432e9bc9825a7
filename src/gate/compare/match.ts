/** Which model × prompt is compared with which? */
import { UserError } from '../../lib/errors.ts'
import { oneLine } from '../../lib/text.ts'
import type { Manifest } from '../../journal/types.ts'
import { groupLike } from '../compatible.ts'
import type { Side, SideGroup } from '../types.ts'

/** A model × prompt with the one that it is compared with. */
export interface Match {
  readonly candidate: SideGroup
  readonly baseline: SideGroup
}

/** Groups in the order in which the run was asked for them: that of their answers is chance. */
export function inOrder(groups: readonly SideGroup[], { settings, prompts }: Manifest): SideGroup[] {
  const models = [settings['model']].flat()
  const placeOf = (place: number): number => (place < 0 ? Number.MAX_SAFE_INTEGER : place)
  const modelPlace = ({ rows }: SideGroup): number => placeOf(models.indexOf(rows.model))
  const promptPlace = ({ rows }: SideGroup): number => placeOf(prompts.findIndex(({ name }) => name === rows.prompt))
  return [...groups].sort((one, other) => modelPlace(one) - modelPlace(other) || promptPlace(one) - promptPlace(other))
}

/** The first model × prompt with all others. Throws UserError when there is one alone. */
export function matchWithin({ facts, groups }: Side): Match[] {
  const [first, ...others] = groups
  if (first === undefined || others.length === 0) {
    throw new UserError(
      `${oneLine(facts.name, 120)} has answers of one model to one prompt: there is nothing to compare inside it. ` +
        'Name a second run: assay compare <baseline run> <run>.',
    )
  }
  return others.map((candidate) => ({ candidate, baseline: first }))
}

/** Each of the candidate's with the baseline's of the same name, or with the only one it can mean; and who is left over. */
export function matchAcross(candidate: Side, baseline: Side): { readonly matches: Match[]; readonly notes: string[] } {
  const matches = candidate.groups.flatMap((group): Match[] => {
    const found = groupLike(group.rows, baseline.groups)
    return found === undefined ? [] : [{ candidate: group, baseline: found }]
  })
  if (matches.length === 0) {
    throw new UserError(
      `${oneLine(candidate.facts.name, 120)} and ${oneLine(baseline.facts.name, 120)} have no model in common, and several each: ` +
        `${listed(candidate.groups)} against ${listed(baseline.groups)}. Compare runs of one model each, or one run by itself.`,
    )
  }
  const isMatched = (group: SideGroup): boolean =>
    matches.some((match) => match.candidate === group || match.baseline === group)
  const note = ({ facts, groups }: Side, other: Side): string[] => {
    const left = groups.filter((group) => !isMatched(group))
    if (left.length === 0) return []
    return [
      `left out, in ${oneLine(facts.name, 80)} alone: ${listed(left)}; ${oneLine(other.facts.name, 80)} has none that it can mean`,
    ]
  }
  return { matches, notes: [...note(baseline, candidate), ...note(candidate, baseline)] }
}

function listed(groups: readonly SideGroup[]): string {
  return groups
    .slice(0, 8)
    .map(({ rows }) => oneLine(`${rows.model} · ${rows.prompt}`, 80))
    .concat(groups.length > 8 ? [`${groups.length - 8} more`] : [])
    .join(', ')
}
