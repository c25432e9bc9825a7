/**
 * What does the endpoint bear? Every answer and every refusal moves two limits: how many requests are in flight, and how
 * many go out per second. A pure machine: time is an argument.
 */
import { Ceiling } from './ceiling.ts'
import { PacedRate } from './paced-rate.ts'
import type { DispatchPolicy } from './types.ts'

/** A request that is in flight. */
export interface Sent {
  readonly sentMs: number
  /** It took the last place. */
  readonly isLast: boolean
  /** How many were in flight with it, itself included, and without those that were refused since. */
  inFlight: number
}

/** A request that ran into its deadline had too many beside it: so many of them stay. */
const KEPT_WHEN_SLOW = 0.7

/** What an endpoint has borne counts for less with each period: its limits may change. */
const BORNE_DECAY = 0.8

export class Adaptive {
  readonly rate: PacedRate
  readonly #isAdaptive: boolean
  readonly #ceiling: Ceiling
  /** In the order in which they were sent. */
  readonly #inFlight = new Set<Sent>()
  /** The most that were in flight when one was accepted, lately. */
  #borne = 0
  #period = 0
  /** When the latest of those was sent that were accepted. */
  #acceptedSentMs = 0
  /** The ceiling as it was before a refusal that is not understood yet; null: there is none. */
  #contained: number | null = null

  constructor(policy: Pick<DispatchPolicy, 'concurrency' | 'isAdaptive'>, nowMs: number) {
    this.rate = new PacedRate(nowMs)
    this.#isAdaptive = policy.isAdaptive
    this.#ceiling = new Ceiling(policy)
  }

  get concurrency(): number {
    return this.#ceiling.limit
  }

  get hasRoom(): boolean {
    return this.#inFlight.size < this.#ceiling.limit
  }

  sent(nowMs: number): Sent {
    this.rate.sent(nowMs)
    if (this.rate.periods !== this.#period) this.#forget()
    const inFlight = this.#inFlight.size + 1
    const sent = { sentMs: nowMs, inFlight, isLast: inFlight >= this.#ceiling.limit }
    this.#inFlight.add(sent)
    return sent
  }

  accepted(sent: Sent, nowMs: number): void {
    if (this.#contained !== null) this.#findOut(sent, nowMs)
    this.#inFlight.delete(sent)
    this.#borne = Math.max(this.#borne, sent.inFlight)
    this.#acceptedSentMs = Math.max(this.#acceptedSentMs, sent.sentMs)
    if (sent.isLast) this.#ceiling.acceptedLast(nowMs)
  }

  /** Too many in flight, or too many per second? Where as many were accepted lately, their number was not the reason. */
  refuses(sent: Sent, nowMs: number): void {
    const mostAccepted = this.#mostAcceptedBefore(sent)
    this.#inFlight.delete(sent)
    this.#forgetCompany(sent)
    if (sent.sentMs <= this.#ceiling.cutMs) return
    if (this.#contained !== null) this.#ceiling.lower(sent.inFlight - 1)
    else if (sent.inFlight <= mostAccepted) this.rate.refused(sent.sentMs, nowMs)
    else if (this.rate.perMinute === null && !this.#ceiling.wasCut) this.#contain(sent.inFlight - 1)
    else this.#cutCeiling(sent.inFlight - 1, nowMs)
  }

  /**
   * It ran into its deadline. Who asked for a number in flight keeps it; who asked to find one has found it, unless others
   * that were sent later have been answered: then this one was stuck, and not in a queue.
   */
  late(sent: Sent, nowMs: number): void {
    this.#inFlight.delete(sent)
    if (!this.#isAdaptive || sent.sentMs <= this.#ceiling.cutMs || sent.sentMs < this.#acceptedSentMs) return
    this.#cutCeiling(Math.floor(sent.inFlight * KEPT_WHEN_SLOW), nowMs)
  }

  /** It failed in a way that tells nothing of limits, or was not sent after all. */
  fails(sent: Sent): void {
    this.#inFlight.delete(sent)
  }

  /** Nobody can tell yet whether it was one too many, or one too soon after the others. No more than were taken, for now. */
  #contain(limit: number): void {
    this.#contained = this.#ceiling.limit
    this.#ceiling.lower(limit)
  }

  /**
   * With the first answer there is a latency, and so a rate at which as many would be in flight, evenly spaced. A refusal of
   * one too many then is one of number, and none of haste.
   */
  #findOut(answered: Sent, nowMs: number): void {
    this.rate.guess(this.#inFlight.size / Math.max(1, nowMs - answered.sentMs), nowMs)
    this.#ceiling.restore(this.#contained ?? 1)
    this.#contained = null
  }

  /** What was refused has never taken a place: those sent after it had one fewer beside them. */
  #forgetCompany(refused: Sent): void {
    for (const other of this.#inFlight) {
      if (other.sentMs >= refused.sentMs) other.inFlight = Math.max(1, other.inFlight - 1)
    }
  }

  /** One in flight is no crowd. What was sent earlier and is still unanswered has been accepted: refusals come fast. */
  #mostAcceptedBefore(refused: Sent): number {
    let most = Math.max(1, this.#borne)
    for (const sent of this.#inFlight) {
      if (sent === refused) break
      most = Math.max(most, sent.inFlight)
    }
    return most
  }

  #cutCeiling(limit: number, nowMs: number): void {
    this.#ceiling.cutTo(limit, nowMs)
    this.#forget()
  }

  #forget(): void {
    this.#period = this.rate.periods
    this.#borne *= BORNE_DECAY
  }
}
