/** What do the numbers come to? The exit code of a run, and why. */
import type { Settings } from '../config/types.ts'
import { EXIT, type ExitCode, worstExit } from '../lib/errors.ts'
import { plural } from '../lib/text.ts'
import type { Usd } from '../lib/usd.ts'
import type { ProviderError } from '../provider/types.ts'
import type { GroupSummary, Summary } from '../stats/types.ts'
import type { Tally } from './tally.ts'

/** What is known when the last trial is over. */
export interface Asked {
  readonly tally: Tally
  /** The failure that made all others pointless. */
  readonly fatal: ProviderError | undefined
  /** What attempts of trials that did not settle billed or may have billed. */
  readonly unsettledUsd: Usd
  /** Answers that cost more than had been reserved for them. */
  readonly overruns: number
  readonly wallMs: number
}

/** All reasons that apply, and the exit code that wins. */
export function verdict(
  summary: Summary,
  { tally, fatal }: Asked,
  { maxFailed, failUnder }: Pick<Settings, 'maxFailed' | 'failUnder'>,
  interrupted: boolean,
): { exitCode: ExitCode; reasons: string[] } {
  const reasons: [ExitCode, string][] = []
  if (interrupted) {
    const unfinished = plural(summary.skipped, 'trial')
    reasons.push([EXIT.interrupted, `interrupted with ${unfinished} unfinished; what was answered is in the reports`])
  }
  if (fatal !== undefined) reasons.push([EXIT.endpointFailed, `the endpoint refused (${fatal.kind}): ${fatal.message}`])
  else if (tally.failedShare > maxFailed) {
    reasons.push([
      EXIT.endpointFailed,
      `${tally.failed} of ${tally.settled} trials failed, more than --max-failed ${asTyped(maxFailed)}`,
    ])
  }
  if (tally.skippedByBudget > 0) {
    reasons.push([
      EXIT.budget,
      `the budget (--max-cost) left ${tally.skippedByBudget} of ${tally.planned} trials unasked`,
    ])
  }
  for (const group of failUnder === null ? [] : summary.groups) {
    const problem = belowThreshold(group, failUnder ?? 0)
    if (problem !== undefined) reasons.push([EXIT.thresholdMissed, problem])
  }
  return { exitCode: worstExit(reasons.map(([code]) => code)), reasons: reasons.map(([, reason]) => reason) }
}

/** A model without a pass rate has not met a threshold. */
function belowThreshold({ model, prompt, passRate: { value } }: GroupSummary, failUnder: number): string | undefined {
  if (value !== null && value >= failUnder) return undefined
  const shown = value === null ? 'no pass rate' : `a pass rate of ${(value * 100).toFixed(2)} %`
  return `${model} (${prompt}) has ${shown}, below --fail-under ${asTyped(failUnder)}`
}

/** A share as percent with all its digits, without those that a double adds: 0.07 → 7%, not 7.000000000000001%. */
function asTyped(share: number): string {
  return `${Number((share * 100).toPrecision(12))}%`
}
