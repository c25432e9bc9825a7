/** One trial, from its sample to its score: send until settled, journal, score. */
import { attemptUntilSettled } from '../dispatch/dispatch.ts'
import { RETRY_TABLE } from '../dispatch/retry.ts'
import type { DispatchContext, DispatchPolicy, Outcome, Slots, TrialWork } from '../dispatch/types.ts'
import type { Journal } from '../journal/journal.ts'
import type { ScoreLine, TrialRecord } from '../journal/types.ts'
import { formatUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import type { Budget, Reservation } from '../plan/budget.ts'
import { pairKey } from '../plan/keys.ts'
import type { Trial } from '../plan/types.ts'
import type { Completion, Provider, ProviderError } from '../provider/types.ts'
import type { TrialInput } from '../score/index.ts'
import type { TrialScore } from '../score/types.ts'
import { type PreparedTrial, prepareTrial, type TrialInputs } from './prepare-trial.ts'
import { billingOf, completedRecord, failedRecord, type Losses } from './record.ts'

/** Everything a trial needs of the run around it. */
export interface TrialContext extends DispatchContext, TrialInputs {
  readonly score: (input: TrialInput) => TrialScore | Promise<TrialScore>
  readonly policy: DispatchPolicy
  readonly provider: Provider
  readonly budget: Budget
  readonly journal: Journal
  /** The failure of one trial is the failure of all: no key, no money, no such model. Nothing more is to be sent. */
  giveUp(error: ProviderError): void
}

/** What the run has to know of a trial that is over. */
export type TrialEnd =
  | { readonly kind: 'settled'; readonly record: TrialRecord; readonly score: ScoreLine | undefined }
  /** Not settled; `lostUsd` is what its failed attempts billed or may have billed, null when unknown. */
  | { readonly kind: 'stopped' | 'budget'; readonly lostUsd: Usd | null }

/** Runs one trial to its end; its record is on disk when the promise resolves. Rejects only when the journal cannot be written. */
export async function settleTrial(trial: Trial, context: TrialContext, slots: Slots): Promise<TrialEnd> {
  const attempts = new Attempts(trial, context)
  const outcome = await attemptUntilSettled(attempts, context.policy, context, slots)
  if (outcome.kind === 'unsettled') return { kind: outcome.why, lostUsd: attempts.losses.lostUsd }
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
  /** Of the attempts that do not count. */
  losses: Losses = { lostUsd: ZERO_USD, possiblyBilled: 0 }

  constructor(trial: Trial, context: TrialContext) {
    this.#trial = trial
    this.#context = context
  }

  /** Made when the first slot is there: a trial that only waits for its turn holds no prompt. */
  get prepared(): PreparedTrial {
    return (this.#prepared ??= prepareTrial(this.#trial, this.#context))
  }

  async admit(attempt: number): Promise<'admitted' | 'budget' | 'stopped'> {
    const { worstUsd, trialKey: trial, model } = this.prepared
    const { budget, journal, stop } = this.#context
    const reservation = await budget.reserve(worstUsd ?? ZERO_USD, model.slug)
    this.#reservation = reservation
    // The run may have been stopped while this waited for money.
    if (stop.aborted) return this.#sendNothing('stopped')
    if (reservation === null) return 'budget'
    try {
      await journal.started({
        type: 'started',
        trial,
        attempt,
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
  pay(costUsd: Usd): void {
    this.#settle({ costUsd })
  }

  #settle(outcome: { readonly costUsd: Usd } | 'possibly billed'): void {
    if (this.#reservation !== null) this.#context.budget.settle(this.#reservation, outcome)
    this.#reservation = null
  }

  send(signal: AbortSignal): Promise<Completion> {
    return this.#context.provider.complete(this.prepared.body, signal)
  }

  retrying(attempt: number, error: ProviderError, waitMs: number): void {
    const costUsd = this.writeOff(error)
    this.#context.journal.retrying({
      type: 'retrying',
      trial: this.prepared.trialKey,
      attempt,
      errorKind: error.kind,
      error: error.message,
      status: error.status,
      costUsd: costUsd === null ? null : formatUsd(costUsd),
      generationId: error.generationId,
      waitMs: Math.round(waitMs),
    })
  }

  /**
   * A failed attempt costs what the server says, nothing when it was refused, and at most the reservation when nobody
   * knows. Null when there is no price to tell that by.
   */
  writeOff(error: ProviderError): Usd | null {
    const known = error.reportedCostUsd ?? (error.possiblyBilled ? null : ZERO_USD)
    const atMostUsd = this.prepared.worstUsd === null ? null : (this.#reservation?.usd ?? ZERO_USD)
    const costUsd = known ?? atMostUsd
    this.#settle(known === null ? 'possibly billed' : { costUsd: known })
    const { lostUsd, possiblyBilled } = this.losses
    this.losses = {
      lostUsd: lostUsd === null || costUsd === null ? null : lostUsd + costUsd,
      possiblyBilled: possiblyBilled + (known === null ? 1 : 0),
    }
    return costUsd
  }
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
  const record = failedRecord(prepared, outcome, attempts.losses, context.clock)
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
  attempts.pay(billing.costUsd ?? ZERO_USD)
  const record = completedRecord(prepared, outcome, billing, attempts.losses, context.clock)
  const onDisk = context.journal.settled(prepared.trial.index, record)
  const score = await scoreOf(prepared, record, context)
  if (score !== undefined) context.journal.scored(prepared.trial.index, score)
  await onDisk
  return { kind: 'settled', record, score }
}

/** Scores stand beside the journal: they can be made again from it. Undefined when nothing scores the sample. */
async function scoreOf(
  { sample, trial, trialKey: key }: PreparedTrial,
  { output }: TrialRecord,
  { score }: TrialContext,
): Promise<ScoreLine | undefined> {
  const pending = score({ output, expected: sample.expected, vars: sample.vars, assertions: sample.assertions })
  const scored = pending instanceof Promise ? await pending : pending
  const entries = Object.entries(scored.scores)
  if (entries.length === 0) return undefined
  return {
    trial: key,
    pass: 1,
    pairKey: pairKey(sample, trial.epoch),
    passed: scored.pass,
    score: scored.score,
    scores: Object.fromEntries(entries.map(([label, { value }]) => [label, value])),
    reason: scored.reason,
  }
}
