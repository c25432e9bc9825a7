/** Which runs are there, and what became of each? Read from manifests and summaries alone, and read again only where a folder has changed. */
import { statSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { keptNames, keptPath } from '../gate/baseline/file.ts'
import { findRun, MANIFEST_FILE, RESULTS, runNames } from '../journal/find-run.ts'
import { type Writer, writerOf } from '../journal/lock.ts'
import type { Manifest } from '../journal/types.ts'
import { isIntact } from '../lib/checked-line.ts'
import { errorCode, UserError, WriteError } from '../lib/errors.ts'
import { isObject, parseJson } from '../lib/json.ts'
import { LineFile } from '../lib/line-file.ts'
import { oneLine } from '../lib/text.ts'
import { textIfThere } from '../lib/text-file.ts'
import { formatUsd, parseUsd, ZERO_USD } from '../lib/usd.ts'
import type { Summary } from '../stats/types.ts'
import type { ListedBaseline, ListedRun, Listing, RunFigures, RunStatus, ShownRun } from './types.ts'

const SUMMARY_FILE = 'summary.json'
const COMMAND = 'assay view'

/** A folder that changed a moment ago may change again within one tick of the file system's clock. */
const SETTLED_AFTER_MS = 3_000

/** The part of a summary that the list needs. */
interface SummaryFacts {
  readonly figures: RunFigures
  readonly skipped: number
  readonly isDecided: boolean
}

/** What is known of a folder while it does not change. */
interface Known {
  readonly changedMs: number
  readonly run: ShownRun
  readonly summary: SummaryFacts | null
  /** Whether somebody has a claim on the folder: then the process is looked for each time. */
  readonly isClaimed: boolean
}

export class Catalogue {
  readonly #cwd: string
  /** A run elsewhere that was named on the command line, by its name in addresses. */
  readonly #elsewhere: ReadonlyMap<string, string>
  readonly #known = new Map<string, Known>()

  /** `named` is the folder of a run that need not be under results/. */
  constructor(cwd: string, named: string | null) {
    this.#cwd = cwd
    const isElsewhere = named !== null && resolve(named, '..') !== resolve(cwd, RESULTS)
    this.#elsewhere = new Map(isElsewhere ? [[pathFrom(cwd, named), named]] : [])
  }

  /** The name of a run that is under results/, or was named. */
  nameOf(dir: string): string {
    return this.#elsewhere.size > 0 ? pathFrom(this.#cwd, dir) : basename(dir)
  }

  list(): Listing {
    const runs: ListedRun[] = []
    const unreadable: { name: string; reason: string }[] = []
    for (const name of this.#names()) {
      try {
        runs.push(this.#listed(name))
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        unreadable.push({ name, reason: error.message })
      }
    }
    const begin = ({ manifest }: ListedRun): string => manifest.startedAt
    runs.sort((one, other) => (begin(one) === begin(other) ? 0 : begin(one) > begin(other) ? -1 : 1))
    return { runs, unreadable, baselines: this.#baselines() }
  }

  /** The run of that name: one of those that are there, never a path. Throws UserError where there is none. */
  find(name: string): ListedRun {
    if (!this.#names().includes(name)) {
      throw new UserError(`${oneLine(name, 200) || 'the empty name'}: there is no run of that name. The list has all.`)
    }
    return this.#listed(name)
  }

  #names(): readonly string[] {
    return [...this.#elsewhere.keys(), ...runNames(this.#cwd)]
  }

  #dirOf(name: string): string {
    return this.#elsewhere.get(name) ?? resolve(this.#cwd, RESULTS, name)
  }

  #listed(name: string): ListedRun {
    const { run, summary, isClaimed } = this.#read(name)
    const status = statusOf(summary, isClaimed ? writerOf(run.dir) : null)
    return { ...run, status, figures: summary?.figures ?? null }
  }

  /** Throws UserError where the folder cannot be read, or holds no run. */
  #read(name: string): Known {
    const dir = this.#dirOf(name)
    try {
      const changedMs = statSync(dir).mtimeMs
      const before = this.#known.get(name)
      if (before?.changedMs === changedMs) return before
      const { manifest } = findRun(relative(this.#cwd, dir), this.#cwd, COMMAND)
      const models = modelsOf(manifest, name)
      const known: Known = {
        changedMs,
        run: { name, dir, manifest, models },
        summary: readSummary(dir),
        isClaimed: writerOf(dir) !== null,
      }
      if (Math.abs(Date.now() - changedMs) > SETTLED_AFTER_MS) this.#known.set(name, known)
      return known
    } catch (error) {
      const code = errorCode(error)
      if (code === undefined) throw error
      throw new UserError(`${oneLine(name, 200)}: the folder cannot be read (${code}).`, { cause: error })
    }
  }

  #baselines(): ListedBaseline[] {
    return keptNames(this.#cwd).map((name) => readBaseline(name, keptPath(name, this.#cwd)))
  }
}

/** The models of a manifest. Throws UserError where it lacks what every page shows of a run. */
function modelsOf(manifest: Manifest, name: string): string[] {
  const { runId, startedAt, trials, dataset, scorers, settings, resumes, prompts, provider } = manifest
  const { model } = settings
  const isWhole =
    [runId, startedAt, dataset.name, provider?.name].every((text) => typeof text === 'string') &&
    prompts.every((prompt) => typeof prompt?.name === 'string') &&
    Number.isInteger(trials) &&
    [scorers, resumes].every(Array.isArray)
  if (isWhole && Array.isArray(model)) return model.map(String)
  throw new UserError(
    `${oneLine(name, 200)}: its ${MANIFEST_FILE} is not as Assay has written it. Restore it from a copy.`,
  )
}

function statusOf(summary: SummaryFacts | null, writer: Writer | null): RunStatus {
  if (writer !== null) return writer.isAlive === false ? 'broken' : 'running'
  if (summary === null) return 'broken'
  if (summary.skipped === 0) return 'finished'
  return summary.isDecided ? 'decided' : 'incomplete'
}

function readSummary(dir: string): SummaryFacts | null {
  const value = parseJson(textIfThere(join(dir, SUMMARY_FILE)))?.value
  if (!isObject(value) || value['formatVersion'] !== 1 || !Array.isArray(value['groups'])) return null
  const counts = [value['completed'], value['failed'], value['skipped']]
  if (!counts.every(Number.isInteger) || !value['groups'].every(hasPassRate)) return null
  const { completed, failed, skipped, costUsd, retryCostUsd, judgeCostUsd, groups, gate } = value as unknown as Summary
  const known = [costUsd, retryCostUsd, judgeCostUsd].map((text) => parseUsd(text ?? '0') ?? ZERO_USD)
  return {
    figures: {
      completed,
      failed,
      costUsd: costUsd === null ? null : formatUsd(known.reduce((sum, usd) => sum + usd)),
      groups: groups.map(({ model, prompt, passRate }) => ({ model, prompt, passRate })),
      verdict: gate?.verdict ?? null,
    },
    skipped,
    isDecided: (gate?.saving?.trialsSaved ?? 0) > 0,
  }
}

function hasPassRate(group: unknown): boolean {
  if (!isObject(group) || !isObject(group['passRate'])) return false
  const { value, low, high } = group['passRate']
  return [value, low, high].every((limit) => limit === null || typeof limit === 'number')
}

/** With a slash in it, so that it is not the name of a folder under results/. */
function pathFrom(cwd: string, dir: string): string {
  const path = relative(cwd, dir)
  return path.startsWith('..') ? path : `./${path}`
}

/** The first line alone: the rows behind it may be many. */
function readBaseline(name: string, path: string): ListedBaseline {
  try {
    const file = new LineFile(path)
    try {
      const line = file.lineAt(0)
      const header = isIntact(line) ? parseJson(line)?.value : undefined
      return { name, facts: isObject(header) ? factsOf(header) : null }
    } finally {
      file.close()
    }
  } catch (error) {
    // A file that cannot be opened, and what is no file at all.
    if (errorCode(error) === undefined && !(error instanceof WriteError)) throw error
    return { name, facts: null }
  }
}

function factsOf({ facts, groups }: Record<string, unknown>): ListedBaseline['facts'] {
  if (!isObject(facts) || !isObject(facts['dataset']) || !Array.isArray(facts['runIds'])) return null
  const models = Array.isArray(groups) ? groups.flatMap((group) => (isObject(group) ? String(group['model']) : [])) : []
  return {
    dataset: String(facts['dataset']['name']),
    simulated: facts['simulated'] === true,
    startedAt: String(facts['startedAt']),
    runIds: facts['runIds'].map(String),
    models: [...new Set(models)],
  }
}
