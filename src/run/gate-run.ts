/** The verdict of a finished run, asked afterwards: `assay gate`. Nothing is sent and nothing is written. */
import type { GateSettings } from '../config/types.ts'
import { loadBaseline } from '../gate/baseline/load.ts'
import { judge } from '../gate/gate.ts'
import { isBounded, requirePlainLatency } from '../gate/metrics.ts'
import { plannedOfRun } from '../gate/planned.ts'
import { readSide } from '../gate/side.ts'
import type { GateReport, Side } from '../gate/types.ts'
import { findRun, type PreviousRun } from '../journal/find-run.ts'
import type { Manifest } from '../journal/types.ts'
import { UserError } from '../lib/errors.ts'
import { plural } from '../lib/text.ts'
import { integer } from '../report/numbers.ts'

interface GateRunIo {
  readonly cwd: string
  readonly interrupt: AbortSignal
}

/** Throws UserError where no verdict can come of it: other questions, other scorers, no overlap. */
export async function gateRun(run: string, settings: GateSettings, io: GateRunIo): Promise<GateReport> {
  const found = findRun(run, io.cwd, 'assay gate')
  return await judgeRun(found, await baselineOf(found.manifest, settings.baselines, io), settings, io.interrupt)
}

/** What a run is compared with, wherever it is kept. Throws UserError where there is none. */
export async function baselineOf(
  manifest: Manifest,
  asked: readonly string[],
  { cwd, interrupt }: GateRunIo,
): Promise<Side> {
  return await loadBaseline(asked, {
    cwd,
    signal: interrupt,
    exclude: manifest.runId,
    before: manifest.startedAt,
    dataset: manifest.dataset.name,
    simulated: manifest.simulated,
  })
}

/** The same with a baseline that is there. */
export async function judgeRun(
  { dir, manifest }: PreviousRun,
  baseline: Side,
  settings: Pick<GateSettings, 'metrics' | 'alpha' | 'alarmOn' | 'sequential'>,
  interrupt: AbortSignal,
): Promise<GateReport> {
  const candidate = await readSide(dir, manifest, interrupt)
  const { metrics, alpha, alarmOn } = settings
  requirePlainLatency(metrics, candidate.facts, baseline.facts)
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
      design: { metrics, alpha, alarmOn, sequential, seed: manifest.seed },
      planned,
    })
    const empty = report.metrics.find(({ pairs }) => pairs === 0)
    if (empty !== undefined) {
      throw new UserError(
        `--baseline ${baseline.facts.name}: nothing to compare. No trial has ${empty.metric.name} on both sides: ` +
          `${plural(empty.missingCandidate, 'trial')} of this run and ${plural(empty.missingBaseline, 'trial')} of the baseline have none (failed, or not scored), ` +
          `${integer(empty.onlyCandidate)} and ${integer(empty.onlyBaseline)} were asked in one of them alone. Look at the failures of both runs.`,
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
