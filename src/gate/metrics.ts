/** What may a gate look at, and how much worse may it get? `--metric name[=margin]`. */
import { UserError } from '../lib/errors.ts'
import { didYouMean } from '../lib/suggest.ts'
import { oneLine } from '../lib/text.ts'
import { scoreColumn } from './rows.ts'
import type { MetricAsked, MetricKind, SideFacts } from './types.ts'

/** Metrics that every run has; the others are `score:<label>`. */
const KINDS: Readonly<Record<string, MetricKind>> = {
  pass_rate: 'quality',
  failures: 'failures',
  cost: 'amount',
  tokens: 'amount',
  latency_p50: 'percentile',
  latency_p95: 'percentile',
}

const SCORE = scoreColumn('')

/** Which percentile of the latency, 0..1; undefined for a metric that is none. */
export function percentileOf({ name }: MetricAsked): number | undefined {
  const digits = /^latency_p(\d+)$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits) / 100
}

/** The column of rows that the metric is made of. */
export function columnOf(metric: MetricAsked): string {
  return percentileOf(metric) === undefined ? metric.name : 'latency'
}

/** Values are bounded, so that they may be looked at after every row. */
export function isBounded({ kind }: MetricAsked): boolean {
  return kind === 'quality' || kind === 'failures'
}

/** Reads what was asked; the pass rate unless anything was. Throws UserError. */
export function parseMetrics(asked: readonly string[] | undefined, maxDrop: number | undefined): MetricAsked[] {
  const metrics = (asked ?? ['pass_rate']).map((one) => parseMetric(one, maxDrop))
  const names = metrics.map(({ name }) => name)
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated !== undefined) throw new UserError(`--metric ${repeated} is given twice. Leave one out.`)
  return metrics
}

function parseMetric(asked: string, maxDrop: number | undefined): MetricAsked {
  const { name, written } = split(asked)
  const kind = name.startsWith(SCORE) && name.length > SCORE.length ? 'quality' : KINDS[name]
  if (kind === undefined) {
    throw new UserError(
      `--metric ${oneLine(asked, 120)}: there is no such metric.${didYouMean(name, [...Object.keys(KINDS), SCORE])} ` +
        `Expected ${Object.keys(KINDS).join(', ')} or score:<label>, each with a margin of its own behind = if it likes.`,
    )
  }
  const margin = written === undefined ? maxDrop : marginOf(asked, written)
  if (margin === undefined) {
    throw new UserError(
      `--metric ${oneLine(asked, 120)}: how much worse may it get? Give --max-drop 0.02, or a margin of its own: --metric ${oneLine(name, 100)}=0.02.`,
    )
  }
  if (margin <= 0 || (kind !== 'amount' && kind !== 'percentile' && margin >= 1)) {
    throw new UserError(
      `${written === undefined ? '--max-drop' : `--metric ${oneLine(asked, 120)}`}: a margin of ${margin}; expected a share above 0 and below 1, such as 0.02 or 2%. ` +
        (margin <= 0
          ? 'No number of rows can prove that nothing at all has changed.'
          : `Everything would pass.${margin < 100 ? ` Did you mean ${margin}%?` : ''}`),
    )
  }
  return { name, kind, margin }
}

/** Labels of scorers may have an equals sign: a margin is what reads as a number behind the last one. */
function split(asked: string): { name: string; written: string | undefined } {
  const at = asked.lastIndexOf('=')
  const written = asked.slice(at + 1)
  if (at < 0 || (asked.startsWith(SCORE) && !/^\s*[\d.]+\s*%?\s*$/.test(written))) {
    return { name: asked.trim(), written: undefined }
  }
  return { name: asked.slice(0, at).trim(), written }
}

/** A share such as 0.02 or 2%; rises of an amount may be above 1. */
function marginOf(asked: string, written: string): number {
  const match = /^\s*(\d+\.?\d*|\.\d+)\s*(%?)\s*$/.exec(written)
  if (match === null) {
    throw new UserError(
      `--metric ${oneLine(asked, 120)}: expected a margin such as 0.02 or 2% behind =, found "${oneLine(written, 40)}".`,
    )
  }
  return Number(match[1]) / (match[2] === '%' ? 100 : 1)
}

/** Throws UserError, naming what there is, when a side has no such score. */
export function requireColumns(metrics: readonly MetricAsked[], columns: readonly string[], where: string): void {
  const scores = columns.filter((column) => column.startsWith(SCORE))
  for (const { name } of metrics) {
    if (!name.startsWith(SCORE) || scores.includes(name)) continue
    throw new UserError(
      `--metric ${oneLine(name, 120)}: ${where} has no such score.${didYouMean(name, scores)} It has ${oneLine(scores.join(', ') || 'none', 300)}.`,
    )
  }
}

/**
 * A percentile of means is no percentile of answers: pooled runs and epochs would be compared with something else. Throws
 * UserError.
 */
export function requirePlainLatency(metrics: readonly MetricAsked[], candidate: SideFacts, baseline: SideFacts): void {
  const asked = metrics.find((metric) => percentileOf(metric) !== undefined)
  if (asked === undefined) return
  const isPlain = (facts: SideFacts): boolean => facts.epochs === 1 && facts.runIds.length === 1
  if (isPlain(candidate) && isPlain(baseline)) return
  throw new UserError(
    `--metric ${asked.name}: percentiles are compared between two runs of one epoch each; a baseline of several runs, and several epochs, ` +
      'have one mean for each row. Name one run as --baseline for it, with assay gate.',
  )
}
