/** Where does the run stand when this process takes it up? A folder of its own, or the one of earlier sessions. */
import { dirname, join } from 'node:path'
import type { Settings } from '../config/types.ts'
import { Journal } from '../journal/journal.ts'
import { lockRun, type RunLock } from '../journal/lock.ts'
import { scanJournal, scanScores } from '../journal/scan.ts'
import type { Manifest, ManifestResume } from '../journal/types.ts'
import { canonicalJson } from '../lib/hash.ts'
import { KeyTable } from '../lib/key-table.ts'
import { syncFolder } from '../lib/sync-folder.ts'
import { type Usd, ZERO_USD } from '../lib/usd.ts'
import { VERSION } from '../lib/version.ts'
import { countTrials } from '../plan/trials.ts'
import { fillRunFolder, openRunFolder, SAMPLES_FILE } from './folder.ts'
import { draftManifest } from './manifest.ts'
import type { KeptSamples, Prepared } from './prepare.ts'
import type { TrialInputs } from './prepare-trial.ts'
import { findRun, type PreviousRun } from './previous.ts'
import { type Carried, changedSettings, matchTrials, type ResumeCounts } from './resume.ts'
import { scoreOf, type TrialContext } from './trial.ts'
import type { Turns } from './turns.ts'

export interface Session {
  readonly dir: string
  readonly manifest: Manifest
  readonly journal: Journal
  readonly lock: RunLock
  /** Null: the run begins. */
  readonly resumed: ResumeCounts | null
  /** How many trials this session is to ask. */
  readonly toAskCount: number
  isToAsk(trialIndex: number): boolean
  readonly carried: Map<string, Carried>
  /** What earlier sessions were billed, and what their other attempts may have cost. */
  readonly spentUsd: Usd
  readonly lostUsd: Usd
  /** The part of that for answers that no trial asks for any more. */
  readonly droppedUsd: Usd
  readonly scoringPass: number
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
export function keptSamples({ dir, manifest }: PreviousRun, { dataset }: Settings): KeptSamples | null {
  return dataset.path === '-' ? { path: join(dir, SAMPLES_FILE), dataset: manifest.dataset } : null
}

export interface SessionIo extends Turns {
  readonly cwd: string
}

export async function beginSession(prepared: Prepared, settings: Settings, io: SessionIo): Promise<Session> {
  const { dir, manifest, lock } = await openRunFolder(prepared, settings, io)
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
    toAskCount: total,
    isToAsk: () => true,
    carried: new Map(),
    spentUsd: ZERO_USD,
    lostUsd: ZERO_USD,
    droppedUsd: ZERO_USD,
    scoringPass: 1,
  }
}

/** Throws UserError, before anything is written, at settings that may not change and at a damaged journal. */
export async function resumeSession(
  previous: LockedRun,
  prepared: Prepared,
  settings: Settings,
  io: SessionIo,
  tools: TrialInputs & Pick<TrialContext, 'score'>,
): Promise<Session> {
  const { dir } = previous
  const draft = await draftManifest(prepared, settings, io.cwd)
  const changed = changedSettings(previous.manifest, draft, settings)
  const scan = await scanJournal(dir, io.interrupt)
  const scores = await scanScores(dir, io.interrupt)
  const areScorersTheSame = canonicalJson(previous.manifest.scorers) === canonicalJson(draft.scorers)
  const scoringPass = areScorersTheSame ? Math.max(1, scores.pass) : scores.pass + 1
  const journal = new Journal(dir, countTrials(prepared.shape), { journal: scan.bytes, scores: scores.bytes })
  try {
    const { counts, toAsk, carried, droppedUsd } = await matchTrials({
      shape: prepared.shape,
      inputs: tools,
      journal,
      scan,
      scores: areScorersTheSame ? scores : { ...scores, scoredAt: new KeyTable() },
      retryFailed: settings.retryFailed,
      rescore: async (trial, record) => {
        const score = await scoreOf(trial, record, { score: tools.score, scoringPass })
        if (score !== undefined) journal.scored(trial.trial.index, score)
      },
      turns: io,
    })
    const { quarantined: _reused, ...kept } = counts
    const resume: ManifestResume = { at: io.clock.wallTime().toISOString(), assayVersion: VERSION, ...kept, changed }
    const { runId, startedAt, resumes } = previous.manifest
    const manifest: Manifest = { runId, startedAt, ...draft, resumes: [...resumes, resume] }
    await fillRunFolder(dir, prepared, manifest)
    return {
      dir,
      manifest,
      journal,
      lock: previous.lock,
      resumed: counts,
      toAskCount: counts.retried + counts.rerun + counts.remaining,
      isToAsk: (index) => toAsk[index] !== 0,
      carried,
      spentUsd: scan.spentUsd,
      lostUsd: scan.lostUsd,
      droppedUsd,
      scoringPass,
    }
  } catch (error) {
    journal.closeNow()
    throw error
  }
}
