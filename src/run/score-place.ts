/** What does a line of scores.jsonl say of its trial, whatever became of it? */
import type { ScorePlace, TrialRecord } from '../journal/types.ts'
import { pairKey } from '../plan/keys.ts'
import { cellOf } from '../prompt/render.ts'
import type { PreparedTrial } from './prepare-trial.ts'

/** Which question of which model a line is about. */
export function placeOf(
  { trialKey, sample, trial }: Pick<PreparedTrial, 'trialKey' | 'sample' | 'trial'>,
  { model, prompt }: Pick<TrialRecord, 'model' | 'prompt'>,
  { clusterColumn, scoringPass }: { readonly clusterColumn: string | null; readonly scoringPass: number },
): ScorePlace {
  return {
    trial: trialKey,
    pass: scoringPass,
    pairKey: pairKey(sample, trial.epoch),
    sample: sample.id,
    epoch: trial.epoch,
    model,
    prompt,
    ...(clusterColumn === null ? {} : { cluster: cellOf(sample.vars, clusterColumn) ?? '' }),
  }
}
