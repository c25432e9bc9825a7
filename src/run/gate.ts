/** Is this run worse than its baseline? Loaded and checked before anything is sent, told while it goes on, judged at its end. */
import type { Settings } from '../config/types.ts'
import { loadBaseline } from '../gate/baseline/load.ts'
import { groupAgainst, requireComparable } from '../gate/compatible.ts'
import { judge } from '../gate/gate.ts'
import { requireColumns, requirePlainLatency } from '../gate/metrics.ts'
import { type PlannedTrials, plannedTrials } from '../gate/planned.ts'
import { rowOfLine, scoreColumn } from '../gate/rows.ts'
import { SequentialWalk } from '../gate/sequential.ts'
import { factsOfRun, readSide } from '../gate/side.ts'
import type { GateDesignAsked, GateReport, Side } from '../gate/types.ts'
import type { Manifest } from '../journal/types.ts'
import { UserError } from '../lib/errors.ts'
import type { Trial } from '../plan/types.ts'
import { draftManifest, scoringOf } from './manifest.ts'
import type { Prepared } from './prepare.ts'
import type { PreviousRun } from '../journal/find-run.ts'
import type { StopRule } from './stop-rule.ts'

export interface RunGate {
  /** Null: every trial is asked, and the verdict comes at the end. */
  readonly stopRule: StopRule | null
  /** The runs of the baseline, by id. */
  readonly baselineRuns: readonly string[]
  /** Reads what the run has come to. Rejects with UserError where that cannot be compared: nothing was scored. */
  report(dir: string, manifest: Manifest): Promise<GateReport>
}

interface GateIo {
  readonly cwd: string
  readonly interrupt: AbortSignal
  readonly clock: { wallTime(): Date }
}

/** Null without --baseline. Throws UserError where no verdict could come of it, before anything is sent. */
export async function openGate(
  prepared: Prepared,
  settings: Settings,
  previous: PreviousRun | null,
  io: GateIo,
): Promise<RunGate | null> {
  const { gate } = settings
  if (gate.baselines.length === 0 || settings.scoreOnly) return null
  const draft = await draftManifest(prepared, settings, io.cwd)
  const baseline = await loadBaseline(gate.baselines, {
    cwd: io.cwd,
    signal: io.interrupt,
    dataset: draft.dataset.name,
    simulated: draft.simulated,
    ...(previous === null ? {} : { exclude: previous.manifest.runId, before: previous.manifest.startedAt }),
  })
  const at = io.clock.wallTime()
  const scoring = scoringOf(1, draft, { at, key: '', prepared, judging: settings.judging })
  const facts = factsOfRun({ runId: 'this run', startedAt: at.toISOString(), ...draft, scorings: [scoring] })
  requireComparable(facts, baseline.facts)
  requireScores(prepared, settings, baseline)
  refuseOtherBaseline(previous, baseline, settings)
  const { metrics, alpha, alarmOn, sequential } = gate
  const design: GateDesignAsked = { metrics, alpha, alarmOn, sequential, seed: settings.seed }
  requirePlainLatency(metrics, facts, baseline.facts)
  const planned = plannedTrials(prepared, { epochs: settings.epochs, clusterColumn: settings.dataset.clusterColumn })
  return {
    baselineRuns: baseline.facts.runIds,
    stopRule: gate.sequential ? sequentialRule(prepared, planned, baseline, design) : null,
    report: async (dir, manifest) => {
      const candidate = await readSide(dir, manifest, new AbortController().signal)
      return judge({ candidate, baseline, design, planned })
    },
  }
}

/** What stops a run is fixed before its first answer: `latest`, or a name, may mean another run by now. */
function refuseOtherBaseline(previous: PreviousRun | null, { facts }: Side, { gate }: Settings): void {
  const before = previous?.manifest.baselineRuns
  if (!gate.sequential || before == null || before.join() === facts.runIds.join()) return
  throw new UserError(
    `--resume: the run was begun against ${before.join(', ')}, and --baseline ${gate.baselines.join(', ')} means ${facts.runIds.join(', ')} now. ` +
      `Name the first: ${before.map((run) => `--baseline ${run}`).join(' ')}.`,
  )
}

/** A metric that nothing will ever fill would end as INCONCLUSIVE, with everything paid. */
function requireScores({ scoring, hasAssertions }: Prepared, { gate }: Settings, baseline: Side): void {
  if (scoring.scorers.length === 0 && !hasAssertions) {
    throw new UserError(
      '--baseline compares scores, and nothing scores these answers: no --scorer, and no expected answers in the dataset.',
    )
  }
  const ours = scoring.scorers.map(({ label }) => scoreColumn(label))
  if (!hasAssertions) requireColumns(gate.metrics, ours, 'this run')
  for (const { rows } of baseline.groups)
    requireColumns(gate.metrics, rows.columns, `the baseline ${baseline.facts.name}`)
}

/** A walk per model × prompt; a model whose verdict is known is not asked any more. */
function sequentialRule(prepared: Prepared, planned: PlannedTrials, baseline: Side, design: GateDesignAsked): StopRule {
  const places = prepared.prompts.flatMap((prompt) =>
    prepared.models.map((model) => ({ model: model.slug, prompt: prompt.name })),
  )
  const matched = places.map((place) => groupAgainst(place, baseline))
  const rows = planned.rowsOf(matched.map((group) => group.rows))
  const walks = matched.map(
    (group, index) =>
      new SequentialWalk(planned, group.rows, rows[index] ?? new Int32Array(), {
        ...design,
        family: design.metrics.length * matched.length,
      }),
  )
  const placeOf = new Uint32Array(planned.samples)
  for (const [place, position] of prepared.order.entries()) placeOf[position] = place
  const walkOf = ({ promptIndex, modelIndex }: Trial): SequentialWalk | undefined =>
    walks[promptIndex * prepared.models.length + modelIndex]
  return {
    wants: (trial) => walkOf(trial)?.isDecided === false,
    settled: (trial, score, failed) => {
      const values = score === null ? { failures: failed ? 1 : 0 } : rowOfLine(score, design.seed).values
      walkOf(trial)?.settle(placeOf[trial.sampleIndex] ?? 0, trial.epoch, values)
      return walks.every(({ isDecided }) => isDecided)
    },
  }
}
