/**
 * samples × prompts × models × epochs → trials. The plan is arithmetic, not a list: a million trials cost nothing until
 * each is due.
 */
import type { Trial } from './types.ts'

export interface PlanShape {
  readonly samples: number
  readonly prompts: number
  readonly models: number
  readonly epochs: number
}

export function countTrials({ samples, prompts, models, epochs }: PlanShape): number {
  return samples * prompts * models * epochs
}

/** The trial at a position of dataset order, 0 ≤ index < countTrials. */
export function trialAt(index: number, { prompts, models, epochs }: PlanShape): Trial {
  const epoch = (index % epochs) + 1
  const perEpoch = Math.floor(index / epochs)
  const perModel = Math.floor(perEpoch / models)
  return {
    index,
    epoch,
    modelIndex: perEpoch % models,
    promptIndex: perModel % prompts,
    sampleIndex: Math.floor(perModel / prompts),
  }
}

/**
 * All trials in the order in which they are sent: samples as `order` says, and all trials of a sample together, so that a
 * run stopped early has asked every model the same questions.
 */
export function* trialsInOrder(order: Uint32Array, shape: PlanShape): Generator<Trial> {
  const perSample = shape.prompts * shape.models * shape.epochs
  for (const sampleIndex of order) {
    for (let offset = 0; offset < perSample; offset++) yield trialAt(sampleIndex * perSample + offset, shape)
  }
}
