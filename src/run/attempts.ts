/** One call of a model, from its first attempt to its end: a line in the journal and money for every attempt. */
import type { Admission, Learned, TrialWork } from '../dispatch/types.ts'
import type { Journal } from '../journal/journal.ts'
import { formatUsd, parseUsd, type Usd, ZERO_USD } from '../lib/usd.ts'
import type { Budget, Reservation, Settlement } from '../plan/budget.ts'
import type { ProviderError } from '../provider/types.ts'
import { type Billing, type Earlier, type Losses, NOTHING_LOST, sumOfLosses } from './record.ts'
import type { Carried, Failure } from './resume.ts'

/** What is called, and under which key the journal knows it. */
export interface Call<R> {
  readonly key: string
  readonly model: string
  /** The most that one attempt can cost; null without a price. */
  readonly worstUsd: Usd | null
  estimateTokens(): number
  send(signal: AbortSignal): Promise<R>
  learn(value: R): Learned
}

export interface AttemptsContext {
  readonly stop: AbortSignal
  readonly budget: Budget
  readonly journal: Journal
  /** What calls bring along from earlier sessions, by key. Who takes an entry accounts for it. */
  readonly carried: Map<string, Carried>
}

export class Attempts<R> implements TrialWork<R> {
  readonly #make: () => Call<R>
  readonly #context: AttemptsContext
  #call: Call<R> | undefined
  /** Set aside for the attempt in flight; null between attempts. */
  #reservation: Reservation | null = null
  /** Of the attempts that do not count and that no record tells of. */
  unsettled: Losses = NOTHING_LOST
  #earlierAttempts = 0
  #attempts = 0
  /** The failure that this try is to replace. */
  #failure: Failure | null = null

  /** `make` is called when the first attempt has its turn: a call that only waits holds no prompt. */
  constructor(make: () => Call<R>, context: AttemptsContext) {
    this.#make = make
    this.#context = context
  }

  get call(): Call<R> {
    return (this.#call ??= this.#begin())
  }

  #begin(): Call<R> {
    const call = this.#make()
    const carried = this.#context.carried.get(call.key)
    if (carried !== undefined) {
      this.#context.carried.delete(call.key)
      this.unsettled = carried.losses
      this.#failure = carried.failure
      this.#earlierAttempts = carried.losses.attempts + (carried.failure?.attempts ?? 0)
    }
    return call
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
    const { worstUsd, key: trial, model } = this.call
    const { budget, journal, stop } = this.#context
    const reservation = await budget.reserve(worstUsd ?? ZERO_USD, model)
    this.#reservation = reservation
    // The run may have been stopped while this waited for money.
    if (stop.aborted) return this.#sendNothing('stopped')
    if (reservation === null) return 'budget'
    if (isLate()) return this.#sendNothing('late')
    this.#attempts = attempt
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
  pay({ costUsd, source }: Pick<Billing, 'costUsd' | 'source'>): void {
    this.#settle({ costUsd: costUsd ?? ZERO_USD, isEstimate: source === 'estimated' })
  }

  #settle(outcome: Settlement | 'possibly billed'): void {
    if (this.#reservation !== null) this.#context.budget.settle(this.#reservation, outcome)
    this.#reservation = null
  }

  send(signal: AbortSignal): Promise<R> {
    return this.call.send(signal)
  }

  learn(value: R): Learned {
    return this.call.learn(value)
  }

  estimateTokens(): number {
    return this.call.estimateTokens()
  }

  retrying(attempt: number, error: ProviderError, waitMs: number): void {
    const { costUsd, possiblyBilled } = this.writeOff(error)
    this.#context.journal.retrying({
      type: 'retrying',
      trial: this.call.key,
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

  /** The last attempt failed, and no record will tell: the journal has a line for it as for those before. */
  giveUp(error: ProviderError): void {
    if (this.#attempts > 0) this.retrying(this.#attempts, error, 0)
  }

  /**
   * A failed attempt costs what the server says, nothing when it was refused, and at most the reservation when nobody
   * knows. Null when there is no price to tell that by.
   */
  writeOff(error: ProviderError): { readonly costUsd: Usd | null; readonly possiblyBilled: boolean } {
    const known = error.reportedCostUsd ?? (error.possiblyBilled ? null : ZERO_USD)
    const atMostUsd = this.call.worstUsd === null ? null : (this.#reservation?.usd ?? ZERO_USD)
    const costUsd = known ?? atMostUsd
    this.#settle(known === null ? 'possibly billed' : { costUsd: known })
    this.unsettled = sumOfLosses(this.unsettled, { lostUsd: costUsd, possiblyBilled: known === null ? 1 : 0 })
    return { costUsd, possiblyBilled: known === null }
  }
}

function lossesOf({ retryCostUsd, possiblyBilled }: Failure): Losses {
  return { lostUsd: retryCostUsd === null ? null : (parseUsd(retryCostUsd) ?? ZERO_USD), possiblyBilled }
}
