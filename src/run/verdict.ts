/** What do the numbers come to? The exit code of a run, and why. */
import type { Settings } from '../config/types.ts'
import type { Down, PaceReport } from '../dispatch/types.ts'
import type { GateReport } from '../gate/types.ts'
import type { JudgeCosts } from '../journal/judge-costs.ts'
import { EXIT, type ExitCode, worstExit } from '../lib/errors.ts'
import { plural } from '../lib/text.ts'
import { formatUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import type { ProviderError } from '../provider/types.ts'
import { dollars, seconds } from '../report/numbers.ts'
import type { GroupSummary, Summary } from '../stats/types.ts'
import type { Losses } from './record.ts'
import type { Tally } from './tally.ts'

/** What is known when the last trial is over. */
export interface Asked {
  readonly tally: Tally
  /** The failure that made all others pointless. */
  readonly fatal: ProviderError | undefined
  /** The endpoint was down for longer than the run was to wait. */
  readonly gaveUp: Down | undefined
  /** Attempts that no record tells of: their trials did not settle. */
  readonly unsettled: Losses
  /** Answers that cost more than had been reserved for them. */
  readonly overruns: number
  /** What is spent or may have been billed. */
  readonly committedUsd: Usd
  /** The least that had to be set aside for a trial that was not asked; null: all were. */
  readonly leastRefusedUsd: Usd | null
  readonly wallMs: number
  readonly pace: PaceReport
  readonly judges: JudgesAsked
}

/** What became of the calls of judges and embeddings. */
export interface JudgesAsked {
  /** Of all sessions of the run. */
  readonly costs: JudgeCosts
  /** Of this session: calls that no money was left for, and calls that failed. */
  readonly skippedByBudget: number
  readonly failed: number
}

/** All reasons that apply, and the exit code that wins. */
export function verdict(
  summary: Summary,
  { tally, fatal, gaveUp, committedUsd, leastRefusedUsd, judges }: Asked,
  { maxFailed, failUnder, gate }: Pick<Settings, 'maxFailed' | 'failUnder' | 'gate'>,
  { interrupted, noVerdict }: { readonly interrupted: boolean; readonly noVerdict: string | null },
): { exitCode: ExitCode; reasons: string[] } {
  const reasons: [ExitCode, string][] = []
  if (interrupted) {
    const unfinished = plural(summary.skipped, 'trial')
    reasons.push([EXIT.interrupted, `interrupted with ${unfinished} unfinished; what was answered is in the reports`])
  }
  if (fatal !== undefined) reasons.push([EXIT.endpointFailed, `the endpoint refused (${fatal.kind}): ${fatal.message}`])
  else if (gaveUp !== undefined) reasons.push([EXIT.endpointFailed, whyGivenUp(gaveUp, summary)])
  else if (summary.failed > maxFailed * (summary.completed + summary.failed)) {
    reasons.push([
      EXIT.endpointFailed,
      `${summary.failed} of ${summary.completed + summary.failed} trials failed, more than --max-failed ${asTyped(maxFailed)}`,
    ])
  }
  if (judges.failed > maxFailed * summary.completed) {
    reasons.push([
      EXIT.endpointFailed,
      `${plural(judges.failed, 'judge call')} failed, more than --max-failed ${asTyped(maxFailed)} of the ${plural(summary.completed, 'answer')}; their scores are still to be made`,
    ])
  }
  if (judges.skippedByBudget > 0) {
    reasons.push([
      EXIT.budget,
      `the budget (--max-cost) left ${plural(judges.skippedByBudget, 'judge call')} unasked: ${dollars(formatUsd(committedUsd))} are taken`,
    ])
  }
  if (tally.skippedByBudget > 0) {
    reasons.push([
      EXIT.budget,
      `the budget (--max-cost) left ${summary.skipped} of ${summary.planned} trials unasked: ${dollars(formatUsd(committedUsd))} are taken, and the ` +
        `next one may cost ${dollars(formatUsd(leastRefusedUsd ?? ZERO_USD))} at most (less with a smaller --max-tokens)`,
    ])
  }
  for (const group of failUnder === null ? [] : summary.groups) {
    const problem = belowThreshold(group, failUnder ?? 0)
    if (problem !== undefined) reasons.push([EXIT.thresholdMissed, problem])
  }
  reasons.push(...gateReasons(summary, gate, noVerdict))
  const exitCode = worstExit(reasons.map(([code]) => code))
  // That a broken run proves nothing goes without saying.
  const told = reasons.filter(([code]) => code === exitCode || code !== EXIT.inconclusive)
  return { exitCode, reasons: told.map(([, reason]) => reason) }
}

/** A run that was to be compared and has no verdict is not let through, whatever INCONCLUSIVE is mapped to. */
function gateReasons(
  { gate: report }: Summary,
  { inconclusive }: Settings['gate'],
  noVerdict: string | null,
): [ExitCode, string][] {
  if (noVerdict !== null) return [[EXIT.inconclusive, `no verdict: ${noVerdict}`]]
  return report === null ? [] : gateExit(report, inconclusive)
}

/** The exit code of a verdict, with the reason; nothing for PASS. */
export function gateExit(
  { verdict: word, metrics, baseline }: GateReport,
  inconclusive: 'pass' | 'fail' | null,
): [ExitCode, string][] {
  const names = metrics
    .filter((one) => one.verdict === word)
    .map(({ metric, model }) => `${metric.name} of ${model}`)
    .join(', ')
  switch (word) {
    case 'PASS':
      return []
    case 'REGRESSION':
      return [[EXIT.thresholdMissed, `REGRESSION against ${baseline.name}: ${names}`]]
    case 'INCONCLUSIVE': {
      const isEmpty = metrics.some(({ pairs }) => pairs === 0) || metrics.length === 0
      const code = inconclusive === 'fail' ? EXIT.thresholdMissed : EXIT.inconclusive
      return inconclusive === 'pass' && !isEmpty ? [] : [[code, `INCONCLUSIVE against ${baseline.name}: ${names}`]]
    }
  }
}

function whyGivenUp({ silentMs, lastFailure }: Down, { skipped }: Summary): string {
  return (
    `the endpoint gave no answer for ${seconds(silentMs / 1_000)} (--give-up-after); its last failure was ` +
    `${lastFailure.replace(/[.!?]?$/, '.')} Go on with --resume when it is back: ` +
    `${plural(skipped, 'trial')} left to ask.`
  )
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
