/** The whole run in a line or two, below the figures of its models. */
import { plural } from '../lib/text.ts'
import type { Summary } from '../stats/types.ts'
import { dollars, integer, seconds } from './numbers.ts'

/** What it cost and how it went, in one line. */
export function totalsLine(summary: Summary): string {
  const retries = summary.groups.reduce((sum, group) => sum + group.retries, 0)
  return [
    `total ${dollars(summary.costUsd)}`,
    ...(summary.judgeCalls > 0
      ? [`+ ${dollars(summary.judgeCostUsd)} for ${plural(summary.judgeCalls, 'judge call')}`]
      : []),
    ...(Number(summary.retryCostUsd) > 0 ? [`+ up to ${dollars(summary.retryCostUsd)} for other attempts`] : []),
    ...(summary.outputTokensPerSecond === null
      ? []
      : [`${integer(Math.round(summary.outputTokensPerSecond))} output tokens/s`]),
    plural(retries, 'retry').replace(/retrys$/, 'retries'),
    ...(summary.possiblyBilled > 0 ? [`${integer(summary.possiblyBilled)} possibly billed without an answer`] : []),
  ].join(' · ')
}

/** How it was paced: only when the endpoint has held the run back. */
export function paceLines({ pace: { refused, pauses, pausedMs, timeline } }: Summary): string[] {
  if (refused === 0 && pauses === 0) return []
  const atOnce = timeline.map(({ concurrency }) => concurrency)
  const rates = timeline.flatMap(({ requestsPerMinute }) => (requestsPerMinute ? [requestsPerMinute] : []))
  return [
    [
      `pace: ${plural(refused, 'attempt')} refused`,
      // Several machines have no common pace.
      ...(atOnce.length > 0 ? [`${range(atOnce)} at once`] : []),
      ...(rates.length > 0 ? [`${range(rates)} requests/min`] : []),
      ...(pauses > 0 ? [`${plural(pauses, 'pause')} of ${seconds(pausedMs / 1_000)} in all`] : []),
    ].join(' · '),
  ]
}

function range(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return least === most ? integer(most) : `${integer(least)} to ${integer(most)}`
}
