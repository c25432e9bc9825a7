/** Which runs may later ones be compared with? Whole ones: they become a file. */
import { statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import type { PreviousRun } from '../../journal/find-run.ts'
import { UserError } from '../../lib/errors.ts'
import { oneLine, plural } from '../../lib/text.ts'
import type { Side } from '../types.ts'
import { describeBaseline, failureShare } from './describe.ts'
import { isFile, keptNames, keptPath, readBaselineFile, requireBaselineName, writeBaselineFile } from './file.ts'
import { isFinished, locateBaseline, maxFailedOf, poolBaselines, readLocated } from './load.ts'
import { baselineNotes } from './notes.ts'
import type { BaselineShown, BaselineWritten } from './types.ts'

export interface BaselineIo {
  readonly cwd: string
  readonly signal: AbortSignal
}

/**
 * Keeps runs under a name, pooled; what had the name before is replaced, and told. Throws UserError at a run that is not
 * whole: its rows would be missing from every comparison.
 */
export async function acceptBaseline(asked: readonly string[], name: string, io: BaselineIo): Promise<BaselineWritten> {
  requireBaselineName(name, '--name')
  const side = await wholeSide(asked, 'baseline accept', io)
  return await write({ ...side, facts: { ...side.facts, name } }, keptPath(name, io.cwd), '--name', io)
}

/** Writes a kept baseline, or runs pooled, to a file of any name. Throws UserError where that is a file of another kind. */
export async function exportBaseline(asked: readonly string[], out: string, io: BaselineIo): Promise<BaselineWritten> {
  const path = resolve(io.cwd, out)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new UserError(
      `--out ${oneLine(out, 200)}: that is a folder. Name a file in it, such as ${oneLine(out, 200)}/baseline.jsonl.`,
    )
  }
  return await write(await wholeSide(asked, 'baseline export', io), path, '--out', io)
}

/** Those named (kept names, exported files, runs), or all that are kept. */
export async function showBaselines(asked: readonly string[], io: BaselineIo): Promise<BaselineShown[]> {
  const shown: BaselineShown[] = []
  const options = { ...io, flag: 'baseline show' }
  for (const one of asked.length > 0 ? asked : keptNames(io.cwd)) {
    const located = locateBaseline(one, options)
    const side = await readLocated(located, one, options)
    shown.push(located.kind === 'file' ? describeFile(side, located.path, io) : describeBaseline(side, NO_FILE))
  }
  return shown
}

const NO_FILE = { file: null, bytes: null }

function describeFile(side: Side, path: string, { cwd }: BaselineIo): BaselineShown {
  return describeBaseline(side, { file: relative(cwd, path), bytes: statSync(path).size })
}

async function wholeSide(asked: readonly string[], flag: string, io: BaselineIo): Promise<Side> {
  const sides: Side[] = []
  for (const one of asked) {
    const located = locateBaseline(one, { ...io, flag })
    const side = await readLocated(located, one, { ...io, flag })
    // What is in a file was looked at when it was written.
    if (located.kind === 'run')
      requireWhole(located.run, side, { flag, name: one === 'latest' ? relative(io.cwd, located.run.dir) : one })
    sides.push(side)
  }
  return poolBaselines(sides, flag)
}

/** `name` is what the run was called by: it may be a folder anywhere, and is what --resume takes. */
function requireWhole(
  { dir, manifest }: PreviousRun,
  { facts, groups }: Side,
  { flag, name }: { readonly flag: string; readonly name: string },
): void {
  const place = `${flag} ${oneLine(name, 200)}`
  const typed = /^[\w./-]+$/.test(name) ? name : JSON.stringify(oneLine(name, 200))
  requireAllAsked(dir, manifest, { facts, groups }, { place, typed })
  const limit = maxFailedOf(manifest)
  const failed = failureShare(groups) ?? 1
  if (failed > limit) {
    throw new UserError(
      `${place}: ${share(failed)} of its trials failed, more than its --max-failed ${share(limit)}. Rows that failed cannot be ` +
        `compared: ask them again with assay eval --resume ${typed} --retry-failed, or take another run.`,
    )
  }
  const scored = groups.every(({ rows }) => hasValue(rows, 'pass_rate'))
  if (!scored) {
    throw new UserError(`${place}: a model of it has no score at all. Score the run first: assay score ${typed}.`)
  }
}

function requireAllAsked(
  dir: string,
  { settings }: PreviousRun['manifest'],
  { facts, groups }: Side,
  { place, typed }: { readonly place: string; readonly typed: string },
): void {
  const asked = Math.min(...groups.map(({ rows }) => rows.size))
  if (isFinished(dir) && asked >= facts.planned) return
  if (asked >= facts.planned) {
    throw new UserError(
      `${place}: the run is not finished. A baseline needs its end: go on with assay eval --resume ${typed}, or take a run that is whole.`,
    )
  }
  const told = `has asked ${asked} of ${plural(facts.planned, 'trial')}`
  if (settings['sequential'] === true) {
    throw new UserError(
      `${place}: the run ${told}, since it stops as soon as its answers tell enough (--sequential, or a choice). Where it ended depends on ` +
        `its own answers, so it would tilt every later verdict. Accept a run without --sequential; for one comparison --baseline ${typed} takes this one.`,
    )
  }
  throw new UserError(
    `${place}: the run ${told}. A baseline needs them all: go on with assay eval --resume ${typed}, or take a run that is whole.`,
  )
}

function hasValue(rows: Side['groups'][number]['rows'], column: string): boolean {
  for (let row = 0; row < rows.size; row++) if (!Number.isNaN(rows.value(column, row))) return true
  return false
}

function share(value: number): string {
  return `${Number((value * 100).toPrecision(3))}%`
}

async function write(side: Side, path: string, flag: '--name' | '--out', io: BaselineIo): Promise<BaselineWritten> {
  const replaced = isFile(path) ? await runsOf(path, flag, io) : null
  await writeBaselineFile(path, side)
  const baseline = describeFile(side, path, io)
  return { baseline, replaced, notes: baselineNotes(baseline) }
}

/** The runs of the file that is replaced: none of one that is damaged. Throws UserError at a file that is no baseline. */
async function runsOf(path: string, flag: '--name' | '--out', { cwd, signal }: BaselineIo): Promise<readonly string[]> {
  try {
    const { facts } = await readBaselineFile(path, { name: '', cwd, signal })
    return facts.runIds
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    if (flag === '--name') return []
    throw new UserError(
      `--out ${relative(cwd, path)}: there is a file of that name which is no readable baseline. Name another file, or remove it.`,
    )
  }
}
