/** Which runs are meant by --baseline? One side to compare with, wherever it is kept. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { allRuns, findRun, isShard, type PreviousRun, RESULTS, runNames } from '../../journal/find-run.ts'
import type { Manifest } from '../../journal/types.ts'
import { errorCode, UserError } from '../../lib/errors.ts'
import { isObject, parseJson } from '../../lib/json.ts'
import { didYouMean } from '../../lib/suggest.ts'
import { oneLine } from '../../lib/text.ts'
import { poolSides } from '../pool.ts'
import { readSide } from '../side.ts'
import type { Side } from '../types.ts'
import { isBaselineName, isFile, keptNames, keptPath, readBaselineFile } from './file.ts'

/** What names are typed after unless a command says otherwise. */
const FLAG = '--baseline'

export interface LoadOptions {
  readonly cwd: string
  readonly signal: AbortSignal
  /** Id of the run that is compared: it is never its own baseline. */
  readonly exclude?: string
  /** ISO 8601: `latest` is a run that began before. */
  readonly before?: string
  /** `latest` is a run of the dataset of this name. */
  readonly dataset?: string
  /** `latest` is a run of real models, or of the simulator. */
  readonly simulated?: boolean
  /** What the names were typed after. */
  readonly flag?: string
}

/**
 * Resolves every --baseline value to one side: a run folder or its name, `latest`, a name kept by `assay baseline accept`, or an
 * exported file; several are pooled. A kept name comes before a run of the same name. Throws UserError where there is none,
 * where it is damaged, and where it is the very run that is compared.
 */
export async function loadBaseline(asked: readonly string[], options: LoadOptions): Promise<Side> {
  const sides: Side[] = []
  for (const one of asked) sides.push(await readLocated(locateBaseline(one, options), one, options))
  return poolBaselines(sides, options.flag)
}

/** Where a baseline is: a finished run's folder, or a file. */
export type Located =
  | { readonly kind: 'run'; readonly run: PreviousRun }
  | { readonly kind: 'file'; readonly path: string }

/** Throws UserError where there is none of that name. */
export function locateBaseline(asked: string, options: LoadOptions): Located {
  const { cwd, flag = FLAG } = options
  if (asked === 'latest') return { kind: 'run', run: latestFinished(options) }
  const kept = isBaselineName(asked) ? [keptPath(asked, cwd)] : []
  const path = [...kept, resolve(cwd, asked)].find(isFile)
  return path === undefined ? { kind: 'run', run: runOf(asked, cwd, flag) } : { kind: 'file', path }
}

/** Throws UserError where it cannot be read, and where it is the very run that is compared. */
export async function readLocated(located: Located, asked: string, options: LoadOptions): Promise<Side> {
  const { cwd, signal, exclude, flag = FLAG } = options
  const side =
    located.kind === 'file'
      ? await readBaselineFile(located.path, { name: asked, cwd, signal })
      : await readSide(located.run.dir, located.run.manifest, signal)
  const { runIds } = side.facts
  if (exclude === undefined || !runIds.includes(exclude)) return side
  throw new UserError(
    `${flag} ${oneLine(asked, 200)}: that ${runIds.length === 1 ? 'is' : 'holds'} ${exclude}, the run that is compared. ` +
      'A run is never worse than itself: name an earlier one.',
  )
}

/** Several sides as one. Throws UserError where a run is in two of them. */
export function poolBaselines(sides: readonly Side[], flag = FLAG): Side {
  const seen = new Set<string>()
  for (const { facts } of sides) {
    const again = facts.runIds.find((id) => seen.has(id))
    if (again !== undefined) {
      throw new UserError(
        `${flag} ${oneLine(facts.name, 200)}: run ${again} is named twice. A run counts once: leave one of them out.`,
      )
    }
    for (const id of facts.runIds) seen.add(id)
  }
  return poolSides(sides, flag)
}

/** The same as findRun, with kept names among those that may have been meant. */
function runOf(asked: string, cwd: string, flag: string): PreviousRun {
  if ([resolve(cwd, asked), resolve(cwd, RESULTS, asked)].some(existsSync)) return findRun(asked, cwd, flag)
  const kept = keptNames(cwd)
  throw new UserError(
    `${flag} ${oneLine(asked, 200)}: no kept baseline, no file and no run folder of that name.` +
      `${didYouMean(asked, [...kept, 'latest', ...runNames(cwd)])} ` +
      (kept.length === 0
        ? 'No baseline is kept so far: assay baseline accept <run>, or name a run folder.'
        : `Kept are ${oneLine(kept.join(', '), 300)}.`),
  )
}

/** The last run of which every trial was asked, and most were answered. Throws UserError when there is none. */
function latestFinished({ cwd, exclude, before, dataset, simulated, flag = FLAG }: LoadOptions): PreviousRun {
  const fits = ({ manifest }: PreviousRun): boolean =>
    manifest.runId !== exclude &&
    // A part has asked other questions than the whole.
    !isShard(manifest) &&
    (before === undefined || manifest.startedAt < before) &&
    (dataset === undefined || manifest.dataset.name === dataset) &&
    (simulated === undefined || manifest.simulated === simulated)
  const latest = allRuns(cwd).find((run) => fits(run) && isFinished(run.dir) && isAnswered(run))
  if (latest !== undefined) return latest
  const whose = `${simulated === undefined ? '' : simulated ? 'simulated ' : 'real '}run${dataset === undefined ? '' : ` of ${oneLine(dataset, 120)}`}`
  throw new UserError(
    `${flag} latest: there is no earlier finished ${whose} under ${RESULTS}/. Finished is one in which every trial was asked (not stopped ` +
      'early by --sequential or a budget) and no more failed than its --max-failed. Begin one with assay eval, or name another.',
  )
}

/** Its last session asked every trial and wrote the reports. */
export function isFinished(dir: string): boolean {
  return summaryOf(dir)['skipped'] === 0
}

/** Some trials were answered, and no more failed than the run itself allows. */
function isAnswered({ dir, manifest }: PreviousRun): boolean {
  const { completed, failed } = summaryOf(dir)
  if (typeof completed !== 'number' || typeof failed !== 'number' || completed === 0) return false
  return failed <= maxFailedOf(manifest) * (completed + failed)
}

/** The limit of runs whose manifest has none. */
const MAX_FAILED = 0.05

/** The share of trials that may fail, 0..1. */
export function maxFailedOf({ settings: { maxFailed } }: Manifest): number {
  return typeof maxFailed === 'number' ? maxFailed : MAX_FAILED
}

/** Empty where there is none, or none that makes sense. */
function summaryOf(dir: string): Readonly<Record<string, unknown>> {
  const summary = parseJson(summaryText(dir))?.value
  return isObject(summary) ? summary : {}
}

function summaryText(dir: string): string {
  try {
    return readFileSync(join(dir, 'summary.json'), 'utf8')
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return ''
    throw new UserError(`${join(dir, 'summary.json')}: cannot be read (${code}).`, { cause: error })
  }
}
