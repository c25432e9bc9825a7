/** A run against its baseline: pairs → tests → verdict by model, prompt and metric, and the one that counts. */
import { canonicalJson, sha256 } from '../lib/hash.ts'
import { formatUsd, parseUsd } from '../lib/usd.ts'
import { plural } from '../lib/text.ts'
import { holm } from '../stats/multiplicity.ts'
import { matchGroups, requireComparable } from './compatible.ts'
import { type FixedResult, fixedResult } from './fixed.ts'
import { columnOf, requireColumns } from './metrics.ts'
import { mixShift } from './mix.ts'
import { pairRows, type Pairs, type PairedValues, valuesOf } from './pairs.ts'
import type { PlannedTrials } from './planned.ts'
import type { Rows } from './rows.ts'
import { SequentialWalk, type WalkResult } from './sequential.ts'
import type {
  GateDesignAsked,
  GateReport,
  MetricAsked,
  MetricVerdict,
  Saving,
  ServedBy,
  Side,
  SideGroup,
  VerdictWord,
} from './types.ts'

/** Missing beyond this share of the pairs, PASS has to hold even if all of them were the worst. */
const FEW_MISSING = 0.02

/** A baseline of fewer runs carries its own luck into every night. */
const ENOUGH_RUNS = 5

export interface GateInputs {
  readonly candidate: Side
  readonly baseline: Side
  readonly design: GateDesignAsked
  /** What the candidate was to ask, in its order: needed for a sequential design. */
  readonly planned: PlannedTrials
}

/** Throws UserError where the two cannot be compared. */
export function judge({ candidate, baseline, design, planned }: GateInputs): GateReport {
  const notes = requireComparable(candidate.facts, baseline.facts)
  const matched = candidate.groups.flatMap((group) =>
    matchGroups([group.rows], baseline).map(({ baseline: against }): Matched => ({ group, baseline: against })),
  )
  for (const { group, baseline: against } of matched) {
    requireColumns(design.metrics, group.rows.columns, `the run ${candidate.facts.name}`)
    requireColumns(design.metrics, against.rows.columns, `the baseline ${baseline.facts.name}`)
  }
  const metrics = design.sequential ? sequentialVerdicts(matched, design, planned) : fixedVerdicts(matched, design)
  return {
    formatVersion: 1,
    verdict: overall(metrics),
    candidate: { name: candidate.facts.name, runIds: candidate.facts.runIds },
    baseline: { name: baseline.facts.name, runIds: baseline.facts.runIds },
    simulated: candidate.facts.simulated,
    design,
    designHash: designHash(design, baseline),
    metrics,
    saving: design.sequential ? savingOf(candidate, metrics) : null,
    notes: [
      ...notes,
      ...matched.flatMap(({ group, baseline: against }) =>
        mixShift(group.servedBy, servedAs(group.rows, against)).map((shift) => `${group.rows.model}: ${shift}`),
      ),
      ...(baseline.facts.runIds.length < ENOUGH_RUNS
        ? [
            `the baseline is ${plural(baseline.facts.runIds.length, 'run')}: its own luck is in every verdict until ${ENOUGH_RUNS} or more are pooled`,
          ]
        : []),
    ],
  }
}

/** Another model is served by another name, which is no news. */
function servedAs({ model }: Rows, { rows, servedBy }: SideGroup): ServedBy {
  return rows.model === model ? servedBy : { ...servedBy, models: {} }
}

/** A model × prompt of the candidate, and the one that it is compared with. */
interface Matched {
  readonly group: SideGroup
  readonly baseline: SideGroup
}

/** One REGRESSION is one; PASS takes all. */
export function overall(metrics: readonly MetricVerdict[]): VerdictWord {
  if (metrics.some(({ verdict }) => verdict === 'REGRESSION')) return 'REGRESSION'
  return metrics.length > 0 && metrics.every(({ verdict }) => verdict === 'PASS') ? 'PASS' : 'INCONCLUSIVE'
}

function fixedVerdicts(matched: readonly Matched[], design: GateDesignAsked): MetricVerdict[] {
  const results = matched.flatMap(({ group, baseline }) => {
    const pairs = pairRows(group.rows, baseline.rows)
    return design.metrics.map((metric) => {
      const values = valuesOf(pairs, columnOf(metric))
      const label = `${design.seed}|bootstrap|${metric.name}|${group.rows.model}|${group.rows.prompt}`
      return { metric, pairs, values, result: fixedResult(values, metric, { ...design, label }) }
    })
  })
  const adjusted = holm(results.map(({ result }) => result.pRegression))
  return results.map((tested, index) => fixedVerdict(tested, adjusted[index] ?? 1, design.alpha))
}

interface Tested {
  readonly metric: MetricAsked
  readonly pairs: Pairs
  readonly values: PairedValues
  readonly result: FixedResult
}

function fixedVerdict({ metric, pairs, values, result }: Tested, pRegression: number, alpha: number): MetricVerdict {
  const { pPassAtWorst: _worst, pAnyDrop, ...numbers } = result
  return {
    ...placeOf(metric, pairs),
    ...countsOf(values),
    ...numbers,
    verdict: wordOf(result, pRegression, values, alpha),
    confidence: 1 - 2 * alpha,
    pRegression,
    isDropProven: pAnyDrop < alpha,
    flags: [...result.flags, ...missingFlags(result, values, alpha)],
  }
}

/** The verdict when all rows are in; `pRegression` is adjusted for the family already. */
export function wordOf(
  { pPass, pPassAtWorst }: FixedResult,
  pRegression: number,
  values: PairedValues,
  alpha: number,
): VerdictWord {
  if (pRegression < alpha) return 'REGRESSION'
  const isPass = pPass < alpha && (missingShare(values) <= FEW_MISSING || pPassAtWorst < alpha)
  return isPass ? 'PASS' : 'INCONCLUSIVE'
}

function missingShare({ pairs, missingCandidate, missingBaseline }: PairedValues): number {
  const missing = missingCandidate + missingBaseline
  return missing === 0 ? 0 : missing / (pairs + missing)
}

function missingFlags({ pPass, pPassAtWorst }: FixedResult, values: PairedValues, alpha: number): string[] {
  if (missingShare(values) <= FEW_MISSING) return []
  const missing = plural(values.missingCandidate + values.missingBaseline, 'value')
  return pPass < alpha && pPassAtWorst >= alpha
    ? [`${missing} missing: it would pass without them, and might not with them`]
    : [`${missing} missing`]
}

function placeOf(
  metric: MetricAsked,
  { candidate, baseline }: Pick<Pairs, 'candidate' | 'baseline'>,
): Pick<MetricVerdict, 'metric' | 'model' | 'prompt' | 'against'> {
  return { metric, model: candidate.model, prompt: candidate.prompt, against: againstText(candidate, baseline) }
}

/** Empty where model and prompt have the same names. */
function againstText(candidate: Rows, baseline: Rows): string {
  return [
    ...(candidate.model === baseline.model ? [] : [baseline.model]),
    ...(candidate.prompt === baseline.prompt ? [] : [`prompt ${baseline.prompt}`]),
  ].join(', ')
}

function countsOf(values: PairedValues): Pick<MetricVerdict, keyof CountsOnly> {
  const { pairs, samples, clusters, missingCandidate, missingBaseline, onlyCandidate, onlyBaseline } = values
  return { pairs, samples, clusters, missingCandidate, missingBaseline, onlyCandidate, onlyBaseline }
}

type CountsOnly = Pick<
  PairedValues,
  'pairs' | 'samples' | 'clusters' | 'missingCandidate' | 'missingBaseline' | 'onlyCandidate' | 'onlyBaseline'
>

function sequentialVerdicts(
  matched: readonly Matched[],
  design: GateDesignAsked,
  planned: PlannedTrials,
): MetricVerdict[] {
  const rows = planned.rowsOf(matched.flatMap(({ group, baseline }) => [group.rows, baseline.rows]))
  const family = design.metrics.length * matched.length
  return matched.flatMap(({ group, baseline }, index) => {
    const [candidateRows, baselineRows] = [rows[2 * index], rows[2 * index + 1]]
    if (candidateRows === undefined || baselineRows === undefined) return []
    const walk = new SequentialWalk(planned, baseline.rows, baselineRows, { ...design, family })
    walkRows(walk, group.rows, candidateRows, planned.epochs)
    return walk
      .results()
      .map((result) => sequentialVerdict(result, { group, baseline }, { ...design, family }))
  })
}

/** What the run has settled; the walk itself stops at the first trial that it has not. */
function walkRows(walk: SequentialWalk, rows: Rows, candidateRows: Int32Array, epochs: number): void {
  for (const [index, row] of candidateRows.entries()) {
    if (walk.isDecided) return
    if (row >= 0) walk.settle(Math.floor(index / epochs), (index % epochs) + 1, rows.valuesAt(row))
  }
}

function sequentialVerdict(
  result: WalkResult,
  { group, baseline }: Matched,
  { alpha, family }: GateDesignAsked & { readonly family: number },
): MetricVerdict {
  const { metric, process, units, pairs, missingCandidate, missingBaseline } = result
  const sign = metric.kind === 'failures' ? -1 : 1
  const { low, high } = process.interval()
  const [mean, needed] = [process.mean, process.verdict === null ? process.unitsToSettle() : 0]
  return {
    ...placeOf(metric, { candidate: group.rows, baseline: baseline.rows }),
    verdict: process.verdict ?? 'INCONCLUSIVE',
    pairs,
    samples: units,
    clusters: units,
    missingCandidate,
    missingBaseline,
    onlyCandidate: 0,
    onlyBaseline: 0,
    baseline: result.baseline,
    candidate: result.candidate,
    difference: mean === null ? null : sign * mean,
    low: sign > 0 ? low : -high,
    high: sign > 0 ? high : -low,
    confidence: 1 - alpha - alpha / family,
    method: 'e-process',
    pRegression: null,
    pPass: null,
    isDropProven: process.isDropProven,
    worstCase: null,
    minimumDetectable: null,
    rowsToSettle: needed === null || needed === 0 ? null : units + needed,
    flags: [
      ...(pairs === 0 ? ['no pairs'] : []),
      ...(missingCandidate + missingBaseline > 0
        ? [`${plural(missingCandidate + missingBaseline, 'value')} missing: each counts against the verdict`]
        : []),
    ],
  }
}

function savingOf({ facts, groups }: Side, metrics: readonly MetricVerdict[]): Saving {
  const asked = groups.reduce((sum, { rows }) => sum + rows.size, 0)
  const planned = facts.planned * groups.length
  const costs = groups.flatMap(({ rows }) => Array.from({ length: rows.size }, (_, row) => rows.value('cost', row)))
  const known = costs.filter((cost) => !Number.isNaN(cost))
  const meanUsd = known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0) / known.length
  const trialsSaved = Math.max(0, planned - asked)
  return {
    rowsUsed: Math.max(
      0,
      ...metrics.map(({ pairs, missingCandidate, missingBaseline }) => pairs + missingCandidate + missingBaseline),
    ),
    rowsPlanned: facts.planned,
    trialsSaved,
    savedUsd: meanUsd === null ? null : formatUsd(parseUsd((meanUsd * trialsSaved).toFixed(9)) ?? 0n),
  }
}

function designHash(design: GateDesignAsked, { facts }: Side): string {
  const parts = canonicalJson({
    design,
    baseline: facts.runIds,
    version: facts.dataset.version,
    scoring: facts.scoring.key,
  })
  return sha256(parts).slice(0, 16)
}
