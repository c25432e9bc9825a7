/** summary.csv: one line per model × prompt × slice × metric. */
import { stringify } from 'csv-stringify/sync'
import type { Estimate, GroupSummary, Percentiles, Summary } from '../stats/types.ts'

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
]

/** The figure of one line. Unknown is empty, never 0. */
interface Metric {
  readonly name: string
  readonly value: string | number | null
  readonly unit: string
  readonly n: number
  readonly interval?: Estimate
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
        cell(hidden ? null : metric.value),
        metric.unit,
        cell(interval?.low ?? null),
        cell(interval?.high ?? null),
        interval === undefined ? '' : String(summary.confidence),
        interval?.method ?? '',
        String(metric.n),
        String(group.planned),
        String(summary.simulated),
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
  return [
    { name: 'pass_rate', value: group.passRate.value, unit: 'share', n: group.scored, interval: group.passRate },
    rate('pass_rate_if_unscored_failed', group.passRateBounds.low),
    rate('pass_rate_if_unscored_passed', group.passRateBounds.high),
    ...Object.entries(group.scores).map(
      ([label, mean]): Metric => ({
        name: `score:${label}`,
        value: mean.value,
        unit: 'share',
        n: mean.n,
        interval: mean,
      }),
    ),
    ...reducedMetrics(group),
    ...Object.entries(group.metrics).flatMap(([label, { figures, n }]) =>
      Object.entries(figures).map(([name, value]): Metric => ({ name: `metric:${label}:${name}`, value, unit: '', n })),
    ),
    ...calibrationMetrics(group),
    count('completed', group.completed),
    count('failed', group.failed),
    count('skipped', group.skipped),
    count('truncated', group.truncated, group.completed),
    count('empty_outputs', group.emptyOutputs, group.completed),
    count('cached_answers', group.cachedAnswers, group.completed),
    ...Object.entries(group.errorKinds).map(([kind, failed]) => count(`failed:${kind}`, failed)),
    count('unjudged', group.unjudged, group.completed),
    usd('judge_cost', group.judgeCostUsd, group.completed - group.judgeCostUnknown),
    usd('cost', group.costUsd, group.completed - group.costUnknown),
    usd('cache_saved', group.cacheSavedUsd, group.cachedAnswers),
    { ...usd('retry_cost', group.retryCostUsd, settled), depends: 'on events' },
    { ...usd('cost_per_correct', group.costPerCorrectUsd, group.passed), depends: 'on events' },
    { ...usd('cost_per_1000', group.costPer1000Usd, settled), depends: 'on events' },
    tokens('prompt_tokens', group.promptTokens),
    tokens('completion_tokens', group.completionTokens),
    tokens('reasoning_tokens', group.reasoningTokens),
    tokens('cached_tokens', group.cachedTokens),
    { name: 'attempts', value: group.attempts, unit: 'attempts', n: settled, depends: 'on events' },
    ...percentiles('ttft', group.ttftMs),
    ...percentiles('latency', group.latencyMs),
  ]
}

function reducedMetrics({ reduced, reducedScores }: GroupSummary): Metric[] {
  const share = (name: string, interval: Estimate): Metric => ({
    name,
    value: interval.value,
    unit: 'share',
    n: interval.n,
    interval,
  })
  return [
    ...Object.entries(reduced).map(([reducer, estimate]) => share(`pass_rate:${reducer}`, estimate)),
    ...Object.entries(reducedScores).flatMap(([label, byReducer]) =>
      Object.entries(byReducer).map(([reducer, estimate]) => share(`score:${label}:${reducer}`, estimate)),
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
  return Object.entries(figures).map(([name, interval]) => ({
    name,
    value: interval.value,
    unit: name === 'human_kappa' || name === 'human_alpha' ? '' : 'share',
    n: interval.n,
    interval,
  }))
}

function percentiles(name: string, { p50, p95, p99 }: Percentiles): Metric[] {
  const metric = (suffix: string, interval: Estimate): Metric => ({
    name: `${name}_${suffix}`,
    value: interval.value,
    unit: 'ms',
    n: interval.n,
    interval,
    depends: 'on events',
  })
  return [metric('p50', p50), metric('p95', p95), metric('p99', p99)]
}

/** Shares to six decimals; whole numbers and decimal USD as they are. */
function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'string' || Number.isInteger(value)) return String(value)
  return value.toFixed(6).replace(/\.?0+$/, '')
}
