/** The verdicts of a run that is looked at row by row, and what stopping has saved. */
import { plural } from '../lib/text.ts'
import { formatUsd, parseUsd, ZERO_USD } from '../lib/usd.ts'
import { RunningMean } from '../stats/interval.ts'
import { type Matched, placeOf } from './matched.ts'
import type { PlannedTrials } from './planned.ts'
import type { Rows } from './rows.ts'
import { SequentialWalk, type WalkResult } from './sequential.ts'
import type { GateDesignAsked, MetricVerdict, Saving, Side } from './types.ts'

/** Walks every model × prompt in the order that was fixed before the first answer. */
export function sequentialVerdicts(
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
      .map((result) => sequentialVerdict(result, { group, baseline }, { ...design, family, epochs: planned.epochs }))
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
  { alpha, family, epochs }: GateDesignAsked & { readonly family: number; readonly epochs: number },
): MetricVerdict {
  const { metric, process, units, pairs, missingCandidate, missingBaseline, missing } = result
  const sign = metric.kind === 'failures' ? -1 : 1
  const { low, high } = process.interval()
  const [mean, needed] = [process.mean, process.verdict === null ? process.unitsToSettle() : 0]
  return {
    ...placeOf(metric, { candidate: group.rows, baseline: baseline.rows }),
    verdict: process.verdict ?? 'INCONCLUSIVE',
    withheld: null,
    pairs,
    samples: Math.round((pairs + missing) / epochs),
    clusters: units,
    missingCandidate,
    missingBaseline,
    missing,
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
    // Units may be clusters of several samples.
    rowsToSettle:
      needed === null || needed === 0 || units === 0
        ? null
        : Math.ceil(((units + needed) * (pairs + missing)) / units / epochs),
    flags: [
      ...(pairs === 0 ? ['no pairs'] : []),
      ...(missing > 0 ? [`${plural(missing, 'value')} missing: each counts against the verdict`] : []),
    ],
  }
}

/** Rows used, and trials that were never sent. */
export function savingOf({ facts, groups }: Side, metrics: readonly MetricVerdict[]): Saving {
  const asked = groups.reduce((sum, { rows }) => sum + rows.size, 0)
  const costs = new RunningMean()
  for (const { rows } of groups) {
    const cost = rows.reader('cost')
    for (let row = 0; row < rows.size; row++) if (!Number.isNaN(cost(row))) costs.add(cost(row))
  }
  const trialsSaved = Math.max(0, facts.planned * groups.length - asked)
  return {
    rowsUsed: Math.max(0, ...metrics.map(({ pairs, missing }) => pairs + missing)),
    rowsPlanned: facts.planned,
    trialsSaved,
    savedUsd: costs.mean === null ? null : formatUsd(parseUsd((costs.mean * trialsSaved).toFixed(9)) ?? ZERO_USD),
  }
}
