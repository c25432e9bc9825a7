/** What is left of a run when its folder is gone: its lines in results/history.csv. */
import { dirname, resolve } from 'node:path'
import { historyPath, writeHistory } from '../gate/history/file.ts'
import { linesOfRun } from '../gate/history/lines.ts'
import { isShard } from '../journal/find-run.ts'
import type { Manifest } from '../journal/types.ts'
import type { Clock } from '../lib/clock.ts'
import { UserError, WriteError } from '../lib/errors.ts'
import type { Summary } from '../stats/types.ts'

/**
 * Adds the figures of a run that lies under results/; one elsewhere (--out) leaves nothing there, nor does a shard, which is no
 * whole run: the run that it becomes a part of has them all. The run is over and its reports
 * are written: what goes wrong here does not undo that, it is one more note of the summary that is returned.
 */
export async function appendHistory(
  summary: Summary,
  manifest: Manifest,
  { dir, cwd, clock }: { readonly dir: string; readonly cwd: string; readonly clock: Clock },
): Promise<Summary> {
  if (dirname(resolve(cwd, dir)) !== dirname(historyPath(cwd)) || isShard(manifest)) return summary
  try {
    await writeHistory(linesOfRun(summary, manifest), cwd, clock)
    return summary
  } catch (error) {
    if (!(error instanceof UserError || error instanceof WriteError)) throw error
    return { ...summary, notes: [...summary.notes, `this run is not in the history: ${error.message}`] }
  }
}
