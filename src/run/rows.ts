/** journal + scores + samples → the rows of a run, in dataset order. */
import type { Sample } from '../dataset/types.ts'
import type { JournalReader } from '../journal/reader.ts'
import { countTrials, type PlanShape, trialAt } from '../plan/trials.ts'
import type { ResultRow, TrialStatus } from '../report/types.ts'

/** What was planned: all that a row is made of beside its record and score. */
export interface PlannedRows {
  readonly shape: PlanShape
  /** A sample by its position among the selected ones, in dataset order. */
  readonly sampleAt: (position: number) => Sample
  readonly prompts: readonly { readonly name: string }[]
  readonly models: readonly { readonly slug: string }[]
}

export interface RowFacts {
  readonly simulated: boolean
  /** Why a trial has no record. */
  readonly statusOf: (trialIndex: number) => Exclude<TrialStatus, 'completed' | 'failed'>
}

export function* resultRows(
  { shape, sampleAt, prompts, models }: PlannedRows,
  reader: Pick<JournalReader, 'record' | 'score'>,
  { simulated, statusOf }: RowFacts,
): Generator<ResultRow> {
  const total = countTrials(shape)
  let sampleIndex = -1
  let sample: Sample | undefined
  for (let index = 0; index < total; index++) {
    const trial = trialAt(index, shape)
    if (sample === undefined || trial.sampleIndex !== sampleIndex) {
      sampleIndex = trial.sampleIndex
      sample = sampleAt(sampleIndex)
    }
    const record = reader.record(index)
    yield {
      sample,
      epoch: trial.epoch,
      prompt: prompts[trial.promptIndex]?.name ?? '',
      model: models[trial.modelIndex]?.slug ?? '',
      status: record?.status ?? statusOf(index),
      // A simulator that serves alone says so in its answers.
      simulated: simulated || record?.systemFingerprint === 'simulated',
      record,
      score: reader.score(index),
    }
  }
}
