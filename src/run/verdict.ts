/** What do the numbers come to? The exit code of a run, and why. */
import type { Inconclusive, Settings } from '../config/types.ts'
import type { Down, PaceReport } from '../dispatch/types.ts'
import type { GateReport, MetricVerdict } from '../gate/types.ts'
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
  const reasons: Reason[] = []
  if (interrupted) {
    const unfinished = plural(summary.skipped, 'trial')
    reasons.push([EXIT.interrupted, `interrupted with ${unfinished} unfinished; what was answered is in the reports`])
  }
  if (fatal !== undefined) reasons.push([EXIT.endpointFailed, `the endpoint refused (${fatal.kind}): ${fatal.message}`])
  else if (gaveUp !== undefined) reasons.push([EXIT.endpointFailed, whyGivenUp(gaveUp, summary)])
  else reasons.push(...tooManyFailed(summary, maxFailed))
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
  reasons.push(...missedThresholds(summary, failUnder), ...gateReasons(summary, gate, noVerdict))
  return conclude(reasons)
}

/** A sentence with the exit code that it calls for. */
export type Reason = [ExitCode, string]

/** All reasons that are told, and the exit code that wins. */
export function conclude(reasons: readonly Reason[]): { exitCode: ExitCode; reasons: string[] } {
  const exitCode = worstExit(reasons.map(([code]) => code))
  // That a broken run proves nothing goes without saying.
  const told = reasons.filter(([code]) => code === exitCode || (code !== EXIT.inconclusive && code !== EXIT.done))
  return { exitCode, reasons: told.map(([, reason]) => reason) }
}

/** A failure is no wrong answer: when there are too many of them, the numbers say little. */
export function tooManyFailed({ completed, failed }: Summary, maxFailed: number): Reason[] {
  const settled = completed + failed
  if (failed <= maxFailed * settled) return []
  return [[EXIT.endpointFailed, `${failed} of ${settled} trials failed, more than --max-failed ${asTyped(maxFailed)}`]]
}

/** One for each model × prompt below the threshold; `failUnder` null: there is none. */
export function missedThresholds({ groups }: Summary, failUnder: number | null): Reason[] {
  if (failUnder === null) return []
  return groups.flatMap((group): Reason[] => {
    const problem = belowThreshold(group, failUnder)
    return problem === undefined ? [] : [[EXIT.thresholdMissed, problem]]
  })
}

/** A run that was to be compared and has no verdict is not let through, whatever INCONCLUSIVE is mapped to. */
export function gateReasons(
  { gate: report }: Summary,
  { inconclusive }: Pick<Settings['gate'], 'inconclusive'>,
  noVerdict: string | null,
): Reason[] {
  if (noVerdict !== null) return [[EXIT.inconclusive, `no verdict: ${noVerdict}`]]
  return report === null ? [] : gateExit(report, inconclusive)
}

/** The exit code of a verdict, with the reason; nothing for PASS, and 0 with a warning where INCONCLUSIVE is let through. */
export function gateExit(report: GateReport, inconclusive: Inconclusive | null): [ExitCode, string][] {
  const { verdict: word, metrics, baseline } = report
  const decisive = metrics.filter((one) => one.verdict === word)
  const names = decisive.map(({ metric, model }) => `${metric.name} of ${model}`).join(', ')
  const found = `${word} against ${baseline.name}: ${names}`
  switch (word) {
    case 'PASS':
      return []
    case 'REGRESSION':
      return [[EXIT.thresholdMissed, found]]
    case 'INCONCLUSIVE':
      return inconclusiveExit(found, decisive, isEmpty(metrics, inconclusive), inconclusive)
  }
}

/** A comparison that nothing came of is never let through, whatever INCONCLUSIVE is mapped to. */
function inconclusiveExit(
  found: string,
  open: readonly MetricVerdict[],
  nothingCame: boolean,
  mapped: Inconclusive | null,
): [ExitCode, string][] {
  if (mapped === 'fail') return [[EXIT.thresholdMissed, found]]
  if (mapped === 'fail-on-drop' && open.some((one) => one.isDropProven && !isUntested(one))) {
    return [[EXIT.thresholdMissed, `${found}; that it has become worse at all is proven (--inconclusive ${mapped})`]]
  }
  if (mapped === null || nothingCame) return [[EXIT.inconclusive, found]]
  if (mapped === 'pass') return []
  return [[EXIT.done, `warning: ${found}; it is not proven to have become worse at all (--inconclusive ${mapped})`]]
}

function isEmpty(metrics: readonly MetricVerdict[], mapped: Inconclusive | null): boolean {
  return (
    metrics.length === 0 || metrics.some((one) => one.pairs === 0 || (mapped === 'fail-on-drop' && isUntested(one)))
  )
}

/**
 * Whether nothing came of the comparison. A night that is let through because no drop is proven must have had the chance to
 * prove one: copies of the baseline's answers and a run that was broken off have not.
 */
function isUntested({ pairs, withheld }: MetricVerdict): boolean {
  return pairs === 0 || withheld === 'copies' || withheld === 'incomplete'
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
