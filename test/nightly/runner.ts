/**
 * What would GitHub do with this workflow? Its jobs in the order of their needs, each in a fresh clone; the steps in order, with
 * the shell, the environment, the outputs and the conditions of the file. Everything that is not known here is an error.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ActionPlace, gitEnv, runAction } from './actions.ts'
import { fill, holds, type Value } from './expression.ts'
import type { Job, Step, Workflow } from './workflow.ts'

type Texts = Readonly<Record<string, string>>

/** What starts a night, and where it happens. */
export interface NightOptions {
  /** A fresh folder: workspaces, artifacts and GitHub's files go there. */
  readonly folder: string
  readonly origin: string
  readonly runNumber: number
  /** The line of `schedule` that is due; left out: started by hand. */
  readonly schedule?: string
  readonly inputs?: Readonly<Record<string, string | boolean>>
  readonly secrets?: Texts
  /** Done in place of the step of this name, in the workspace. */
  readonly inPlaceOf: Readonly<Record<string, (workspace: string) => void>>
  /** Happens before the step of this name begins. */
  readonly before?: Readonly<Record<string, () => void>>
}

export interface StepEnd {
  readonly name: string
  readonly outcome: 'success' | 'failure' | 'skipped'
  readonly exitCode: number
  readonly output: string
}

export interface JobEnd {
  readonly name: string
  readonly conclusion: 'success' | 'failure' | 'skipped'
  readonly steps: readonly StepEnd[]
  readonly outputs: Texts
  readonly summary: string
}

/** A night that is over. */
export interface Night {
  readonly conclusion: 'success' | 'failure'
  readonly jobs: readonly JobEnd[]
  /** Folder with a folder per artifact. */
  readonly artifacts: string
}

const GITHUB_FILES = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STEP_SUMMARY'] as const

/** Runs the whole workflow. */
export async function runWorkflow(workflow: Workflow, options: NightOptions): Promise<Night> {
  const { schedule } = options
  const isPlanned = schedule === undefined || workflow.on.schedule?.some(({ cron }) => cron === schedule)
  if (isPlanned !== true) throw new Error(`the workflow has no schedule ${schedule}`)
  const artifacts = join(options.folder, 'artifacts')
  mkdirSync(artifacts, { recursive: true })
  const ends = new Map<string, JobEnd[]>()
  for (const [id, job] of Object.entries(workflow.jobs)) {
    const needed = job.needs === undefined ? [] : ends.get(job.needs)
    if (needed === undefined) throw new Error(`job ${id} stands before ${job.needs}, which it needs`)
    const shards = job.strategy?.matrix.shard ?? [null]
    const runs: JobEnd[] = []
    for (const shard of shards) {
      const run = new JobRun(id, job, { workflow, options, artifacts, needed, shard })
      runs.push(await run.end())
    }
    ends.set(id, runs)
  }
  const jobs = [...ends.values()].flat()
  const failed = jobs.some(({ conclusion }) => conclusion === 'failure')
  return { conclusion: failed ? 'failure' : 'success', jobs, artifacts }
}

interface JobPlace {
  readonly workflow: Workflow
  readonly options: NightOptions
  readonly artifacts: string
  /** The runs of the job that this one waits for. */
  readonly needed: readonly JobEnd[]
  /** Its number in the matrix; null without. */
  readonly shard: number | null
}

class JobRun {
  readonly #job: Job
  readonly #place: JobPlace
  readonly #folder: string
  readonly #outputs = new Map<string, Texts>()
  readonly #steps: StepEnd[] = []
  #added: Texts = {}
  #failed = false

  constructor(id: string, job: Job, place: JobPlace) {
    this.#job = job
    this.#place = place
    this.#folder = join(place.options.folder, `${id}${place.shard ?? ''}`)
  }

  async end(): Promise<JobEnd> {
    const { needed } = this.#place
    const isBlocked = needed.some(({ conclusion }) => conclusion !== 'success')
    if (!holds(this.#job.if, { lookup: this.#lookup, state: { failed: isBlocked } })) {
      return { name: this.#text(this.#job.name), conclusion: 'skipped', steps: [], outputs: {}, summary: '' }
    }
    mkdirSync(this.#workspace, { recursive: true })
    for (const step of this.#job.steps) this.#steps.push(await this.#step(step))
    return {
      name: this.#text(this.#job.name),
      conclusion: this.#failed ? 'failure' : 'success',
      steps: this.#steps,
      outputs: Object.fromEntries(Object.entries(this.#job.outputs).map(([name, text]) => [name, this.#text(text)])),
      summary: this.#steps.map((_step, index) => this.#fileOf('GITHUB_STEP_SUMMARY', index)).join(''),
    }
  }

  get #workspace(): string {
    return join(this.#folder, 'workspace')
  }

  async #step(step: Step): Promise<StepEnd> {
    const name = step.name ?? step.uses ?? 'run'
    const scope = { lookup: this.#lookup, state: { failed: this.#failed } }
    const index = this.#steps.length
    mkdirSync(join(this.#folder, String(index)))
    for (const file of GITHUB_FILES) writeFileSync(this.#pathOf(file, index), '')
    if (!holds(step.if, scope)) return { name, outcome: 'skipped', exitCode: 0, output: '' }
    const { exitCode, output } = await this.#do(step, name, index)
    if (step.id !== undefined) this.#outputs.set(step.id, pairsOf(this.#fileOf('GITHUB_OUTPUT', index)))
    this.#added = { ...this.#added, ...pairsOf(this.#fileOf('GITHUB_ENV', index)) }
    if (exitCode !== 0 && !step['continue-on-error']) this.#failed = true
    return { name, outcome: exitCode === 0 ? 'success' : 'failure', exitCode, output }
  }

  async #do(step: Step, name: string, index: number): Promise<{ exitCode: number; output: string }> {
    this.#place.options.before?.[name]?.()
    const standIn = this.#place.options.inPlaceOf[name]
    if (standIn !== undefined) {
      standIn(this.#workspace)
      return { exitCode: 0, output: '' }
    }
    if (step.run !== undefined) return await this.#shell(step.run, this.#envOf(step), index)
    const inputs = Object.fromEntries(Object.entries(step.with).map(([key, text]) => [key, this.#text(text)]))
    runAction(step.uses ?? '', inputs, this.#actionPlace())
    return { exitCode: 0, output: '' }
  }

  #actionPlace(): ActionPlace {
    const { workflow, options, artifacts } = this.#place
    const { contents } = this.#job.permissions ?? workflow.permissions
    return { workspace: this.#workspace, origin: options.origin, artifacts, mayWrite: contents === 'write' }
  }

  /** As GitHub does for `shell: bash`. */
  async #shell(script: string, env: Texts, index: number): Promise<{ exitCode: number; output: string }> {
    const path = join(this.#folder, String(index), 'script.sh')
    writeFileSync(path, script)
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', path], {
      cwd: this.#workspace,
      env: {
        ...gitEnv(),
        HOME: this.#folder,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        ...Object.fromEntries(GITHUB_FILES.map((file) => [file, this.#pathOf(file, index)])),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
    const [exitCode, signal] = (await once(child, 'close')) as [number | null, string | null]
    if (exitCode === null) throw new Error(`a step was ended by ${signal}:\n${output}`)
    return { exitCode, output }
  }

  #envOf(step: Step): Texts {
    const { workflow } = this.#place
    const written = { ...workflow.env, ...this.#job.env, ...this.#added, ...step.env }
    return Object.fromEntries(Object.entries(written).map(([name, text]) => [name, this.#text(text)]))
  }

  #text(text: string): string {
    return fill(text, { lookup: this.#lookup, state: { failed: this.#failed } })
  }

  #pathOf(file: (typeof GITHUB_FILES)[number], index: number): string {
    return join(this.#folder, String(index), file)
  }

  #fileOf(file: (typeof GITHUB_FILES)[number], index: number): string {
    return readFileSync(this.#pathOf(file, index), 'utf8')
  }

  readonly #lookup = (path: readonly string[]): Value => {
    const [context = '', ...rest] = path
    const key = rest.join('.')
    const { options, shard } = this.#place
    switch (context) {
      case 'github':
        return this.#ofGithub(key)
      case 'inputs':
        return this.#ofInputs(key)
      case 'secrets':
        return options.secrets?.[key] ?? ''
      case 'matrix':
        if (key === 'shard' && shard !== null) return shard
        break
      case 'steps':
        return this.#ofSteps(rest)
      case 'needs':
        return this.#ofNeeds(rest)
    }
    throw new Error(`unknown name: ${path.join('.')}`)
  }

  #ofGithub(key: string): Value {
    const { runNumber, schedule } = this.#place.options
    switch (key) {
      case 'run_number':
        return runNumber
      case 'ref_name':
        return 'main'
      case 'event.schedule':
        return schedule ?? null
      default:
        throw new Error(`unknown name: github.${key}`)
    }
  }

  /** Inputs have values only in a night that was started by hand. */
  #ofInputs(key: string): Value {
    const { workflow, options } = this.#place
    const declared = workflow.on.workflow_dispatch.inputs[key]
    if (declared === undefined) throw new Error(`unknown input: ${key}`)
    return options.schedule === undefined ? (options.inputs?.[key] ?? declared.default) : null
  }

  #ofSteps([id = '', outputs, name = '', ...more]: readonly string[]): Value {
    const isKnown = this.#job.steps.some((step) => step.id === id)
    if (!isKnown || outputs !== 'outputs' || more.length > 0) throw new Error(`unknown name: steps.${id}.${outputs}`)
    return this.#outputs.get(id)?.[name] ?? null
  }

  #ofNeeds([id = '', outputs, name = '', ...more]: readonly string[]): Value {
    const declared = this.#place.workflow.jobs[id]?.outputs
    const isKnown = this.#job.needs === id && outputs === 'outputs' && declared?.[name] !== undefined
    if (!isKnown || more.length > 0) throw new Error(`unknown name: needs.${id}.${outputs}.${name}`)
    return this.#place.needed[0]?.outputs[name] ?? null
  }
}

/** Lines NAME=value; the form over several lines is not used. */
function pairsOf(text: string): Texts {
  const lines = text.split('\n').filter((line) => line !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=')
      if (at < 1) throw new Error(`no NAME=value: ${line}`)
      return [line.slice(0, at), line.slice(at + 1)]
    }),
  )
}
