/** What does a run leave in the history? The figures that are worth following from night to night. */
import type { Manifest, ManifestScoring } from '../../journal/types.ts'
import { key128 } from '../../lib/hash.ts'
import type { Estimate, GroupSummary, Summary } from '../../stats/types.ts'
import type { HistoryLine } from './types.ts'

/** One line per model × prompt × metric; none for a run that has answered nothing. */
export function linesOfRun(summary: Summary, manifest: Manifest): HistoryLine[] {
  const scoring = manifest.scorings.at(-1)
  if (summary.completed + summary.failed === 0 || scoring === undefined) return []
  const { dataset } = manifest
  const run = {
    runId: manifest.runId,
    startedAt: manifest.startedAt,
    dataset: dataset.name,
    datasetVersion: dataset.version ?? dataset.sha256 ?? '',
    scoring: scoringIdentity(scoring),
    scorers: scoring.scorers.join(', '),
    // A simulator that serves alone is known by its answers.
    simulated: manifest.simulated || summary.simulated,
    gitCommit: manifest.gitCommit,
  }
  const lines: HistoryLine[] = []
  for (const group of summary.groups) {
    const { model, prompt, planned } = group
    const promptId = manifest.prompts.find(({ name }) => name === prompt)?.id ?? ''
    for (const [metric, { value, low, high, method, n }] of figuresOf(group)) {
      const isLimited = low !== null || high !== null
      const limits = isLimited ? { confidence: summary.confidence, method } : { confidence: null, method: '' }
      const verdict = verdictOf(summary, group, metric)
      lines.push({ ...run, prompt, promptId, model, metric, value, low, high, ...limits, n, planned, verdict })
    }
  }
  return lines
}

/** Metrics of the gate by the names that it has for them, then what else tells of a change. */
function figuresOf(group: GroupSummary): [string, Estimate][] {
  const { prompt, completion } = group.tokensPerAnswer
  const tokens = prompt.value === null || completion.value === null ? null : prompt.value + completion.value
  return [
    ['pass_rate', group.passRate],
    ...Object.entries(group.scores).map(([label, mean]): [string, Estimate] => [`score:${label}`, mean]),
    ...Object.entries(group.metrics).flatMap(([label, { figures }]) =>
      Object.entries(figures).map(([name, figure]): [string, Estimate] => [`metric:${label}:${name}`, figure]),
    ),
    ['failures', group.failedShare],
    ['truncated', group.truncatedShare],
    ['cost', group.meanCostUsd.perAnswer],
    ['cost_per_correct', group.meanCostUsd.perCorrect],
    ['tokens', { value: tokens, low: null, high: null, n: Math.min(prompt.n, completion.n), method: '' }],
    ['ttft_p50', group.ttftMs.p50],
    ['latency_p50', group.latencyMs.p50],
    ['latency_p95', group.latencyMs.p95],
  ]
}

function verdictOf({ gate }: Summary, { model, prompt }: GroupSummary, metric: string): HistoryLine['verdict'] {
  const found = gate?.metrics.find((one) => one.model === model && one.prompt === prompt && one.metric.name === metric)
  return found?.verdict ?? null
}

/**
 * Equal for equal scorers, judges, weights and thresholds. Scorers whose code nobody can know are taken at their names: their key
 * is another one each night.
 */
export function scoringIdentity({
  key,
  codeUnknown,
  scorers,
  judges,
  weight,
  threshold,
  combine,
}: ManifestScoring): string {
  if (key !== undefined && (codeUnknown ?? []).length === 0) return key
  return key128(JSON.stringify(['scoring by name', scorers, judges, weight ?? {}, threshold ?? {}, combine ?? 'all']))
}
