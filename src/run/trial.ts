/** One trial, from its sample to its score: send until settled, journal, score. */
import { attemptUntilSettled } from '../dispatch/dispatch.ts'
import { RETRY_TABLE } from '../dispatch/retry.ts'
import type { Admission, DispatchContext, DispatchPolicy, Learned, Outcome, TrialWork } from '../dispatch/types.ts'
import type { Journal } from '../journal/journal.ts'
import type { ScoreLine, TrialRecord } from '../journal/types.ts'
import { formatUsd, parseUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import type { Budget, Reservation, Settlement } from '../plan/budget.ts'
import { pairKey } from '../plan/keys.ts'
import type { Trial } from '../plan/types.ts'
import { promptTokensBound } from '../prompt/tokens.ts'
import type { Completion, Provider, ProviderError } from '../provider/types.ts'
import type { TrialScorer } from '../score/index.ts'
import type { AnswerFacts, Judges } from '../score/types.ts'
import type { AnswerCache } from './answer-cache.ts'
import { type PreparedTrial, prepareTrial, type TrialInputs } from './prepare-trial.ts'
import {
  type Billing,
  billingOf,
  cachedRecord,
  completedRecord,
  type Earlier,
  failedRecord,
  type Losses,
  NOTHING_LOST,
  sumOfLosses,
} from './record.ts'
import type { Carried, Failure } from './resume.ts'

/** What a token limit is kept by until the first answers tell better. */
const BYTES_PER_TOKEN = 4
const EXPECTED_ANSWER_TOKENS = 256

/** Everything a trial needs of the run around it. */
export interface TrialContext extends DispatchContext, TrialInputs {
  readonly score: TrialScorer
  /** The judges, who know which trial they are asked about. */
  readonly judgesOf: (prepared: PreparedTrial) => Judges
  readonly policy: DispatchPolicy
  readonly provider: Provider
  readonly budget: Budget
  readonly journal: Journal
  /** Answers of earlier runs; null: every trial is sent. */
  readonly cache: AnswerCache | null
  /** Which scorers, as a key. */
  readonly scoring: string
  /** Which pass over the answers this run's scores belong to, from 1. */
  readonly scoringPass: number
  /** What trials bring along from earlier sessions, by trial key. Who takes an entry accounts for it. */
  readonly carried: Map<string, Carried>
  /** The failure of one trial is the failure of all: no key, no money, no such model. Nothing more is to be sent. */
  giveUp(error: ProviderError): void
}

/** What the run has to know of a trial that is over. */
export type TrialEnd =
  | { readonly kind: 'settled'; readonly record: TrialRecord; readonly score: ScoreLine | undefined }
  /** Not settled; `unsettled` is what no record tells of its attempts. */
  | { readonly kind: 'stopped' | 'budget'; readonly unsettled: Losses }

/**
 * Runs one trial to its end; its record is on disk when the promise resolves. An answer from the cache needs no slot, no money
 * and no attempt. Rejects only when the journal cannot be written, or the cache not be read.
 */
export async function settleTrial(trial: Trial, context: TrialContext): Promise<TrialEnd> {
  const attempts = new Attempts(trial, context)
  const cached = context.cache?.find(attempts.prepared)
  if (cached !== undefined) {
    return settleAnswer(
      attempts.prepared,
      cachedRecord(attempts.prepared, cached, attempts.earlier, context.clock),
      context,
    )
  }
  const outcome = await attemptUntilSettled(attempts, context.policy, context)
  if (outcome.kind === 'unsettled') return { kind: outcome.why, unsettled: attempts.unsettled }
  return outcome.kind === 'failed'
    ? settleFailure(attempts, outcome, context)
    : settleCompletion(attempts, outcome, context)
}

/** The attempts of one trial, and the money of those that did not count. */
class Attempts implements TrialWork<Completion> {
  readonly #trial: Trial
  readonly #context: TrialContext
  #prepared: PreparedTrial | undefined
  /** Set aside for the attempt in flight; null between attempts. */
  #reservation: Reservation | null = null
  /** Of the attempts that do not count and that no record tells of. */
  unsettled: Losses = NOTHING_LOST
  #earlierAttempts = 0
  /** The failure that this try is to replace. */
  #failure: Failure | null = null

  constructor(trial: Trial, context: TrialContext) {
    this.#trial = trial
    this.#context = context
  }

  /** Made when its turn has come, or when the cache is asked for it: else a trial that only waits holds no prompt. */
  get prepared(): PreparedTrial {
    return (this.#prepared ??= this.#prepare())
  }

  #prepare(): PreparedTrial {
    const prepared = prepareTrial(this.#trial, this.#context)
    const carried = this.#context.carried.get(prepared.trialKey)
    if (carried !== undefined) {
      this.#context.carried.delete(prepared.trialKey)
      this.unsettled = carried.losses
      this.#failure = carried.failure
      this.#earlierAttempts = carried.losses.attempts + (carried.failure?.attempts ?? 0)
    }
    return prepared
  }

  /** What the record has to tell of everything before the attempt that decides. */
  get earlier(): Earlier {
    return {
      ...(this.#failure === null ? this.unsettled : sumOfLosses(this.unsettled, lossesOf(this.#failure))),
      attempts: this.#earlierAttempts,
      failure: this.#failure,
    }
  }

  async admit(attempt: number, isLate: () => boolean): Promise<Admission> {
    const { worstUsd, trialKey: trial, model } = this.prepared
    const { budget, journal, stop } = this.#context
    const reservation = await budget.reserve(worstUsd ?? ZERO_USD, model.slug)
    this.#reservation = reservation
    // The run may have been stopped while this waited for money.
    if (stop.aborted) return this.#sendNothing('stopped')
    if (reservation === null) return 'budget'
    if (isLate()) return this.#sendNothing('late')
    try {
      await journal.started({
        type: 'started',
        trial,
        attempt: this.#earlierAttempts + attempt,
        reservedUsd: worstUsd === null ? null : formatUsd(reservation.usd),
      })
      return 'admitted'
    } catch (error) {
      // Others may be waiting for this money: without it back they would wait for ever.
      this.#sendNothing('stopped')
      throw error
    }
  }

  #sendNothing<Why>(why: Why): Why {
    this.#settle({ costUsd: ZERO_USD })
    return why
  }

  /** Books what the answer that counts did cost. */
  pay({ costUsd, source }: Billing): void {
    this.#settle({ costUsd: costUsd ?? ZERO_USD, isEstimate: source === 'estimated' })
  }

  #settle(outcome: Settlement | 'possibly billed'): void {
    if (this.#reservation !== null) this.#context.budget.settle(this.#reservation, outcome)
    this.#reservation = null
  }

  send(signal: AbortSignal): Promise<Completion> {
    return this.#context.provider.complete(this.prepared.body, signal)
  }

  learn({ usage, rateLimits }: Completion): Learned {
    return { tokens: usage === null ? null : usage.promptTokens + usage.completionTokens, rateLimits }
  }

  estimateTokens(): number {
    const { maxTokens, params } = this.#context.request
    const promptTokens = promptTokensBound(this.prepared.messages, params) / BYTES_PER_TOKEN
    return Math.ceil(promptTokens + Math.min(maxTokens, EXPECTED_ANSWER_TOKENS))
  }

  retrying(attempt: number, error: ProviderError, waitMs: number): void {
    const { costUsd, possiblyBilled } = this.writeOff(error)
    this.#context.journal.retrying({
      type: 'retrying',
      trial: this.prepared.trialKey,
      attempt: this.#earlierAttempts + attempt,
      errorKind: error.kind,
      error: error.message,
      status: error.status,
      costUsd: costUsd === null ? null : formatUsd(costUsd),
      possiblyBilled,
      generationId: error.generationId,
      waitMs: Math.round(waitMs),
    })
  }

  /**
   * A failed attempt costs what the server says, nothing when it was refused, and at most the reservation when nobody
   * knows. Null when there is no price to tell that by.
   */
  writeOff(error: ProviderError): { readonly costUsd: Usd | null; readonly possiblyBilled: boolean } {
    const known = error.reportedCostUsd ?? (error.possiblyBilled ? null : ZERO_USD)
    const atMostUsd = this.prepared.worstUsd === null ? null : (this.#reservation?.usd ?? ZERO_USD)
    const costUsd = known ?? atMostUsd
    this.#settle(known === null ? 'possibly billed' : { costUsd: known })
    this.unsettled = sumOfLosses(this.unsettled, { lostUsd: costUsd, possiblyBilled: known === null ? 1 : 0 })
    return { costUsd, possiblyBilled: known === null }
  }
}

function lossesOf({ retryCostUsd, possiblyBilled }: Failure): Losses {
  return { lostUsd: retryCostUsd === null ? null : (parseUsd(retryCostUsd) ?? ZERO_USD), possiblyBilled }
}

async function settleFailure(
  attempts: Attempts,
  outcome: Extract<Outcome<Completion>, { kind: 'failed' }>,
  context: TrialContext,
): Promise<TrialEnd> {
  const { prepared } = attempts
  const { error } = outcome
  if (RETRY_TABLE[error.kind].stopsRun) context.giveUp(error)
  attempts.writeOff(error)
  const record = failedRecord(prepared, outcome, attempts.earlier, context.clock)
  await context.journal.settled(prepared.trial.index, record)
  return { kind: 'settled', record, score: undefined }
}

async function settleCompletion(
  attempts: Attempts,
  outcome: Extract<Outcome<Completion>, { kind: 'completed' }>,
  context: TrialContext,
): Promise<TrialEnd> {
  const { prepared } = attempts
  const completion = outcome.value
  const billing = billingOf(prepared, completion, context.request.maxTokens)
  attempts.pay(billing)
  const record = completedRecord(prepared, outcome, billing, attempts.earlier, context.clock)
  const end = await settleAnswer(prepared, record, context)
  context.cache?.keep(prepared, record)
  return end
}

/** Journals and scores a completed trial; both at once, since a score can be made again. */
async function settleAnswer(prepared: PreparedTrial, record: TrialRecord, context: TrialContext): Promise<TrialEnd> {
  const onDisk = context.journal.settled(prepared.trial.index, record)
  const score = await scoreOf(prepared, record, context)
  if (score !== undefined) context.journal.scored(prepared.trial.index, score)
  await onDisk
  return { kind: 'settled', record, score }
}

/** Scores stand beside the journal: they can be made again from it. Undefined when nothing scores the sample. */
export async function scoreOf(
  prepared: PreparedTrial,
  record: TrialRecord,
  { score, judgesOf, scoring, scoringPass }: Pick<TrialContext, 'score' | 'judgesOf' | 'scoring' | 'scoringPass'>,
): Promise<ScoreLine | undefined> {
  const { sample, trial, messages } = prepared
  const { expected, vars, assertions } = sample
  const input = { output: record.output, expected, vars, assertions, messages, facts: factsOf(record) }
  const pending = score(input, judgesOf(prepared))
  const scored = pending instanceof Promise ? await pending : pending
  const entries = Object.entries(scored.scores)
  if (entries.length === 0) return undefined
  return {
    trial: prepared.trialKey,
    pass: scoringPass,
    scoring,
    pairKey: pairKey(sample, trial.epoch),
    passed: scored.pass,
    score: scored.score,
    scores: Object.fromEntries(entries.map(([label, { value }]) => [label, value])),
    reason: scored.reason,
  }
}

function factsOf(record: TrialRecord): AnswerFacts {
  const { finishReason, refusal, toolCalls, costUsd, completionTokens, latencyUs, ttftUs } = record
  return {
    finishReason,
    refusal,
    toolCalls,
    latencyMs: latencyUs === null ? null : latencyUs / 1_000,
    ttftMs: ttftUs === null ? null : ttftUs / 1_000,
    costUsd,
    completionTokens,
  }
}
