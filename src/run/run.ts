/** One run, read from top to bottom: prepare → plan → dispatch → journal and score → reports → exit code. */
import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Settings } from '../config/types.ts'
import { dispatch } from '../dispatch/dispatch.ts'
import { Journal } from '../journal/journal.ts'
import type { Manifest } from '../journal/types.ts'
import { writeAtomically } from '../lib/atomic-file.ts'
import type { Clock } from '../lib/clock.ts'
import { asWriteError, EXIT, type ExitCode, errorCode, UserError, worstExit, writing } from '../lib/errors.ts'
import { randomFrom } from '../lib/random.ts'
import { formatUsd } from '../lib/usd.ts'
import { Budget } from '../plan/budget.ts'
import { countTrials, trialsInOrder } from '../plan/trials.ts'
import { connect } from '../provider/index.ts'
import type { ProviderError } from '../provider/types.ts'
import type { Progress } from '../report/progress.ts'
import { trialScorer } from '../score/index.ts'
import type { GroupSummary, Summary } from '../stats/types.ts'
import { draftManifest, runIdOf } from './manifest.ts'
import { type Prepared, prepare } from './prepare.ts'
import { writeReports } from './reports.ts'
import { type SimulatorProcess, startSimulatorProcess } from './simulator-process.ts'
import { survey } from './survey.ts'
import { Tally } from './tally.ts'
import { settleTrial, stopsRun, type TrialContext } from './trial.ts'

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
  const total = countTrials(prepared.shape)
  const journal = new Journal(dir, total)
  io.holdOpen(journal)
  const tally = new Tally(total)
  const budget = new Budget(settings.maxCostUsd)
  const hopeless = new AbortController()
  // Not a listener on the interrupt: it may have come already.
  const stop = AbortSignal.any([io.interrupt, hopeless.signal])
  const progress = io.announce({ manifest, prepared, concurrency: settings.policy.concurrency })
  const provider = connect({
    profile: settings.endpoint.profile,
    ...(settings.endpoint.address ?? { baseUrl: simulator?.url ?? '', apiKey: null, apiKeyEnv: null }),
    concurrency: settings.policy.concurrency,
    env: io.env,
  })
  const context: TrialContext = {
    clock: io.clock,
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
  }
  const startMs = io.clock.nowMs()
  let fatal: ProviderError | undefined
  try {
    await dispatch(
      trialsInOrder(prepared.order, prepared.shape),
      async (trial, limit) => {
        const end = await settleTrial(trial, context, limit)
        if (end.kind === 'budget') {
          journal.skip(trial.index)
          tally.skippedByBudget += 1
        }
        if (end.kind !== 'settled') return
        tally.add(end.record, end.score)
        progress.update(() => ({
          ...tally.state(),
          spentUsd: formatUsd(budget.spentUsd),
          elapsedMs: io.clock.nowMs() - startMs,
        }))
        if (end.error !== null && stopsRun(end.error)) {
          fatal ??= end.error
          hopeless.abort()
        }
      },
      settings.policy,
      stop,
    )
  } finally {
    progress.stop()
    await provider.close()
  }
  const wallMs = io.clock.nowMs() - startMs
  await journal.close()
  const reader = journal.reader()
  try {
    const interrupted = io.interrupt.aborted
    const { summary, files } = writeReports(dir, prepared, reader, settings, {
      manifest,
      wallMs,
      notes: prepared.notes,
      statusOf: (index) => (journal.isSkipped(index) ? 'skipped_budget' : interrupted ? 'pending' : 'skipped_stopped'),
    })
    const { exitCode, reasons } = verdict(summary, tally, settings, { interrupted, fatal })
    return { exitCode, reasons, summary, dir, files: files.map((file) => relative(io.cwd, file) || file) }
  } finally {
    reader.close()
  }
}

/** The run folder, with the manifest and the samples in it. */
async function openRunFolder(
  prepared: Prepared,
  settings: Settings,
  { cwd, clock }: RunIo,
): Promise<{ dir: string; manifest: Manifest }> {
  const draft = await draftManifest(prepared, settings, cwd)
  const startedAt = clock.wallTime()
  const { dir, runId } = createFolder(
    settings.outDir === null ? null : resolve(cwd, settings.outDir),
    runIdOf(draft, startedAt),
    cwd,
  )
  const manifest: Manifest = { ...draft, runId, startedAt: startedAt.toISOString() }
  writing(dir, () => renameSync(prepared.stagedPath, join(dir, 'samples.jsonl')))
  writeAtomically(join(dir, 'manifest.json'), [`${JSON.stringify(manifest, null, 2)}\n`])
  return { dir, manifest }
}

/**
 * A folder given with --out is there already: the samples were staged in it. Two runs of one second with equal settings
 * would have one name under results/; the second gets a number.
 */
function createFolder(outDir: string | null, runId: string, cwd: string): { dir: string; runId: string } {
  if (outDir !== null) return { dir: outDir, runId }
  for (let copy = 1; ; copy++) {
    const name = copy === 1 ? runId : `${runId}-${copy}`
    const dir = resolve(cwd, 'results', name)
    try {
      mkdirSync(dir)
      return { dir, runId: name }
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw asWriteError(dir, error)
    }
  }
}

function refuseUsedFolder(dir: string, asTyped: string): void {
  try {
    if (readdirSync(dir).length > 0) {
      throw new UserError(
        `--out ${asTyped}: the folder is not empty. A run needs a folder of its own; name one that does not exist yet.`,
      )
    }
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOTDIR') throw new UserError(`--out ${asTyped}: there is a file of that name. Name a folder.`)
    if (code !== 'ENOENT') throw asWriteError(dir, error)
  }
}

/** What the numbers come to, in the precedence of the exit codes. */
function verdict(
  summary: Summary,
  tally: Tally,
  { maxFailed, failUnder }: Settings,
  { interrupted, fatal }: { interrupted: boolean; fatal: ProviderError | undefined },
): { exitCode: ExitCode; reasons: string[] } {
  const reasons: [ExitCode, string][] = []
  if (interrupted)
    reasons.push([
      EXIT.interrupted,
      `interrupted with ${summary.skipped} trials unfinished; what was answered is in the reports`,
    ])
  if (fatal !== undefined) reasons.push([EXIT.endpointFailed, `the endpoint refused (${fatal.kind}): ${fatal.message}`])
  else if (tally.failedShare > maxFailed) {
    reasons.push([
      EXIT.endpointFailed,
      `${tally.failed} of ${tally.settled} trials failed, more than --max-failed ${maxFailed * 100}%`,
    ])
  }
  if (tally.skippedByBudget > 0) {
    reasons.push([
      EXIT.budget,
      `the budget (--max-cost) left ${tally.skippedByBudget} of ${tally.planned} trials unasked`,
    ])
  }
  for (const group of failUnder === null ? [] : summary.groups) {
    const problem = belowThreshold(group, failUnder ?? 0)
    if (problem !== undefined) reasons.push([EXIT.thresholdMissed, problem])
  }
  return { exitCode: worstExit(reasons.map(([code]) => code)), reasons: reasons.map(([, reason]) => reason) }
}

/** A model without a pass rate has not met a threshold. */
function belowThreshold({ model, prompt, passRate: { value } }: GroupSummary, failUnder: number): string | undefined {
  if (value !== null && value >= failUnder) return undefined
  const shown = value === null ? 'no pass rate' : `a pass rate of ${(value * 100).toFixed(2)} %`
  return `${model} (${prompt}) has ${shown}, below --fail-under ${failUnder * 100}%`
}
