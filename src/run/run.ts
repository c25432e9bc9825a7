/** One run, read from top to bottom: prepare → plan → dispatch → journal and score → reports → exit code. */
import { relative, resolve } from 'node:path'
import type { LimitFunction } from 'p-limit'
import type { Settings } from '../config/types.ts'
import { dispatch } from '../dispatch/dispatch.ts'
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
  /** Called with what has to be written out if the process must leave at once. */
  holdOpen(journal: Pick<Journal, 'closeNow'>): void
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
  try {
    const prepared = await prepare(settings, io)
    try {
      await survey(prepared, settings.endpoint.maxTokens, await simulator)
      io.interrupt.throwIfAborted()
      return await runPrepared(prepared, settings, io, await simulator)
    } finally {
      prepared.close()
    }
  } finally {
    await simulator?.then((server) => server.close())
  }
}

async function runPrepared(
  prepared: Prepared,
  settings: Settings,
  io: RunIo,
  simulator: SimulatorProcess | null,
): Promise<RunEnd> {
  const { dir, manifest } = await openRunFolder(prepared, settings, io)
  const journal = new Journal(dir, countTrials(prepared.shape))
  io.holdOpen(journal)
  const progress = io.announce({ manifest, prepared, concurrency: settings.policy.concurrency })
  const provider = connect({
    profile: settings.endpoint.profile,
    ...(settings.endpoint.address ?? { baseUrl: simulator?.url ?? '', apiKey: null, apiKeyEnv: null }),
    concurrency: settings.policy.concurrency,
    env: io.env,
  })
  const asked = await askAll(prepared, settings, io, { journal, provider, progress }).finally(() => progress.stop())
  await provider.close()
  await journal.close()
  const reader = journal.reader()
  try {
    const interrupted = io.interrupt.aborted
    const { summary, files } = writeReports(dir, prepared, reader, settings, {
      manifest,
      wallMs: asked.wallMs,
      unsettledUsd: asked.unsettledUsd,
      notes: [...prepared.notes, ...overrunNote(asked.overruns)],
      statusOf: (index) => (journal.isSkipped(index) ? 'skipped_budget' : interrupted ? 'pending' : 'skipped_stopped'),
    })
    const { exitCode, reasons } = verdict(summary, asked, settings, interrupted)
    return { exitCode, reasons, summary, dir, files: files.map((file) => relative(io.cwd, file) || file) }
  } finally {
    reader.close()
  }
}

/** A price list or a token bound that was too low: told, since a budget rests on both. */
function overrunNote(overruns: number): string[] {
  if (overruns === 0) return []
  return [
    `${plural(overruns, 'answer')} cost more than had been reserved (hidden prompt or dearer provider); reservations were raised`,
  ]
}

interface RunTools {
  readonly journal: Journal
  readonly provider: Provider
  readonly progress: Progress
}

/** Sends every trial; its record is in the journal when this resolves. */
async function askAll(
  prepared: Prepared,
  settings: Settings,
  { clock, interrupt }: RunIo,
  { journal, provider, progress }: RunTools,
): Promise<Asked> {
  const tally = new Tally(countTrials(prepared.shape))
  const budget = new Budget(settings.maxCostUsd)
  const hopeless = new AbortController()
  let fatal: ProviderError | undefined
  let unsettledUsd = ZERO_USD
  const context: TrialContext = {
    clock,
    random: randomFrom(`${settings.seed}|retry jitter`),
    // Not a listener on the interrupt: it may have come already.
    stop: AbortSignal.any([interrupt, hopeless.signal]),
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
  const settle = async (trial: Trial, limit: LimitFunction): Promise<void> => {
    const end = await settleTrial(trial, context, limit)
    if (end.kind !== 'settled') {
      unsettledUsd += end.lostUsd
      if (end.kind === 'stopped') return
      journal.skip(trial.index)
      tally.skippedByBudget += 1
      return
    }
    tally.add(end.record, end.score)
    progress.update(() => ({
      ...tally.state(),
      spentUsd: formatUsd(budget.spentUsd),
      elapsedMs: clock.nowMs() - startMs,
    }))
  }
  await dispatch(trialsInOrder(prepared.order, prepared.shape), settle, settings.policy, context.stop)
  return { tally, fatal, unsettledUsd, overruns: budget.overruns, wallMs: clock.nowMs() - startMs }
}
