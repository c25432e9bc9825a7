/** What has each shard come to? Its files are read once, line by line; one that is not at its end is refused. */
import { relative } from 'node:path'
import { UserError } from '../lib/errors.ts'
import { KeyTable } from '../lib/key-table.ts'
import { oneLine, plural } from '../lib/text.ts'
import { integer } from '../report/numbers.ts'
import type { TrialStatus } from '../report/types.ts'
import { subjectKey } from '../run/places.ts'
import { type ReopenedRun, reopenRun } from '../run/reopen.ts'
import { resummarize } from '../run/resummarize.ts'
import type { Part, Shard } from './types.ts'

/** Why a trial was not asked. */
export const SKIPPED = ['skipped_budget', 'skipped_stopped'] as const satisfies readonly TrialStatus[]

interface PartsIo {
  readonly cwd: string
  readonly interrupt: AbortSignal
}

/** Throws UserError at a damaged file, at a shard that has broken off, and where the shards are of different questions. */
export async function readParts(shards: readonly Shard[], io: PartsIo): Promise<readonly Part[]> {
  const parts: Part[] = []
  for (const shard of shards) {
    const part = await readPart(shard, io)
    const first = parts[0] ?? part
    if (part.samplesSha256 !== first.samplesSha256) {
      throw new UserError(
        `assay merge: ${first.shard.name} and ${shard.name} were cut from different rows: their samples.jsonl differ, though the dataset has one name. ` +
          'Run the shards again with the same dataset.',
      )
    }
    parts.push(part)
  }
  return parts
}

async function readPart(shard: Shard, { cwd, interrupt }: PartsIo): Promise<Part> {
  const run = await reopenRun(shard.dir, shard.manifest, { cwd, signal: interrupt })
  try {
    const { summary, state, sessionNotes } = resummarize(run)
    const { skipped, pending } = summary.skipped === 0 ? NONE_UNASKED : unasked(run)
    if (pending > 0 || state !== 'reported') throw brokenOff(shard, pending, summary.planned, cwd)
    return { shard, samplesSha256: run.samplesSha256, summary, notes: sessionNotes, skipped }
  } finally {
    run.close()
  }
}

const NONE_UNASKED = { skipped: new KeyTable(), pending: 0 }

/** Trials without a record: those that the run has left out, and how many it did not come to. */
function unasked(run: ReopenedRun): { readonly skipped: KeyTable; readonly pending: number } {
  const skipped = new KeyTable()
  let pending = 0
  for (const { sample, prompt, model, epoch, status, record } of run.rows()) {
    if (record !== undefined) continue
    const why = SKIPPED.findIndex((one) => one === status)
    if (why < 0) pending += 1
    else skipped.set(subjectKey({ sample: sample.id, prompt, model, epoch }), why)
  }
  return { skipped, pending }
}

function brokenOff({ name, dir, manifest }: Shard, pending: number, planned: number, cwd: string): UserError {
  const path = relative(cwd, dir)
  const typed = /^[\w./-]+$/.test(path) ? path : JSON.stringify(oneLine(path, 400))
  const what =
    pending > 0
      ? `${integer(pending)} of ${plural(planned, 'trial')} are not settled`
      : 'its answers are there, and its reports are not of them'
  const command =
    pending === 0 && manifest.scorings.length > 1
      ? `assay score ${typed} with the scorers it was last scored with`
      : `assay eval --resume ${typed}`
  return new UserError(`assay merge: shard ${name} has broken off: ${what}. Finish it first: ${command}.`)
}
