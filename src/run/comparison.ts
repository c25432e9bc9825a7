/** A run beside the run that it was gated with, row by row: for reports that show which answers changed. */
import { compareRuns } from '../gate/compare/compare.ts'
import type { ComparisonReport } from '../gate/compare/types.ts'
import { allRuns, type PreviousRun } from '../journal/find-run.ts'
import { UserError } from '../lib/errors.ts'

/** Flips of either direction that a report lists; all of them are counted. */
const FLIPS_LISTED = 500

/** Null where there is no baseline, or nothing is left of it but its scores, or it cannot be compared row by row. */
export async function compareWithBaseline(
  run: PreviousRun,
  cwd: string,
  signal: AbortSignal,
): Promise<ComparisonReport | null> {
  const last = run.manifest.baselineRuns?.at(-1)
  const baseline = last === undefined ? undefined : allRuns(cwd).find(({ manifest }) => manifest.runId === last)
  if (baseline === undefined) return null
  try {
    const { report } = await compareRuns({
      runs: [baseline, run],
      slices: [],
      adjustSlices: 'holm',
      flips: FLIPS_LISTED,
      wantsAllFlips: false,
      signal,
    })
    return report
  } catch (error) {
    // The reports are written all the same, without this part.
    if (error instanceof UserError) return null
    throw error
  }
}
