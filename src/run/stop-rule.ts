/** Is the answer known before every trial has been asked? What dispatch asks, and tells, whoever it is that wants to know. */
import type { ScoreLine } from '../journal/types.ts'
import type { Trial } from '../plan/types.ts'
import type { Prepared } from './prepare.ts'

/** A verdict in the making. What it makes of the trials must not depend on the order in which they settle. */
export interface StopRule {
  /** False: the verdict does not need this trial any more. */
  wants(trial: Trial): boolean
  /** A trial is over; `score` is null when it has none, `failed` tells why. True once nothing more is wanted at all. */
  settled(trial: Trial, score: ScoreLine | null, failed: boolean): boolean
}

/** Made when the samples are known and before anything is sent; throws UserError where the question makes no sense. */
export type MakeStopRule = (prepared: Prepared) => StopRule
