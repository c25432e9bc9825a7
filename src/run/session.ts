/** Where does the run stand when this process takes it up? A folder of its own, or the one of earlier sessions. */
import { dirname, join } from 'node:path'
import type { Settings } from '../config/types.ts'
import { Journal } from '../journal/journal.ts'
import { lockRun, type RunLock } from '../journal/lock.ts'
import { type Losses, NO_LOSSES, type JournalScan, scanJournal } from '../journal/scan.ts'
import { scanScores } from '../journal/scan-scores.ts'
import { type JudgeCosts, NO_JUDGE_COSTS } from '../journal/judge-costs.ts'
import type { Manifest, ManifestResume, ManifestScoring } from '../journal/types.ts'
import { UserError } from '../lib/errors.ts'
import { KeyTable } from '../lib/key-table.ts'
import { plural } from '../lib/text.ts'
import { syncFolder } from '../lib/sync-folder.ts'
import { formatUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import { VERSION } from '../lib/version.ts'
import { countTrials } from '../plan/trials.ts'
import { SAMPLES_FILE } from '../dataset/spool.ts'
import { fillRunFolder, openRunFolder } from './folder.ts'
import { draftManifest, scoringOf } from './manifest.ts'
import type { KeptSamples, Prepared } from './prepare.ts'
import type { TrialInputs } from './prepare-trial.ts'
import { findRun, type PreviousRun } from '../journal/find-run.ts'
import { type Carried, changedSettings, matchTrials, type ResumeCounts, type Work } from './resume.ts'
import type { ScoringContext } from './trial.ts'
import type { Turns } from './turns.ts'

export interface Session {
  readonly dir: string
  readonly manifest: Manifest
  readonly journal: Journal
  readonly lock: RunLock
  /** Null: the run begins. */
  readonly resumed: ResumeCounts | null
  /** How many trials this session is to ask. */
  /** Trials that this session has something to do for. */
  readonly toDoCount: number
  /** What is to be done for a trial; null: nothing. */
  readonly workOf: (trialIndex: number) => Work | null
  readonly carried: Map<string, Carried>
  /** What earlier sessions were billed, and what their other attempts may have cost. */
  readonly spentUsd: Usd
  readonly lostUsd: Usd
  /** By model: by how much answers have cost more than had been reserved for them, in thousandths. */
  readonly overrunsPermille: ReadonlyMap<string, bigint>
  /** The part of that for answers that no trial asks for any more. */
  readonly dropped: Losses
  readonly scoringPass: number
  /** Answers of judges that earlier sessions have, and what they cost. */
  readonly judgedAt: KeyTable
  readonly judgeCosts: JudgeCosts
}

/** The run that is to be gone on with; nobody else writes it until the lock is released. */
export interface LockedRun extends PreviousRun {
  readonly lock: RunLock
}

/** Throws UserError when there is no such run, or when another process is writing it. */
export function takeRun(asked: string, cwd: string, now: Date): LockedRun {
  const previous = findRun(asked, cwd)
  return { ...previous, lock: lockRun(previous.dir, now) }
}

/** A dataset that came over standard input is read again from the run folder. */
export function keptSamples({ dir, manifest }: PreviousRun, { takesKeptSamples }: Settings): KeptSamples | null {
  return takesKeptSamples ? { path: join(dir, SAMPLES_FILE), dataset: manifest.dataset } : null
}

export interface SessionIo extends Turns {
  readonly cwd: string
}

export async function beginSession(
  prepared: Prepared,
  settings: Settings,
  io: SessionIo,
  { scoring, baselineRuns }: Pick<ScoringContext, 'scoring'> & { readonly baselineRuns: readonly string[] | null },
): Promise<Session> {
  const { dir, manifest, lock } = await openRunFolder(prepared, settings, { ...io, scoring, baselineRuns })
  const journal = new Journal(dir, countTrials(prepared.shape))
  await syncFolder(dir)
  await syncFolder(dirname(dir))
  const total = countTrials(prepared.shape)
  return {
    dir,
    manifest,
    lock,
    journal,
    resumed: null,
    toDoCount: total,
    workOf: () => 'ask',
    carried: new Map(),
    spentUsd: ZERO_USD,
    lostUsd: ZERO_USD,
    overrunsPermille: new Map(),
    dropped: NO_LOSSES,
    scoringPass: 1,
    judgedAt: new KeyTable(),
    judgeCosts: NO_JUDGE_COSTS,
  }
}

/** Throws UserError, before anything is written, at settings that may not change and at a damaged journal. */
export async function resumeSession(
  previous: LockedRun,
  prepared: Prepared,
  settings: Settings,
  io: SessionIo,
  tools: TrialInputs & Pick<ScoringContext, 'scoring'> & { readonly baselineRuns: readonly string[] | null },
): Promise<Session> {
  const { dir } = previous
  const draft = await draftManifest(prepared, settings, io.cwd)
  const changed = changedSettings(previous.manifest, draft, settings)
  const scan = await scanJournal(dir, io.interrupt)
  refuseUnknownCosts(scan, settings)
  const scores = await scanScores(dir, tools.scoring, io.interrupt)
  const journal = new Journal(dir, countTrials(prepared.shape), { journal: scan.bytes, scores: scores.bytes })
  try {
    const { counts, workOf, carried, dropped } = await matchTrials({
      shape: prepared.shape,
      inputs: tools,
      journal,
      scan,
      scores,
      retryFailed: settings.retryFailed,
      promptsBefore: previous.manifest.prompts.map(({ name }) => name),
      scoreOnly: settings.scoreOnly,
      clusterColumn: settings.dataset.clusterColumn,
      hasScorers: prepared.scoring.scorers.length > 0,
      turns: io,
    })
    if (settings.scoreOnly && counts.reused === 0) {
      throw new UserError(
        `${previous.manifest.runId}: no answer to score. ${scan.settledAt.size > 0 ? 'Its answers belong to other prompts or settings than those that would be scored now.' : 'The run has none.'}`,
      )
    }
    const { quarantined: _reused, unscored, ...kept } = counts
    const resume: ManifestResume = { at: io.clock.wallTime().toISOString(), assayVersion: VERSION, ...kept, changed }
    const { runId, startedAt, resumes, shards } = previous.manifest
    const manifest: Manifest = {
      runId,
      startedAt,
      ...draft,
      // What a run was merged of stays so: its answers are known by it, and its parts are no runs of their own.
      ...(shards === undefined ? {} : { shards }),
      baselineRuns: tools.baselineRuns ?? previous.manifest.baselineRuns ?? null,
      resumes: [...resumes, resume],
      scorings: withScoring(
        previous.manifest,
        scoringOf(scores.pass, draft, {
          at: io.clock.wallTime(),
          key: tools.scoring,
          prepared,
          judging: settings.judging,
        }),
      ),
    }
    await fillRunFolder(dir, prepared, manifest)
    return {
      dir,
      manifest,
      journal,
      lock: previous.lock,
      resumed: counts,
      toDoCount: unscored + (settings.scoreOnly ? 0 : counts.retried + counts.rerun + counts.remaining),
      workOf,
      carried,
      spentUsd: scan.spentUsd,
      lostUsd: scan.lostUsd,
      overrunsPermille: scan.overrunsPermille,
      dropped,
      scoringPass: scores.pass,
      judgedAt: scan.judgedAt,
      judgeCosts: scan.judges,
    }
  } catch (error) {
    journal.closeNow()
    throw error
  }
}

/** A pass that is gone on with stays one entry, and is the last again. */
function withScoring({ scorings }: Manifest, scoring: ManifestScoring): readonly ManifestScoring[] {
  const isSame = ({ pass }: ManifestScoring): boolean => pass === scoring.pass
  return [...scorings.filter((other) => !isSame(other)), scorings.find(isSame) ?? scoring]
}

/** A budget is for the whole run: what nobody can tell of earlier sessions could break it. */
function refuseUnknownCosts({ costUnknown }: JournalScan, { maxCostUsd }: Settings): void {
  if (costUnknown === 0 || maxCostUsd === null) return
  throw new UserError(
    `--resume: nobody knows what ${plural(costUnknown, 'trial')} of earlier sessions cost (no report, no price), so the budget of ` +
      `$${formatUsd(maxCostUsd)} cannot be kept. Go on without one (--max-cost none), or begin a new run.`,
  )
}
