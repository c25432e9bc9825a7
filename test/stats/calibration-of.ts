/** Calibration of verdicts that are at hand. */
import { CalibrationAccumulator, type CalibrationOptions } from '../../src/stats/calibration.ts'
import type { Calibration } from '../../src/stats/types.ts'

/** People's verdict on one answer, and the judge's. */
export interface Verdicts {
  readonly sampleIndex: number
  readonly human: boolean | null
  readonly judge: boolean | null
}

/** Those of one sample next to each other. */
export function calibrationOf(verdicts: Iterable<Verdicts>, options: CalibrationOptions): Calibration | null {
  const accumulator = new CalibrationAccumulator()
  for (const { sampleIndex, human, judge } of verdicts) accumulator.add({ sample: sampleIndex }, human, judge)
  return accumulator.finish(options)
}
