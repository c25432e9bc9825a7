/** What are the prompts of a run, and which answers to them are right? One pass for everybody who has to look at all. */
import { assertedAnswers, type Sample } from '../dataset/types.ts'
import { render } from '../prompt/render.ts'
import type { Message } from '../prompt/types.ts'
import type { Prepared } from './prepare.ts'
import { Turn, type Turns } from './turns.ts'

export interface PromptOfSample {
  readonly sample: Sample
  readonly messages: readonly Message[]
}

/** Every prompt in dataset order: sample, then prompt. Rejects with the reason of `interrupt` soon after that aborts. */
export async function* everyPrompt(
  { prompts, sampleAt, shape }: Pick<Prepared, 'prompts' | 'sampleAt' | 'shape'>,
  turns: Turns,
): AsyncGenerator<PromptOfSample, void> {
  const turn = new Turn(turns)
  for (let position = 0; position < shape.samples; position++) {
    if (turn.isOver) await turn.next()
    const sample = sampleAt(position)
    for (const prompt of prompts) yield { sample, messages: render(prompt, sample) }
  }
  await turn.next()
}

/** What the simulator may answer rightly: the expected answers of the row and of the scorers that it asks for. */
export function answersOf({ expected, assertions }: Pick<Sample, 'expected' | 'assertions'>): string[] {
  return [...expected, ...assertedAnswers(assertions)]
}
