/** Shards → one run, read from top to bottom: check → read each → put together → judge → reports → rename → history → exit code. */
import { existsSync, renameSync, rmdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { ComparisonReport } from '../gate/compare/types.ts'
import { requireComparable } from '../gate/compatible.ts'
import { requirePlainLatency } from '../gate/metrics.ts'
import { factsOfRun } from '../gate/side.ts'
import type { GateReport, Side } from '../gate/types.ts'
import { MANIFEST_FILE, RESULTS } from '../journal/find-run.ts'
import type { Manifest } from '../journal/types.ts'
import { writeAtomically } from '../lib/atomic-file.ts'
import type { Clock } from '../lib/clock.ts'
import { asWriteError, errorCode, UserError } from '../lib/errors.ts'
import { syncFolder } from '../lib/sync-folder.ts'
import { trialAt } from '../plan/trials.ts'
import type { ReporterName } from '../report/index.ts'
import { compareWithBaseline } from '../run/comparison.ts'
import { refuseUsedFolder } from '../run/folder.ts'
import { baselineOf, judgeRun } from '../run/gate-run.ts'
import { appendHistory } from '../run/history.ts'
import { subjectKey } from '../run/places.ts'
import { type ReopenedRun, reopenRun } from '../run/reopen.ts'
import { reportedAs } from '../run/reported.ts'
import { ALWAYS, checkReporters, renderReports } from '../run/reports.ts'
import { summaryOfRows } from '../run/resummarize.ts'
import { resultRows } from '../run/rows.ts'
import type { RunEnd } from '../run/run.ts'
import { openStagingFolder } from '../run/staging.ts'
import { summariseStep } from '../run/step-summary.ts'
import { joinFiles } from './files.ts'
import { mergedManifest, type MergeRules } from './manifest.ts'
import { readParts, SKIPPED } from './parts.ts'
import { findShards } from './shards.ts'
import { toldOfParts } from './told.ts'
import type { Part } from './types.ts'
import { mergeVerdict } from './verdict.ts'

export interface MergeOptions {
  /** Folders of the shards, in any order. */
  readonly shards: readonly string[]
  /** As typed; null: a folder under results/. */
  readonly outDir: string | null
  readonly reporters: readonly ReporterName[]
  /** What the whole is held against, once it is known what the shards have been told. */
  readonly rulesOf: (manifest: Manifest) => MergeRules
}

export interface MergeIo {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly interrupt: AbortSignal
  onLeave(action: () => string | void): void
}

export interface MergeEnd extends RunEnd {
  /** As its reports have them. */
  readonly timings: boolean
}

/** Throws UserError, with nothing written, where the folders are not all parts of one run that has come to its end. */
export async function mergeRuns(options: MergeOptions, io: MergeIo): Promise<MergeEnd> {
  await checkReporters(options.reporters)
  if (options.outDir !== null) refuseUsedFolder(resolve(io.cwd, options.outDir), options.outDir)
  const shards = findShards(options.shards, io.cwd)
  const [first, ...others] = await readParts(shards, io)
  if (first === undefined) throw new RangeError('no shard to merge')
  const parts = [first, ...others] as const
  const rules = options.rulesOf(first.shard.manifest)
  const planned = mergedManifest(parts, rules)
  const dir = resolve(io.cwd, options.outDir ?? join(RESULTS, planned.runId))
  if (options.outDir === null) refuseMergedAlready(dir, io.cwd)
  const baseline = await findBaseline(planned, rules, io)
  const manifest: Manifest = { ...planned, baselineRuns: baseline?.facts.runIds ?? null }
  const staging = openStagingFolder(dirname(dir))
  io.onLeave(() => staging.remove())
  try {
    await joinFiles(shards, staging.path, io.interrupt)
    const end = await report(staging.path, { manifest, parts, rules, baseline }, options.reporters, io)
    // Last: a manifest stands for a run.
    await writeAtomically(join(staging.path, MANIFEST_FILE), [`${JSON.stringify(manifest, null, 2)}\n`])
    io.interrupt.throwIfAborted()
    await moveTo(dir, staging.path)
    return {
      ...end,
      timings: rules.timings,
      summary: await appendHistory(end.summary, manifest, { dir, cwd: io.cwd, clock: io.clock }),
      dir: relative(io.cwd, dir) || '.',
      files: end.files.map((file) => relative(io.cwd, join(dir, relative(staging.path, file)))),
    }
  } finally {
    staging.remove()
  }
}

interface Merged {
  readonly manifest: Manifest
  readonly parts: readonly Part[]
  readonly rules: MergeRules
  /** Null: nothing to compare with. */
  readonly baseline: Side | null
}

/** The reports in a folder that is not the run's yet, and what they come to. */
async function report(
  dir: string,
  merged: Merged,
  reporters: readonly ReporterName[],
  io: MergeIo,
): Promise<Omit<RunEnd, 'dir'>> {
  const { manifest, parts, rules } = merged
  const opened = await reopenRun(dir, manifest, { cwd: io.cwd, signal: io.interrupt })
  try {
    const run = withStatuses(opened, parts)
    const figures = summaryOfRows(run)
    const gated = await judge(dir, merged, io)
    const told = toldOfParts(parts)
    const gate = typeof gated === 'string' ? null : gated
    const summary = { ...figures, ...told, gate, notes: [...told.notes, ...figures.notes] }
    const compare = (): Promise<ComparisonReport | null> => compareWithBaseline({ dir, manifest }, io.cwd, io.interrupt)
    const comparison = gate === null || reporters.length === 0 ? null : await compare()
    const reported = reportedAs(run, { summary, comparison, timings: rules.timings }, io)
    const { files, printed } = await renderReports(dir, [...ALWAYS, ...reporters], reported)
    const { exitCode, reasons } = mergeVerdict(summary, parts, rules, typeof gated === 'string' ? gated : null)
    const summaryNote = await summariseStep(reported, io.env, { compare, exitCode, reasons })
    return {
      summary,
      files,
      printed,
      exitCode,
      reasons,
      quarantined: 0,
      ...(summaryNote === undefined ? {} : { summaryNote }),
    }
  } finally {
    opened.close()
  }
}

/** The rows with what the shards say of those that were not asked. */
function withStatuses(run: ReopenedRun, parts: readonly Part[]): ReopenedRun {
  const { sampleAt, prompts, models, shape, reader, simulated } = run
  const statusOf: ReopenedRun['statusOf'] = (index) => {
    const { sampleIndex, promptIndex, modelIndex, epoch } = trialAt(index, shape)
    const [prompt, model] = [prompts[promptIndex]?.name ?? '', models[modelIndex]?.slug ?? '']
    const subject = subjectKey({ sample: sampleAt(sampleIndex).id, prompt, model, epoch })
    const why = parts.map(({ skipped }) => skipped.get(subject)).find((place) => place !== undefined)
    return why === undefined ? 'pending' : (SKIPPED[why] ?? 'pending')
  }
  return { ...run, statusOf, rows: () => resultRows(run, reader, { simulated, statusOf }) }
}

/** Throws UserError where there is no such baseline, or where it was asked other questions. */
async function findBaseline(manifest: Manifest, { gate }: MergeRules, io: MergeIo): Promise<Side | null> {
  if (gate.baselines.length === 0) return null
  const baseline = await baselineOf(manifest, gate.baselines, io)
  const own = baseline.facts.runIds.find((id) => manifest.shards?.includes(id))
  if (own !== undefined) {
    throw new UserError(
      `--baseline ${gate.baselines.join(', ')}: ${own} is one of the shards that are merged. A run is never worse than itself: name an earlier one.`,
    )
  }
  const facts = factsOfRun(manifest)
  requireComparable(facts, baseline.facts)
  requirePlainLatency(gate.metrics, facts, baseline.facts)
  return baseline
}

/** The verdict; null without a baseline, and a text that says why there is none. */
async function judge(
  dir: string,
  { manifest, rules, baseline }: Merged,
  { interrupt }: MergeIo,
): Promise<GateReport | string | null> {
  if (baseline === null) return null
  try {
    return await judgeRun({ dir, manifest }, baseline, rules.gate, interrupt)
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
}

function refuseMergedAlready(dir: string, cwd: string): void {
  if (!existsSync(dir)) return
  throw new UserError(
    `assay merge: these shards are merged already, into ${relative(cwd, dir)}. To make its reports again: assay report ${relative(cwd, dir)}; ` +
      'for another folder give --out.',
  )
}

/** From here on there is a run: the folder gets its name at once, with all that is in it. */
async function moveTo(dir: string, from: string): Promise<void> {
  await syncFolder(from)
  try {
    // One that was given with --out may be there, and is empty.
    if (existsSync(dir)) rmdirSync(dir)
    renameSync(from, dir)
  } catch (error) {
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw asWriteError(dir, error)
    throw new UserError(`${dir}: another run has taken this folder meanwhile. Name another one with --out.`)
  }
  await syncFolder(dirname(dir))
}
