/** What of the earlier sessions holds? Answers to trials that ask now what they asked then; the rest is asked. */
import type { Settings } from '../config/types.ts'
import { RETRY_TABLE } from '../dispatch/retry.ts'
import type { Journal } from '../journal/journal.ts'
import type { JournalReader } from '../journal/reader.ts'
import { type JournalScan, type Losses, NO_LOSSES } from '../journal/scan.ts'
import { type ScoresScan, scoreKey } from '../journal/scan-scores.ts'
import type { ScorePlace, Manifest, ManifestResume, TrialRecord } from '../journal/types.ts'
import { UserError } from '../lib/errors.ts'
import { canonicalJson, key128 } from '../lib/hash.ts'
import { KeyTable } from '../lib/key-table.ts'
import { oneLine } from '../lib/text.ts'
import { parseUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import { pairKey } from '../plan/keys.ts'
import { countTrials, type PlanShape, trialAt } from '../plan/trials.ts'
import type { Trial } from '../plan/types.ts'
import type { ManifestDraft } from './manifest.ts'
import { type PreparedTrial, prepareTrial, type TrialInputs } from './prepare-trial.ts'
import { placeOf } from './score-place.ts'
import { Turn, type Turns } from './turns.ts'

/** Settings that decide the answers, by config key. Rows and prompts do too, but their trials are told apart one by one. */
export const DECIDE_ANSWERS: readonly string[] = [
  'provider',
  'baseUrl',
  'model',
  'param',
  'maxTokens',
  'temperature',
  'stream',
  'simulator',
  'seed',
  'replayColumn',
  'replayRun',
]

/** Settings that made the samples: where these are kept from standard input, they cannot be made again. */
export const MADE_SAMPLES: readonly string[] = ['id', 'expected', 'expectedSeparator', 'where', 'offset', 'limit']

/** Rules of a verdict that stops the run: fixed before the first answer, or its error levels mean nothing. */
const STOPPING_RULES: readonly string[] = ['baseline', 'maxDrop', 'metric', 'alpha', 'alarmOn', 'sequential']

/** A trial that has been given up so often in a row with the same error is not asked again. */
const QUARANTINED_AFTER = 3

/** Stands in the table of settled lines for one that a trial of the plan has found. */
const FOUND = -1

/** What is to be done for a trial: it has no record, or a failure is to be replaced. 0: nothing. */
const NEW = 1
const AGAIN = 2
/** The answer is there, and the scorers have not seen it, or a judge had no answer. */
const UNSCORED = 3

/** Names the settings that differ; throws UserError at those that may not, unless `allowChange`. */
export function changedSettings(
  before: Manifest,
  now: ManifestDraft,
  { allowChange, takesKeptSamples, scoreOnly }: Pick<Settings, 'allowChange' | 'takesKeptSamples' | 'scoreOnly'>,
): string[] {
  const [was, is] = [comparable(before), comparable(now)]
  const changed = Object.keys(is).filter((key) => canonicalJson(was[key]) !== canonicalJson(is[key]))
  const stops = was['sequential'] === true
  const binding = new Set([
    ...DECIDE_ANSWERS,
    'dataset',
    ...(takesKeptSamples ? MADE_SAMPLES : []),
    // Score lines of both sessions say which rows hang together.
    'cluster',
    ...(stops ? STOPPING_RULES : []),
  ])
  const refused = changed.filter((key) => binding.has(key))
  // Where nothing is asked, no answer can come from other settings.
  if (refused.length === 0 || allowChange || scoreOnly) return changed
  throw new UserError([
    '--resume: settings that decide the answers have changed since the run began:',
    ...refused.map((key) => `  ${key}: was ${shown(was[key])}, is ${shown(is[key])}`),
    'Set them back, begin a new run, or take --allow-change: trials that ask something else by it are asked anew.',
  ])
}

function shown(value: unknown): string {
  return value === null || value === undefined ? 'not set' : oneLine(canonicalJson(value), 200)
}

type Compared = Pick<Manifest, 'settings' | 'provider' | 'dataset' | 'seed'>

/** As a manifest has them that was read: JSON leaves out what is undefined. */
function comparable({ settings, provider, dataset, seed }: Compared): Record<string, unknown> {
  const all = { ...settings, provider: provider.name, baseUrl: provider.baseUrl, dataset: dataset.name, seed }
  return JSON.parse(JSON.stringify(all)) as Record<string, unknown>
}

/** Every trial of the plan is in one of the first four. */
export interface ResumeCounts extends Omit<ManifestResume, 'at' | 'assayVersion' | 'changed'> {
  /** Of the reused: failed trials that are not asked again, since they failed in the same way too often. */
  readonly quarantined: number
  /** Of the reused: answers that are to be scored. */
  readonly unscored: number
}

/** What a trial brings along from earlier sessions. */
export interface Carried {
  /** Of attempts that no record tells of. */
  readonly losses: Losses
  /** The failure that is to be replaced by another try; null when the trial never settled. */
  readonly failure: Failure | null
}

export type Failure = Pick<
  TrialRecord,
  'attempts' | 'possiblyBilled' | 'retryCostUsd' | 'sameFailures' | 'errorKind' | 'error'
>

export interface Reuse {
  readonly counts: ResumeCounts
  /** What is to be done for a trial; null: nothing. */
  readonly workOf: (trialIndex: number) => Work | null
  /** By trial key. */
  readonly carried: Map<string, Carried>
  /** Cost of answers that no trial asks for any more, and their attempts that may have been billed. */
  readonly dropped: Losses
}

/** Ask the model and score its answer, or score the answer that is there. */
export type Work = 'ask' | 'score'

export interface MatchInputs {
  readonly shape: PlanShape
  readonly inputs: TrialInputs
  readonly journal: Journal
  readonly scan: JournalScan
  readonly scores: ScoresScan
  readonly retryFailed: boolean
  /** Names of the prompts of the session before: a prompt that stands in its place is the same one in other words. */
  readonly promptsBefore: readonly string[]
  /** Nothing is asked: answers that are there are scored. */
  readonly scoreOnly: boolean
  readonly clusterColumn: string | null
  /** False: rows are scored only by what they ask for themselves. */
  readonly hasScorers: boolean
  readonly turns: Turns
}

/** Looks at every trial of the plan, one at a time; afterwards the journal knows which of them have a record. */
export async function matchTrials(match: MatchInputs): Promise<Reuse> {
  const { shape, inputs, journal, scan, scores, turns } = match
  const turn = new Turn(turns)
  const reader = journal.reader()
  const toDo = new Uint8Array(countTrials(shape))
  const carried = new Map(
    [...scan.unsettled].map(([key, losses]): [string, Carried] => [key, { losses, failure: null }]),
  )
  const counts = { reused: 0, retried: 0, rerun: 0, remaining: 0, dropped: 0, quarantined: 0, unscored: 0 }
  try {
    for (let index = 0; index < toDo.length; index++) {
      if (turn.isOver) await turn.next()
      const trial = prepareTrial(trialAt(index, shape), inputs)
      const settledAt = scan.settledAt.get(trial.trialKey)
      if (settledAt === undefined) {
        toDo[index] = NEW
        counts.remaining += 1
        continue
      }
      if (scan.failedAt.get(trial.trialKey) === settledAt) {
        journal.reuse(index, settledAt)
        const failure = failureOf(reader.recordAt(settledAt))
        // A wrong key or an empty balance was no matter of the trial: it has not had its turn.
        const hadNoTurn = failure.errorKind !== null && RETRY_TABLE[failure.errorKind].stopsRun
        if (match.retryFailed && failure.sameFailures >= QUARANTINED_AFTER) counts.quarantined += 1
        else if (match.retryFailed || (hadNoTurn && !match.scoreOnly)) {
          carried.set(trial.trialKey, { losses: scan.unsettled.get(trial.trialKey) ?? NO_LOSSES, failure })
          toDo[index] = AGAIN
        }
        if (toDo[index] !== AGAIN && scores.unscored.get(trial.trialKey) === undefined) {
          journal.noted({ ...noteOf(trial, match), failed: failure.errorKind })
        }
      } else if (!reuseAnswer(trial, settledAt, match)) {
        counts.unscored += 1
        toDo[index] = UNSCORED
      }
      counts[toDo[index] === AGAIN ? 'retried' : 'reused'] += 1
      scan.settledAt.set(trial.trialKey, FOUND)
    }
    await turn.next()
    const unfound = new Unfound(scan, reader, match.promptsBefore)
    for (let index = 0; unfound.size > 0 && index < toDo.length; index++) {
      if (turn.isOver) await turn.next()
      if (toDo[index] !== NEW || !unfound.has(trialAt(index, shape), inputs)) continue
      counts.rerun += 1
      if (!match.scoreOnly)
        journal.noted({ ...noteOf(prepareTrial(trialAt(index, shape), inputs), match), stale: true })
    }
    counts.remaining -= counts.rerun
    counts.dropped = unfound.size - counts.rerun
    const workOf = (index: number): Work | null => {
      if (toDo[index] === UNSCORED) return 'score'
      return toDo[index] === 0 || match.scoreOnly ? null : 'ask'
    }
    return { counts, workOf, carried, dropped: unfound.losses }
  } finally {
    reader.close()
  }
}

/** The place of a line about a trial beside the scores. */
function noteOf(trial: PreparedTrial, { clusterColumn, scores, inputs }: MatchInputs): ScorePlace {
  const prompt = inputs.prompts[trial.trial.promptIndex]?.name ?? ''
  return placeOf(trial, { model: trial.model.slug, prompt }, { clusterColumn, scoringPass: scores.pass })
}

/** Only what is needed of it stays: there may be many. */
function failureOf({ attempts, possiblyBilled, retryCostUsd, sameFailures, errorKind, error }: TrialRecord): Failure {
  return { attempts, possiblyBilled, retryCostUsd, sameFailures: sameFailures ?? 1, errorKind, error }
}

/** The answer holds; false when it is to be scored. */
function reuseAnswer(trial: PreparedTrial, settledAt: number, { journal, scores, hasScorers }: MatchInputs): boolean {
  const { index, epoch } = trial.trial
  const scoredAt = scores.scoredAt.get(scoreKey(trial.trialKey, pairKey(trial.sample, epoch)))
  journal.reuse(index, settledAt, scoredAt)
  return scoredAt !== undefined || !(hasScorers || trial.sample.assertions.length > 0)
}

/** Settled trials that no trial of the plan has found: their row, prompt or setting has changed, or is gone. */
class Unfound {
  /** What they cost, attempts that do not count included. */
  readonly losses: Losses
  /** By what was asked, whatever its words. */
  readonly #subjects = new KeyTable()

  constructor({ settledAt }: JournalScan, reader: JournalReader, prompts: readonly string[]) {
    let lostUsd = ZERO_USD
    let possiblyBilled = 0
    let attempts = 0
    for (const offset of settledAt.values()) {
      if (offset === FOUND) continue
      const record = reader.recordAt(offset)
      const { sample, prompt, model, epoch } = record
      this.#subjects.set(subjectKey(sample, prompts.indexOf(prompt), model, epoch), offset)
      lostUsd += usdOf(record.costUsd) + usdOf(record.retryCostUsd)
      possiblyBilled += record.possiblyBilled
      attempts += record.attempts
    }
    this.losses = { lostUsd, possiblyBilled, attempts }
  }

  get size(): number {
    return this.#subjects.size
  }

  /** Whether the same question was asked in other words. */
  has(trial: Trial, { sampleOf, models }: TrialInputs): boolean {
    const model = models[trial.modelIndex]?.slug ?? ''
    return this.#subjects.get(subjectKey(sampleOf(trial).id, trial.promptIndex, model, trial.epoch)) !== undefined
  }
}

function usdOf(text: string | null): Usd {
  return parseUsd(text ?? '0') ?? ZERO_USD
}

function subjectKey(sampleId: string, promptIndex: number, model: string, epoch: number): string {
  return key128(JSON.stringify([sampleId, promptIndex, model, epoch]))
}
