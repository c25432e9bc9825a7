/** One run, read from top to bottom: prepare → plan → dispatch → journal and score → reports → exit code. */
import { relative, resolve } from 'node:path'
import { cacheFolder, openCache } from '../cache/index.ts'
import type { Settings } from '../config/types.ts'
import type { ComparisonReport } from '../gate/compare/types.ts'
import type { Manifest } from '../journal/types.ts'
import type { Clock } from '../lib/clock.ts'
import { type ExitCode, UserError } from '../lib/errors.ts'
import type { Progress } from '../report/progress.ts'
import { trialScorer } from '../score/index.ts'
import type { Summary } from '../stats/types.ts'
import { askAll, type SessionTools } from './ask.ts'
import { asksSimulator, connectJudges, connectModels } from './connections.ts'
import { scoringKey } from './defaults.ts'
import { refuseUsedFolder } from './folder.ts'
import { openGate } from './gate.ts'
import { compareWithBaseline } from './comparison.ts'
import { datasetFileOf } from './dataset-file.ts'
import { appendHistory } from './history.ts'
import { budgetNotes, judgeNotes, resumeNotes } from './notes.ts'
import { type Prepared, prepare } from './prepare.ts'
import { openReplay } from './replay.ts'
import { checkReporters, writeReports } from './reports.ts'
import type { ResumeCounts } from './resume.ts'
import { beginSession, keptSamples, type LockedRun, resumeSession, takeRun } from './session.ts'
import { type SimulatorProcess, startSimulatorProcess } from './simulator-process.ts'
import { summariseStep } from './step-summary.ts'
import type { MakeStopRule } from './stop-rule.ts'
import { survey } from './survey.ts'
import { verdict } from './verdict.ts'
import { shellWord } from '../lib/text.ts'

/** The edges of a run. */
export interface RunIo {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: AsyncIterable<Uint8Array | string>
  readonly clock: Clock
  /**
   * Aborted by the first Ctrl-C. Before the first request: there is no run. Later: nothing new is sent, what is in flight
   * finishes, the reports are written.
   */
  readonly interrupt: AbortSignal
  /** Which command goes on with the run when it breaks off; eval unless given. */
  readonly command?: 'eval' | 'choose'
  /** Called when the plan is known and before anything is sent. */
  announce(plan: RunPlan): Progress
  /** Takes what has to be done, without waiting, if the process must leave at once; it may return what the user is to know. */
  onLeave(action: () => string | void): void
}

export interface RunPlan {
  readonly manifest: Manifest
  readonly prepared: Prepared
  /** What holds of the sessions before; null: the run begins. */
  readonly resumed: ResumeCounts | null
}

export interface RunEnd {
  readonly exitCode: ExitCode
  readonly summary: Summary
  /** Failed trials that another try would not bring further. */
  readonly quarantined: number
  /** Why the exit code is not 0, or what to look at although it is: a sentence each. */
  readonly reasons: readonly string[]
  readonly dir: string
  readonly files: readonly string[]
  /** Lines of reports that are no file. */
  readonly printed: string
  /** Why the summary of a CI step does not show the run. */
  readonly summaryNote?: string
}

/** Rejects with the reason of `io.interrupt` when that aborts before there is a run folder. */
export async function runEval(settings: Settings, io: RunIo, makeStopRule?: MakeStopRule): Promise<RunEnd> {
  await checkReporters(settings.reporters)
  if (settings.resume === null) {
    if (settings.outDir !== null) refuseUsedFolder(resolve(io.cwd, settings.outDir), settings.outDir)
    return await runFrom(null, settings, io, makeStopRule)
  }
  const previous = takeRun(settings.resume, io.cwd, io.clock.wallTime())
  io.onLeave(() => previous.lock.release())
  try {
    return await runFrom(previous, settings, io, makeStopRule)
  } finally {
    previous.lock.release()
  }
}

/** The whole run, or what an earlier session has left of it. */
async function runFrom(
  previous: LockedRun | null,
  settings: Settings,
  io: RunIo,
  makeStopRule: MakeStopRule | undefined,
): Promise<RunEnd> {
  const simulator = asksSimulator(settings) ? startSimulatorProcess(settings.endpoint.simulator) : null
  // Awaited only when the dataset has been read: until then a failure is nobody's, and the dataset's own comes first.
  simulator?.catch(() => {})
  try {
    const prepared = await prepare(settings, {
      ...io,
      stagingParent: previous?.dir ?? resolve(io.cwd, settings.outDir ?? 'results'),
      keptSamples: previous === null ? null : keptSamples(previous, settings),
    })
    try {
      const taught = settings.endpoint.profile.name === 'simulator' ? await simulator : null
      await survey(prepared, settings, taught, io)
      io.interrupt.throwIfAborted()
      return await runPrepared(prepared, settings, io, { previous, simulator: await simulator, makeStopRule })
    } finally {
      prepared.close()
    }
  } finally {
    await simulator?.then(
      (server) => server.close(),
      () => {},
    )
  }
}

interface RunParts {
  readonly previous: LockedRun | null
  readonly simulator: SimulatorProcess | null
  readonly makeStopRule: MakeStopRule | undefined
}

async function runPrepared(
  prepared: Prepared,
  settings: Settings,
  io: RunIo,
  { previous, simulator, makeStopRule }: RunParts,
): Promise<RunEnd> {
  const simulatorUrl = simulator?.url ?? null
  const replay = settings.replay === null ? null : await openReplay(settings.replay, io.cwd, io.interrupt)
  const tools: SessionTools = {
    prompts: prepared.prompts,
    models: prepared.models,
    sampleOf: ({ sampleIndex }) => prepared.sampleAt(sampleIndex),
    request: settings.endpoint,
    seed: settings.seed,
    provider: connectModels(settings, simulatorUrl, io.env),
    replay,
    score: trialScorer(prepared.scoring),
    scoring: scoringKey(prepared, settings.judging),
  }
  const gate = await openGate(prepared, settings, previous, io)
  const stopRule = makeStopRule?.(prepared) ?? gate?.stopRule ?? null
  const cache = settings.cache ? await openCache(cacheFolder(io.cwd), io) : null
  const session =
    previous === null
      ? await beginSession(prepared, settings, io, { ...tools, baselineRuns: gate?.baselineRuns ?? null })
      : await resumeSession(previous, prepared, settings, io, { ...tools, baselineRuns: gate?.baselineRuns ?? null })
  const { dir, journal, manifest, resumed } = session
  io.onLeave(() => {
    journal.closeNow()
    cache?.closeNow()
    session.lock.release()
    return `the journal is intact; to go on: ${resumeCommand(shownPath(dir, io.cwd), io)}`
  })
  try {
    const progress = io.announce({ manifest, prepared, resumed })
    const asked = await askAll(prepared, settings, io, {
      ...tools,
      session,
      progress,
      cache,
      judges: connectJudges(prepared, settings, simulatorUrl, io.env),
      stopRule,
    })
    await journal.close()
    const gated = gate === null ? null : await gate.report(dir, manifest).catch(whyNone)
    const reader = journal.reader()
    try {
      const interrupted = io.interrupt.aborted
      const compare = (): Promise<ComparisonReport | null> =>
        compareWithBaseline({ dir, manifest }, io.cwd, new AbortController().signal)
      const reports = await writeReports(dir, prepared, reader, settings, {
        manifest,
        wallMs: asked.wallMs,
        completionTokens: asked.tally.completionTokens,
        pace: asked.pace,
        unsettled: asked.unsettled,
        dropped: session.dropped,
        notes: [...prepared.notes, ...resumeNotes(session), ...budgetNotes(asked), ...judgeNotes(asked)],
        judges: asked.judges,
        gate: typeof gated === 'string' ? null : gated,
        compare,
        ...datasetFileOf(manifest, io),
        statusOf: (index) =>
          journal.isSkipped(index)
            ? 'skipped_budget'
            : interrupted || settings.scoreOnly
              ? 'pending'
              : 'skipped_stopped',
      })
      const summary = await appendHistory(reports.summary, manifest, { dir, cwd: io.cwd, clock: io.clock })
      // The reports are there, whatever becomes of the cache.
      await cache?.close()
      const { exitCode, reasons } = verdict(summary, asked, settings, {
        interrupted,
        noVerdict: typeof gated === 'string' ? gated : null,
      })
      const summaryNote =
        io.command === 'choose'
          ? undefined
          : await summariseStep({ ...reports.run, summary }, io.env, { compare, reasons, exitCode })
      return {
        exitCode,
        reasons,
        quarantined: resumed?.quarantined ?? 0,
        summary,
        dir: shownPath(dir, io.cwd),
        files: reports.files.map((file) => shownPath(file, io.cwd)),
        printed: reports.printed,
        ...(summaryNote === undefined ? {} : { summaryNote }),
      }
    } finally {
      reader.close()
    }
  } finally {
    replay?.close()
    session.lock.release()
  }
}

/** Why there is no verdict: nothing was scored, or the files of the run are not as they were written. */
function whyNone(error: unknown): string {
  if (error instanceof UserError) return error.message
  throw error
}

/** What to type to go on with a run. */
export function resumeCommand(dir: string, { env, command = 'eval' }: Pick<RunIo, 'env' | 'command'>): string {
  const program = env['npm_lifecycle_event'] === command ? `npm run ${command} --` : `assay ${command}`
  return `${program} --resume ${shellWord(dir)}`
}

function shownPath(path: string, cwd: string): string {
  return relative(cwd, path) || path
}
