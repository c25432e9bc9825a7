/** One run, read from top to bottom: prepare → plan → dispatch → journal and score → reports → exit code. */
import { relative, resolve } from 'node:path'
import type { Settings } from '../config/types.ts'
import { dispatch } from '../dispatch/dispatch.ts'
import type { Slots } from '../dispatch/types.ts'
import { Journal } from '../journal/journal.ts'
import type { Manifest } from '../journal/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { ExitCode } from '../lib/errors.ts'
import { randomFrom } from '../lib/random.ts'
import { plural } from '../lib/text.ts'
import { formatUsd, ZERO_USD } from '../lib/usd.ts'
import { Budget } from '../plan/budget.ts'
import { countTrials, trialsInOrder } from '../plan/trials.ts'
import type { Trial } from '../plan/types.ts'
import { connect } from '../provider/index.ts'
import type { Provider, ProviderError } from '../provider/types.ts'
import type { Progress } from '../report/progress.ts'
import { trialScorer } from '../score/index.ts'
import type { Summary } from '../stats/types.ts'
import { openRunFolder, refuseUsedFolder } from './folder.ts'
import { type Prepared, prepare } from './prepare.ts'
import { writeReports } from './reports.ts'
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
  readonly concurrency: number
}

export interface RunEnd {
  readonly exitCode: ExitCode
  readonly summary: Summary
  /** Why the exit code is not 0, a sentence each. */
  readonly reasons: readonly string[]
  readonly dir: string
  readonly files: readonly string[]
}

/** Rejects with the reason of `io.interrupt` when that aborts before there is a run folder. */
export async function runEval(settings: Settings, io: RunIo): Promise<RunEnd> {
  if (settings.outDir !== null) refuseUsedFolder(resolve(io.cwd, settings.outDir), settings.outDir)
  const simulator = settings.endpoint.address === null ? startSimulatorProcess(settings.endpoint.simulator) : null
  // Awaited only when the dataset has been read: until then a failure is nobody's, and the dataset's own comes first.
  simulator?.catch(() => {})
  try {
    const prepared = await prepare(settings, { ...io, stagingParent: resolve(io.cwd, settings.outDir ?? 'results') })
    try {
      await survey(prepared, settings, await simulator, io)
      io.interrupt.throwIfAborted()
      return await runPrepared(prepared, settings, io, await simulator)
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
  simulator: SimulatorProcess | null,
): Promise<RunEnd> {
  const provider = connect({
    profile: settings.endpoint.profile,
    ...(settings.endpoint.address ?? { baseUrl: simulator?.url ?? '', apiKey: null, apiKeyEnv: null }),
    concurrency: settings.policy.concurrency,
    env: io.env,
  })
  const { dir, manifest } = await openRunFolder(prepared, settings, io)
  const journal = new Journal(dir, countTrials(prepared.shape))
  io.onLeave(() => {
    journal.closeNow()
    return 'the journal is intact'
  })
  const progress = io.announce({ manifest, prepared, concurrency: settings.policy.concurrency })
  const asked = await askAll(prepared, settings, io, { journal, provider, progress })
  await journal.close()
  const reader = journal.reader()
  try {
    const interrupted = io.interrupt.aborted
    const { summary, files } = await writeReports(dir, prepared, reader, settings, {
      manifest,
      wallMs: asked.wallMs,
      unsettledUsd: asked.unsettledUsd,
      notes: [...prepared.notes, ...budgetNotes(asked)],
      statusOf: (index) => (journal.isSkipped(index) ? 'skipped_budget' : interrupted ? 'pending' : 'skipped_stopped'),
    })
    const { exitCode, reasons } = verdict(summary, asked, settings, interrupted)
    return { exitCode, reasons, summary, dir, files: files.map((file) => relative(io.cwd, file) || file) }
  } finally {
    reader.close()
  }
}

/** What a reader has to know of a run with a budget. */
function budgetNotes({ overruns, tally }: Asked): string[] {
  const skipped = tally.skippedByBudget
  return [
    ...(overruns > 0
      ? [
          `${plural(overruns, 'answer')} cost more than had been reserved (hidden prompt or dearer provider); reservations were raised`,
        ]
      : []),
    // The cheaper ones still fitted when the dearer ones no longer did.
    ...(skipped > 0
      ? [`${plural(skipped, 'trial')} did not fit the budget, dearer ones first: those asked are no fair sample`]
      : []),
  ]
}

interface RunTools {
  readonly journal: Journal
  readonly provider: Provider
  readonly progress: Progress
}

/** Sends every trial and closes the connections; all records are in the journal when this resolves. */
async function askAll(
  prepared: Prepared,
  settings: Settings,
  { clock, interrupt }: RunIo,
  { journal, provider, progress }: RunTools,
): Promise<Asked> {
  const tally = new Tally(countTrials(prepared.shape))
  const hopeless = new AbortController()
  // Not a listener on the interrupt: it may have come already.
  const stop = AbortSignal.any([interrupt, hopeless.signal])
  const budget = new Budget(settings.maxCostUsd, stop)
  let fatal: ProviderError | undefined
  let unsettledUsd = ZERO_USD
  const context: TrialContext = {
    clock,
    random: randomFrom(`${settings.seed}|retry jitter`),
    stop,
    prompts: prepared.prompts,
    models: prepared.models,
    score: trialScorer(prepared.scoring),
    sampleOf: ({ sampleIndex }) => prepared.sampleAt(sampleIndex),
    request: settings.endpoint,
    seed: settings.seed,
    policy: settings.policy,
    provider,
    budget,
    journal,
    giveUp: (error) => {
      fatal ??= error
      hopeless.abort()
    },
  }
  const startMs = clock.nowMs()
  const settle = async (trial: Trial, slots: Slots): Promise<void> => {
    const end = await settleTrial(trial, context, slots).catch((error: unknown) => {
      // Without a journal nothing more may be sent; those that wait for money or a retry must not wait on.
      hopeless.abort()
      throw error
    })
    if (end.kind === 'settled') {
      tally.add(end.record, end.score)
      progress.update(() => ({
        ...tally.state(),
        spentUsd: formatUsd(budget.spentUsd),
        elapsedMs: clock.nowMs() - startMs,
      }))
      return
    }
    unsettledUsd += end.lostUsd ?? ZERO_USD
    if (end.kind === 'stopped') return
    journal.skip(trial.index)
    tally.skippedByBudget += 1
  }
  try {
    await dispatch(trialsInOrder(prepared.order, prepared.shape), settle, settings.policy, stop)
  } finally {
    progress.stop()
    await provider.close()
  }
  return { tally, fatal, unsettledUsd, overruns: budget.overruns, wallMs: clock.nowMs() - startMs }
}
