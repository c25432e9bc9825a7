/** The verdict of a finished run, asked afterwards: `assay gate`. Nothing is sent and nothing is written. */
import type { GateSettings } from '../config/types.ts'
import { loadBaseline } from '../gate/baseline/load.ts'
import { judge } from '../gate/gate.ts'
import { isBounded } from '../gate/metrics.ts'
import { plannedOfRun } from '../gate/planned.ts'
import { readSide } from '../gate/side.ts'
import type { GateReport } from '../gate/types.ts'
import { findRun } from '../journal/find-run.ts'
import { UserError } from '../lib/errors.ts'
import { plural } from '../lib/text.ts'

interface GateRunIo {
  readonly cwd: string
  readonly interrupt: AbortSignal
}

/** Throws UserError where no verdict can come of it: other questions, other scorers, no overlap. */
export async function gateRun(run: string, settings: GateSettings, { cwd, interrupt }: GateRunIo): Promise<GateReport> {
  const { dir, manifest } = findRun(run, cwd, 'assay gate')
  const baseline = await loadBaseline(settings.baselines, {
    cwd,
    signal: interrupt,
    exclude: manifest.runId,
    before: manifest.startedAt,
    dataset: manifest.dataset.name,
    simulated: manifest.simulated,
  })
  const candidate = await readSide(dir, manifest, interrupt)
  const wasStopped = manifest.settings['sequential'] === true
  const sequential = settings.sequential || wasStopped
  const unbounded = sequential ? settings.metrics.find((metric) => !isBounded(metric)) : undefined
  if (unbounded !== undefined && wasStopped) {
    throw new UserError(
      `${manifest.runId}: the run was stopped because of what it showed (--sequential), so tests that need all rows say nothing; and ${unbounded.name} can be tested in no other way. Gate a run without --sequential.`,
    )
  }
  const { planned, spool } = await plannedOfRun(dir, manifest, interrupt)
  try {
    const report = judge({
      candidate,
      baseline,
      design: { ...settings, sequential, seed: manifest.seed },
      planned,
    })
    const empty = report.metrics.find(({ pairs }) => pairs === 0)
    if (empty !== undefined) {
      throw new UserError(
        `--baseline ${baseline.facts.name}: nothing to compare. ${plural(candidate.groups.length, 'model')} with ${empty.metric.name}, and no trial has a value on both sides: ` +
          `${plural(empty.onlyCandidate + empty.missingBaseline, 'trial')} of this run and ${plural(empty.onlyBaseline + empty.missingCandidate, 'trial')} of the baseline stand alone. Look at the failures of both runs.`,
      )
    }
    return settings.sequential || !wasStopped
      ? report
      : {
          ...report,
          notes: [...report.notes, 'the run was stopped because of what it showed: judged as it went, row by row'],
        }
  } finally {
    spool.close()
  }
}
