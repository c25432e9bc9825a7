/** One run, read from top to bottom: prepare → plan → dispatch → journal and score → reports → exit code. */
import { relative, resolve } from 'node:path'
import { cacheFolder, openCache } from '../cache/index.ts'
import type { Settings } from '../config/types.ts'
import { dispatch } from '../dispatch/dispatch.ts'
import { Pace } from '../dispatch/pace.ts'
import type { Down } from '../dispatch/types.ts'
import type { Manifest } from '../journal/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { ExitCode } from '../lib/errors.ts'
import { randomFrom } from '../lib/random.ts'
import { formatUsd } from '../lib/usd.ts'
import { Budget } from '../plan/budget.ts'
import { trialsInOrder } from '../plan/trials.ts'
import type { Trial } from '../plan/types.ts'
import { connect } from '../provider/index.ts'
import type { Provider, ProviderError } from '../provider/types.ts'
import type { Progress, ProgressState } from '../report/progress.ts'
import { trialScorer } from '../score/index.ts'
import { NotJudged } from '../score/types.ts'
import type { Summary } from '../stats/types.ts'
import { AnswerCache } from './answer-cache.ts'
import { scoringKey } from './defaults.ts'
import { refuseUsedFolder } from './folder.ts'
import { budgetNotes, resumeNotes } from './notes.ts'
import { type Prepared, prepare } from './prepare.ts'
import type { TrialInputs } from './prepare-trial.ts'
import { NOTHING_LOST, sumOfLosses } from './record.ts'
import { writeReports } from './reports.ts'
import type { ResumeCounts } from './resume.ts'
import { beginSession, keptSamples, type LockedRun, resumeSession, type Session, takeRun } from './session.ts'
import { type SimulatorProcess, startSimulatorProcess } from './simulator-process.ts'
import { survey } from './survey.ts'
import { Tally } from './tally.ts'
import { settleTrial, type TrialContext } from './trial.ts'
import { type Asked, verdict } from './verdict.ts'

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
  /** Why the exit code is not 0, a sentence each. */
  readonly reasons: readonly string[]
  readonly dir: string
  readonly files: readonly string[]
}

/** Rejects with the reason of `io.interrupt` when that aborts before there is a run folder. */
export async function runEval(settings: Settings, io: RunIo): Promise<RunEnd> {
  if (settings.resume === null) {
    if (settings.outDir !== null) refuseUsedFolder(resolve(io.cwd, settings.outDir), settings.outDir)
    return await runFrom(null, settings, io)
  }
  const previous = takeRun(settings.resume, io.cwd, io.clock.wallTime())
  io.onLeave(() => previous.lock.release())
  try {
    return await runFrom(previous, settings, io)
  } finally {
    previous.lock.release()
  }
}

/** The whole run, or what an earlier session has left of it. */
async function runFrom(previous: LockedRun | null, settings: Settings, io: RunIo): Promise<RunEnd> {
  const simulator = settings.endpoint.address === null ? startSimulatorProcess(settings.endpoint.simulator) : null
  // Awaited only when the dataset has been read: until then a failure is nobody's, and the dataset's own comes first.
  simulator?.catch(() => {})
  try {
    const prepared = await prepare(settings, {
      ...io,
      stagingParent: previous?.dir ?? resolve(io.cwd, settings.outDir ?? 'results'),
      keptSamples: previous === null ? null : keptSamples(previous, settings),
    })
    try {
      await survey(prepared, settings, await simulator, io)
      io.interrupt.throwIfAborted()
      return await runPrepared(prepared, settings, io, { previous, simulator: await simulator })
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

async function runPrepared(
  prepared: Prepared,
  settings: Settings,
  io: RunIo,
  { previous, simulator }: { readonly previous: LockedRun | null; readonly simulator: SimulatorProcess | null },
): Promise<RunEnd> {
  const provider = connect({
    profile: settings.endpoint.profile,
    ...(settings.endpoint.address ?? { baseUrl: simulator?.url ?? '', apiKey: null, apiKeyEnv: null }),
    concurrency: settings.policy.concurrency,
    env: io.env,
  })
  const tools: SessionTools = {
    prompts: prepared.prompts,
    models: prepared.models,
    sampleOf: ({ sampleIndex }) => prepared.sampleAt(sampleIndex),
    request: settings.endpoint,
    seed: settings.seed,
    provider,
    score: trialScorer(prepared.scoring),
    scoring: scoringKey(prepared.scoring),
    judgesOf: () => ({ models: [], panel: 'majority', ask: noJudge, similarities: noJudge }),
  }
  const cache = settings.cache ? await openCache(cacheFolder(io.cwd), io) : null
  const session =
    previous === null
      ? await beginSession(prepared, settings, io)
      : await resumeSession(previous, prepared, settings, io, tools)
  const { dir, journal, manifest, resumed } = session
  io.onLeave(() => {
    journal.closeNow()
    cache?.closeNow()
    session.lock.release()
    return `the journal is intact; to go on: ${resumeCommand(shownPath(dir, io.cwd), io.env)}`
  })
  try {
    const progress = io.announce({ manifest, prepared, resumed })
    const asked = await askAll(prepared, settings, io, {
      ...tools,
      provider,
      session,
      progress,
      cache: cache === null ? null : new AnswerCache(cache, manifest.runId, settings.endpoint),
    })
    await journal.close()
    const reader = journal.reader()
    try {
      const interrupted = io.interrupt.aborted
      const { summary, files } = await writeReports(dir, prepared, reader, settings, {
        manifest,
        wallMs: asked.wallMs,
        completionTokens: asked.tally.completionTokens,
        pace: asked.pace,
        unsettled: asked.unsettled,
        dropped: session.dropped,
        notes: [...prepared.notes, ...resumeNotes(session), ...budgetNotes(asked)],
        statusOf: (index) =>
          journal.isSkipped(index) ? 'skipped_budget' : interrupted ? 'pending' : 'skipped_stopped',
      })
      // The reports are there, whatever becomes of the cache.
      await cache?.close()
      const { exitCode, reasons } = verdict(summary, asked, settings, interrupted)
      const paths = files.map((file) => shownPath(file, io.cwd))
      const quarantined = resumed?.quarantined ?? 0
      return { exitCode, reasons, quarantined, summary, dir: shownPath(dir, io.cwd), files: paths }
    } finally {
      reader.close()
    }
  } finally {
    session.lock.release()
  }
}

/** What to type to go on with a run. */
export function resumeCommand(dir: string, env: RunIo['env']): string {
  const program = env['npm_lifecycle_event'] === 'eval' ? 'npm run eval --' : 'assay eval'
  return `${program} --resume ${/^[\w./-]+$/.test(dir) ? dir : JSON.stringify(dir)}`
}

function shownPath(path: string, cwd: string): string {
  return relative(cwd, path) || path
}

const noJudge = (): Promise<never> => Promise.reject(new NotJudged('no judge is given'))

/** What makes a request of a trial and a score of its answer. */
type SessionTools = TrialInputs & Pick<TrialContext, 'score' | 'scoring' | 'judgesOf'>

interface AskTools extends SessionTools {
  readonly provider: Provider
  readonly cache: AnswerCache | null
  readonly session: Session
  readonly progress: Progress
}

/** Sends every trial that is to be asked and closes the connections; all records are in the journal when this resolves. */
async function askAll(
  prepared: Prepared,
  settings: Settings,
  { clock, interrupt }: RunIo,
  { session, progress, ...tools }: AskTools,
): Promise<Asked> {
  const { journal, carried } = session
  const tally = new Tally(session.toAskCount)
  const hopeless = new AbortController()
  // Not a listener on the interrupt: it may have come already.
  const stop = AbortSignal.any([interrupt, hopeless.signal])
  const budget = new Budget(settings.maxCostUsd, stop, session)
  let fatal: ProviderError | undefined
  let gaveUp: Down | undefined
  let unsettled = NOTHING_LOST
  const startMs = clock.nowMs()
  const state = (down: Down | null): ProgressState => ({
    ...tally.state(),
    spentUsd: formatUsd(budget.spentUsd),
    elapsedMs: clock.nowMs() - startMs,
    down,
  })
  const pace = new Pace(settings.policy, {
    clock,
    stop,
    probing: (down) => progress.update(() => state(down)),
    giveUp: (down) => {
      gaveUp = down
      hopeless.abort()
    },
  })
  const context: TrialContext = {
    ...tools,
    clock,
    random: randomFrom(`${settings.seed}|retry jitter`),
    stop,
    pace,
    policy: settings.policy,
    budget,
    journal,
    scoringPass: session.scoringPass,
    carried,
    giveUp: (error) => {
      fatal ??= error
      hopeless.abort()
    },
  }
  const settle = async (trial: Trial): Promise<void> => {
    const end = await settleTrial(trial, context).catch((error: unknown) => {
      // Without a journal nothing more may be sent; those that wait for money or a retry must not wait on.
      hopeless.abort()
      throw error
    })
    if (end.kind === 'settled') {
      tally.add(end.record, end.score)
      progress.update(() => state(null))
      return
    }
    unsettled = sumOfLosses(unsettled, end.unsettled)
    if (end.kind === 'stopped') return
    // A failure of an earlier session stays what it is.
    if (!journal.isSettled(trial.index)) journal.skip(trial.index)
    tally.skippedByBudget += 1
  }
  try {
    await dispatch(trialsToAsk(prepared, session), settle, pace, stop)
  } finally {
    pace.close()
    progress.stop()
    await tools.provider.close()
  }
  for (const { losses } of carried.values()) unsettled = sumOfLosses(unsettled, losses)
  const wallMs = clock.nowMs() - startMs
  return {
    tally,
    fatal,
    gaveUp,
    unsettled,
    overruns: budget.overruns,
    committedUsd: budget.committedUsd,
    leastRefusedUsd: budget.leastRefusedUsd,
    wallMs,
    pace: pace.report(),
  }
}

function* trialsToAsk({ order, shape }: Prepared, session: Session): Generator<Trial> {
  for (const trial of trialsInOrder(order, shape)) if (session.isToAsk(trial.index)) yield trial
}
