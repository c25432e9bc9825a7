/** A run against its baseline: pairs → tests → verdict by model, prompt and metric, and the one that counts. */
import { canonicalJson, sha256 } from '../lib/hash.ts'
import { plural } from '../lib/text.ts'
import { groupAgainst, requireComparable } from './compatible.ts'
import { fixedVerdicts } from './fixed-verdicts.ts'
import type { Matched } from './matched.ts'
import { requireColumns } from './metrics.ts'
import { mixShift } from './mix.ts'
import type { PlannedTrials } from './planned.ts'
import type { Rows } from './rows.ts'
import { savingOf, sequentialVerdicts } from './sequential-verdicts.ts'
import type { GateDesignAsked, GateReport, MetricVerdict, ServedBy, Side, SideGroup, VerdictWord } from './types.ts'
import { copyNotes, withheld } from './withheld.ts'

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
  const matched = candidate.groups.map((group): Matched => ({ group, baseline: groupAgainst(group.rows, baseline) }))
  for (const { group, baseline: against } of matched) {
    requireColumns(design.metrics, group.rows.columns, `the run ${candidate.facts.name}`)
    requireColumns(design.metrics, against.rows.columns, `the baseline ${baseline.facts.name}`)
  }
  const found = design.sequential ? sequentialVerdicts(matched, design, planned) : fixedVerdicts(matched, design)
  const metrics = found.map((one, index) => {
    const group = matched[Math.floor(index / design.metrics.length)]?.group
    return group === undefined ? one : withheld(one, group, baseline, candidate.facts.planned)
  })
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
      ...matched.flatMap(({ group }) => copyNotes(group, baseline)),
      ...(baseline.groups.some(({ rows }) => rows.size < baseline.facts.planned)
        ? [
            'the baseline was not asked all of its trials: where it was stopped by what it showed, that shows here as well',
          ]
        : []),
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

/** One REGRESSION is one; PASS takes all. */
function overall(metrics: readonly MetricVerdict[]): VerdictWord {
  if (metrics.some(({ verdict }) => verdict === 'REGRESSION')) return 'REGRESSION'
  return metrics.length > 0 && metrics.every(({ verdict }) => verdict === 'PASS') ? 'PASS' : 'INCONCLUSIVE'
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
