/** What do all shards together come to? The exit code of a merge, as the run in one would have had it, and why. */
import { EXIT, type ExitCode } from '../lib/errors.ts'
import { plural } from '../lib/text.ts'
import { integer } from '../report/numbers.ts'
import { conclude, gateReasons, missedThresholds, type Reason, tooManyFailed } from '../run/verdict.ts'
import type { Summary } from '../stats/types.ts'
import type { MergeRules } from './manifest.ts'
import { SKIPPED } from './parts.ts'
import type { Part } from './types.ts'

/** `noVerdict`: why there is none though a baseline was named. */
export function mergeVerdict(
  summary: Summary,
  parts: readonly Part[],
  { gate, failUnder, maxFailed }: MergeRules,
  noVerdict: string | null,
): { exitCode: ExitCode; reasons: string[] } {
  const unjudged = summary.groups.reduce((sum, group) => sum + group.unjudged, 0)
  const reasons: Reason[] = [
    ...tooManyFailed(summary, maxFailed),
    ...leftUnasked(parts, 'skipped_stopped', EXIT.endpointFailed, 'ended before their last trial'),
    ...leftUnasked(parts, 'skipped_budget', EXIT.budget, 'came to the end of their budgets (--max-cost)'),
    ...missedThresholds(summary, failUnder),
    ...gateReasons(summary, gate, noVerdict),
  ]
  if (unjudged > maxFailed * summary.completed) {
    reasons.unshift([
      EXIT.endpointFailed,
      `${plural(unjudged, 'answer')} of ${integer(summary.completed)} have no word of a judge; their scores are still to be made`,
    ])
  }
  return conclude(reasons)
}

function leftUnasked(parts: readonly Part[], status: (typeof SKIPPED)[number], code: ExitCode, why: string): Reason[] {
  const place = SKIPPED.indexOf(status)
  const counts = parts.map(({ shard, skipped }) => ({
    shard,
    trials: [...skipped.values()].filter((one) => one === place).length,
  }))
  const told = counts.filter(({ trials }) => trials > 0)
  if (told.length === 0) return []
  const shards = told.map(({ shard, trials }) => `${shard.number}/${shard.count} (${integer(trials)})`).join(', ')
  const total = told.reduce((sum, { trials }) => sum + trials, 0)
  return [[code, `${plural(total, 'trial')} were left unasked by shards that ${why}: ${shards}`]]
}
