/** What are the prompts of a run, and which answers to them are right? One pass for everybody who has to look at all. */
import { setImmediate } from 'node:timers/promises'
import type { Sample } from '../dataset/types.ts'
import type { Clock } from '../lib/clock.ts'
import { render } from '../prompt/render.ts'
import type { Message } from '../prompt/types.ts'
import type { Prepared } from './prepare.ts'

/** After so long signals, timers and sockets have their turn: a person who presses Ctrl-C does not notice the wait. */
const TURN_MS = 50

export interface PromptOfSample {
  readonly sample: Sample
  readonly messages: readonly Message[]
}

/** When to let others have their turn, and when to end. */
export interface Turns {
  readonly clock: Clock
  readonly interrupt: AbortSignal
}

/** Every prompt in dataset order: sample, then prompt. Rejects with the reason of `interrupt` soon after that aborts. */
export async function* everyPrompt(
  { prompts, sampleAt, shape }: Pick<Prepared, 'prompts' | 'sampleAt' | 'shape'>,
  { clock, interrupt }: Turns,
): AsyncGenerator<PromptOfSample, void> {
  let turnEndsMs = 0
  for (let position = 0; position < shape.samples; position++) {
    if (clock.nowMs() >= turnEndsMs) {
      await takeTurn(interrupt)
      turnEndsMs = clock.nowMs() + TURN_MS
    }
    const sample = sampleAt(position)
    for (const prompt of prompts) yield { sample, messages: render(prompt, sample) }
  }
  await takeTurn(interrupt)
}

/** What the simulator may answer rightly: the expected answers of the row and of the scorers that it asks for. */
export function answersOf({ expected, assertions }: Pick<Sample, 'expected' | 'assertions'>): string[] {
  return [...expected, ...assertions.flatMap((assertion) => assertion.expected)]
}

async function takeTurn(interrupt: AbortSignal): Promise<void> {
  await setImmediate()
  interrupt.throwIfAborted()
}
