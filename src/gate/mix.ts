/** Did somebody else answer? Served models and upstream providers of two runs, by their shares. */
import { oneLine } from '../lib/text.ts'
import type { ServedBy } from './types.ts'

/** A name that appears or is gone counts from this share on, and a shift of all shares from this distance on. */
const NEW_SHARE = 0.01
const SHIFTED = 0.1

/** What changed, a sentence each; nothing where the names or their shares hardly differ, or are unknown on one side. */
export function mixShift(candidate: ServedBy, baseline: ServedBy): string[] {
  return [
    ...shiftOf('served model', candidate.models, baseline.models),
    ...shiftOf('upstream provider', candidate.providers, baseline.providers),
  ]
}

type Counts = Readonly<Record<string, number>>

function shiftOf(what: string, candidate: Counts, baseline: Counts): string[] {
  const [ours, theirs] = [sharesOf(candidate), sharesOf(baseline)]
  if (ours.size === 0 || theirs.size === 0) return []
  const names = [...new Set([...ours.keys(), ...theirs.keys()])]
  const of = (shares: ReadonlyMap<string, number>, name: string): number => shares.get(name) ?? 0
  const distance = names.reduce((sum, name) => sum + Math.abs(of(ours, name) - of(theirs, name)), 0) / 2
  const isNews = names.some(
    (name) => Math.max(of(ours, name), of(theirs, name)) >= NEW_SHARE && (!ours.has(name) || !theirs.has(name)),
  )
  if (distance < SHIFTED && !isNews) return []
  return [`other ${what}s than the baseline's: ${listed(ours)}; the baseline had ${listed(theirs)}`]
}

/** Answers whose server is unknown say nothing. */
function sharesOf(counts: Counts): ReadonlyMap<string, number> {
  const known = Object.entries(counts).filter(([name]) => name !== '')
  const total = known.reduce((sum, [, count]) => sum + count, 0)
  return new Map(known.map(([name, count]) => [name, count / total]))
}

function listed(shares: ReadonlyMap<string, number>): string {
  const sorted = [...shares].sort(([, a], [, b]) => b - a)
  const shown = sorted.slice(0, 4).map(([name, share]) => `${oneLine(name, 60)} ${(share * 100).toFixed(0)} %`)
  return [...shown, ...(sorted.length > 4 ? [`${sorted.length - 4} more`] : [])].join(', ')
}
