/** Where are the runs of the history? Their folders may be gone, or have been renamed. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { allRuns, findRun, type PreviousRun, RESULTS } from '../../journal/find-run.ts'
import { UserError } from '../../lib/errors.ts'
import { isFinished } from '../baseline/load.ts'

/** Folders by run id: usually their name; runs with --out have another one. */
export class Folders {
  readonly #cwd: string
  #byId: Map<string, PreviousRun> | undefined

  constructor(cwd: string) {
    this.#cwd = cwd
  }

  /** Undefined where it is gone. */
  find(runId: string): PreviousRun | undefined {
    const named = this.#named(runId)
    if (named?.manifest.runId === runId) return named
    this.#byId ??= new Map(allRuns(this.#cwd).map((run) => [run.manifest.runId, run]))
    return this.#byId.get(runId)
  }

  /** Whether it has asked less than was planned, and stops once its answers tell enough; false of one that is gone. */
  wasStoppedEarly(runId: string): boolean {
    const run = this.find(runId)
    return run?.manifest.settings['sequential'] === true && !isFinished(run.dir)
  }

  #named(runId: string): PreviousRun | undefined {
    const dir = resolve(this.#cwd, RESULTS, runId)
    if (!existsSync(dir)) return undefined
    try {
      return findRun(dir, this.#cwd)
    } catch (error) {
      // Without a readable manifest it is no run any more.
      if (error instanceof UserError) return undefined
      throw error
    }
  }
}
