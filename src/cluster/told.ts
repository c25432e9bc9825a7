/** What do the shards tell beyond their rows? Notes, and how long it took: several machines have no common pace. */
import type { PaceReport } from '../dispatch/types.ts'
import type { Summary } from '../stats/types.ts'
import type { Part } from './types.ts'

/** In the place of what a run tells of its course. */
export function toldOfParts(
  parts: readonly Part[],
): Pick<Summary, 'wallMs' | 'outputTokensPerSecond' | 'pace'> & { readonly notes: readonly string[] } {
  return {
    // They may have run side by side, or one after the other: what is known is how long the longest took.
    wallMs: Math.max(...parts.map(({ summary }) => summary.wallMs)),
    outputTokensPerSecond: parts.length === 1 ? (parts[0]?.summary.outputTokensPerSecond ?? null) : null,
    pace: paceOf(parts.map(({ summary }) => summary.pace)),
    notes: [...notesOf(parts), ...priceNotes(parts)],
  }
}

/** Costs are those that each shard was told; between two shards a list of prices may change. */
function priceNotes(parts: readonly Part[]): readonly string[] {
  const asked = new Map<string, Set<string>>()
  for (const { model, ...price } of parts.flatMap(({ shard }) => shard.manifest.prices)) {
    const { inputUsdPerMillion: input, outputUsdPerMillion: output } = price
    asked.set(model, (asked.get(model) ?? new Set()).add(`${input ?? 'unknown'}/${output ?? 'unknown'}`))
  }
  return [...asked].flatMap(([model, prices]) =>
    prices.size > 1
      ? [
          `${model}: its shards were asked at different prices, ${[...prices].join(' and ')} USD per million tokens in/out`,
        ]
      : [],
  )
}

/** What was refused adds up; what was allowed at a time does not. */
function paceOf(paces: readonly PaceReport[]): PaceReport {
  const [only] = paces
  if (only !== undefined && paces.length === 1) return only
  const sum = (of: (pace: PaceReport) => number): number => paces.reduce((total, pace) => total + of(pace), 0)
  return {
    refused: sum(({ refused }) => refused),
    pauses: sum(({ pauses }) => pauses),
    pausedMs: sum(({ pausedMs }) => pausedMs),
    timeline: [],
  }
}

/** What all of them say is said once, as a run in one would have said it; the rest with the shard that it is about. */
function notesOf(parts: readonly Part[]): readonly string[] {
  const [first, ...others] = parts
  const common = new Set(first?.notes.filter((note) => others.every(({ notes }) => notes.includes(note))))
  return [
    ...common,
    ...parts.flatMap(({ shard, notes }) =>
      notes.filter((note) => !common.has(note)).map((note) => `shard ${shard.number}/${shard.count}: ${note}`),
    ),
  ]
}
