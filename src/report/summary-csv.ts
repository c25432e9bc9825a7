/** summary.csv: one line per model × prompt × slice × metric. */
import { stringify } from 'csv-stringify/sync'
import type { Estimate, GroupSummary, Percentiles, Summary } from '../stats/types.ts'
import type { Reporter } from './types.ts'

export const summaryReporter: Reporter = {
  name: 'summary',
  about: 'One line per model, prompt, slice and metric, with interval and method',
  file: 'summary.csv',
  render: ({ summary, timings }) => [summaryCsv(summary, timings)],
}

const HEADER = [
  'model',
  'prompt',
  'slice',
  'metric',
  'value',
  'unit',
  'low',
  'high',
  'confidence',
  'method',
  'n',
  'planned',
  'simulated',
  'units',
]

/** What stands behind a value: all of an estimate but the value itself, which may be known more exactly. */
type Behind = Omit<Estimate, 'value'>

/** The figure of one line. Unknown is empty, never 0. */
interface Metric {
  readonly name: string
  readonly value: string | number | null
  readonly unit: string
  readonly n: number
  readonly interval?: Behind
  /** Differs between two runs with equal answers: blank without timings. */
  readonly depends?: 'on events'
}

export function summaryCsv(summary: Summary, timings: boolean): string {
  const lines = [...summary.groups, ...summary.slices].flatMap((group) =>
    metricsOf(group).map((metric) => {
      const hidden = metric.depends === 'on events' && !timings
      const interval = hidden ? undefined : metric.interval
      return [
        group.model,
        group.prompt,
        group.slice,
        metric.name,
        cell(hidden ? null : metric.value, metric.unit),
        metric.unit,
        cell(interval?.low ?? null, metric.unit),
        cell(interval?.high ?? null, metric.unit),
        interval === undefined ? '' : String(summary.confidence),
        interval?.method ?? '',
        String(metric.n),
        String(group.planned),
        String(summary.simulated),
        interval?.units === undefined ? '' : String(interval.units),
      ]
    }),
  )
  return stringify([HEADER, ...lines])
}

function metricsOf(group: GroupSummary): Metric[] {
  const settled = group.completed + group.failed
  const count = (name: string, value: number, n = group.planned): Metric => ({ name, value, unit: 'trials', n })
  const tokens = (name: string, value: number): Metric => ({ name, value, unit: 'tokens', n: group.completed })
  const rate = (name: string, value: number): Metric => ({ name, value, unit: 'share', n: group.planned })
  const usd = (name: string, value: string | null, n: number): Metric => ({ name, value, unit: 'USD', n })
  const { perAnswer, per1000, perCorrect } = group.meanCostUsd
  return [
    estimated('pass_rate', 'share', group.passRate),
    rate('pass_rate_if_unscored_failed', group.passRateBounds.low),
    rate('pass_rate_if_unscored_passed', group.passRateBounds.high),
    ...differenceMetrics(group),
    ...Object.entries(group.scores).map(([label, mean]) => estimated(`score:${label}`, 'share', mean)),
    ...reducedMetrics(group),
    ...Object.entries(group.metrics).flatMap(([label, { figures }]) =>
      Object.entries(figures).map(([name, figure]) => estimated(`metric:${label}:${name}`, '', figure)),
    ),
    ...calibrationMetrics(group),
    count('completed', group.completed),
    count('failed', group.failed),
    estimated('failed_share', 'share', group.failedShare),
    count('skipped', group.skipped),
    count('truncated', group.truncated, group.completed),
    estimated('truncated_share', 'share', group.truncatedShare),
    count('empty_outputs', group.emptyOutputs, group.completed),
    estimated('empty_share', 'share', group.emptyShare),
    count('cached_answers', group.cachedAnswers, group.completed),
    ...Object.entries(group.errorKinds).map(([kind, failed]) => count(`failed:${kind}`, failed)),
    count('unjudged', group.unjudged, group.completed),
    usd('judge_cost', group.judgeCostUsd, group.completed - group.judgeCostUnknown),
    usd('cost', group.costUsd, group.completed - group.costUnknown),
    estimated('cost_per_answer', 'USD', perAnswer),
    usd('cache_saved', group.cacheSavedUsd, group.cachedAnswers),
    { ...usd('retry_cost', group.retryCostUsd, settled), depends: 'on events' },
    { ...usd('cost_per_correct', group.costPerCorrectUsd, settled), interval: perCorrect, depends: 'on events' },
    { ...usd('cost_per_1000', group.costPer1000Usd, settled), interval: per1000, depends: 'on events' },
    tokens('prompt_tokens', group.promptTokens),
    tokens('completion_tokens', group.completionTokens),
    tokens('reasoning_tokens', group.reasoningTokens),
    tokens('cached_tokens', group.cachedTokens),
    ...Object.entries(group.tokensPerAnswer).map(([kind, mean]) =>
      estimated(`${kind}_tokens_per_answer`, 'tokens', mean),
    ),
    { name: 'attempts', value: group.attempts, unit: 'attempts', n: settled, depends: 'on events' },
    ...percentiles('ttft', group.ttftMs),
    ...percentiles('latency', group.latencyMs),
  ]
}

function estimated(name: string, unit: string, estimate: Estimate): Metric {
  return { name, value: estimate.value, unit, n: estimate.n, interval: estimate }
}

/** How far a slice is from the rows outside it, and how likely that is by chance. */
function differenceMetrics({ differsFromRest, scored }: GroupSummary): Metric[] {
  if (differsFromRest === null) return []
  const { difference, low, high, method, pAdjusted, test, slices } = differsFromRest
  const behind = { low: null, high: null, n: scored }
  return [
    estimated('pass_rate_minus_rest', 'share', { ...behind, value: difference, low, high, method }),
    estimated('p_differs_from_rest', '', { ...behind, value: pAdjusted, method: `${test}, holm over ${slices}` }),
  ]
}

function reducedMetrics({ reduced, reducedScores }: GroupSummary): Metric[] {
  return [
    ...Object.entries(reduced).map(([reducer, estimate]) => estimated(`pass_rate:${reducer}`, 'share', estimate)),
    ...Object.entries(reducedScores).flatMap(([label, byReducer]) =>
      Object.entries(byReducer).map(([reducer, estimate]) => estimated(`score:${label}:${reducer}`, 'share', estimate)),
    ),
  ]
}

/** The pass rate as people would have it, and how well the scorers agree with them. */
function calibrationMetrics({ calibration }: GroupSummary): Metric[] {
  if (calibration === null) return []
  const { corrected, human, agreement, kappa, alpha, sensitivity, specificity } = calibration
  const figures = {
    pass_rate_corrected: corrected,
    pass_rate_by_people: human,
    human_agreement: agreement,
    human_kappa: kappa,
    human_alpha: alpha,
    human_sensitivity: sensitivity,
    human_specificity: specificity,
  }
  return Object.entries(figures).map(([name, estimate]) =>
    estimated(name, name === 'human_kappa' || name === 'human_alpha' ? '' : 'share', estimate),
  )
}

function percentiles(name: string, { p50, p95, p99 }: Percentiles): Metric[] {
  const metric = (suffix: string, estimate: Estimate): Metric => ({
    ...estimated(`${name}_${suffix}`, 'ms', estimate),
    depends: 'on events',
  })
  return [metric('p50', p50), metric('p95', p95), metric('p99', p99)]
}

/** Shares to six decimals, dollars to twelve; whole numbers and decimal USD as they are. */
function cell(value: string | number | null, unit: string): string {
  if (value === null) return ''
  if (typeof value === 'string' || Number.isInteger(value)) return String(value)
  return value.toFixed(unit === 'USD' ? 12 : 6).replace(/\.?0+$/, '')
}
