/** Are the labels about these answers, and what has a reader to know before acting on the figures? */
import type { Manifest } from '../journal/types.ts'
import { UserError } from '../lib/errors.ts'
import { oneLine, plural } from '../lib/text.ts'
import type { LabelTally } from './calibrate-label-table.ts'

/** Throws UserError when most of the labels are of other outputs than those of the run. */
export function refuseOtherRun(
  source: string,
  { runId }: Manifest,
  { compared, differing, example }: LabelTally,
): void {
  // A cell that was edited by hand is one thing; what two runs answer differently is more.
  if (differing <= Math.max(1, compared / 10)) return
  throw new UserError(
    `${source}: ${differing} of ${plural(compared, 'label')} are of another output than ${runId} has (e.g. ${sampleNamed(example)}), so they ` +
      'are the labels of another run. Calibrate the run that was labelled, or label a copy of results.csv of this one. ' +
      '(A spreadsheet that turns 0042 into 42 also changes outputs: import that column as text.)',
  )
}

/** What the notes are about. */
export interface LabelsUsed {
  /** False: they are in the dataset. */
  readonly isFile: boolean
  readonly answersPerSample: number
  readonly tally: LabelTally
}

/** A line each, shown below the figures. */
export function notesOf(
  { provider, simulated }: Manifest,
  { isFile, answersPerSample, tally }: LabelsUsed,
): readonly string[] {
  const isRecorded = provider.name === 'replay'
  return [
    ...(simulated ? ['SIMULATED: what is calibrated here are answers of the built-in simulator'] : []),
    ...(isFile || isRecorded
      ? []
      : [
          'the labels were in the dataset before these answers were made: they are right only if they are about these answers. ' +
            'Labels of fresh answers go into a copy of results.csv (--labels)',
        ]),
    ...(isFile || answersPerSample === 1
      ? []
      : [`the label of a row is taken for all ${answersPerSample} answers to it`]),
    ...fileNotes(tally),
  ]
}

function fileNotes({ unmatched, compared, differing, example, unchecked }: LabelTally): string[] {
  return [
    ...(unmatched > 0 ? [`${plural(unmatched, 'label')} of no answer of this run: left out`] : []),
    ...(differing > 0
      ? [
          `${differing} of ${plural(compared, 'label')} left out: another output was labelled than this run has (e.g. ${sampleNamed(example)}). ` +
            "If the file is of another run, quote none of these rates: outputs that came out alike are no random sample. Label a copy of this run's own results.csv",
        ]
      : []),
    ...(unchecked > 0
      ? [
          `${plural(unchecked, 'label')} without an output beside ${unchecked === 1 ? 'it' : 'them'}: nobody can check that ` +
            'these answers were labelled. A copy of results.csv has that column',
        ]
      : []),
  ]
}

function sampleNamed(id: string | null): string {
  return `sample ${oneLine(id ?? '', 60)}`
}
