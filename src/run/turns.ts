/** When do signals, timers and sockets have their turn in a long loop? */
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../lib/clock.ts'

/** A person who presses Ctrl-C does not notice so short a wait. */
const TURN_MS = 50

export interface Turns {
  readonly clock: Clock
  /** Aborted: the loop ends with the signal's reason. */
  readonly interrupt: AbortSignal
}

export class Turn {
  readonly #turns: Turns
  #endsMs = 0

  constructor(turns: Turns) {
    this.#turns = turns
  }

  get isOver(): boolean {
    return this.#turns.clock.nowMs() >= this.#endsMs
  }

  /** Lets others have their turn, then begins the next one. Rejects with the reason of the interrupt. */
  async next(): Promise<void> {
    await setImmediate()
    this.#turns.interrupt.throwIfAborted()
    this.#endsMs = this.#turns.clock.nowMs() + TURN_MS
  }
}
