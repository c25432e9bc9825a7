/** A repository that is evaluated every night, from its first commit to its last. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import type { Summary } from '../../src/stats/types.ts'
import { git } from './actions.ts'
import { type Night, type NightOptions, runWorkflow } from './runner.ts'
import { readWorkflow } from './workflow.ts'

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The only step that is not executed: the program under test is linked in place of what npm would install. */
const INSTALL = 'Install'

export type Files = Readonly<Record<string, string>>

/** What a night is started with; by hand unless a line of the schedule is given. */
export type Start = Partial<Pick<NightOptions, 'schedule' | 'inputs' | 'secrets' | 'before'>>

/** Runs with a repository on disk and removes it whatever happens. */
export async function inProject(files: Files, use: (project: Project) => Promise<void>): Promise<void> {
  const project = new Project(files)
  try {
    await use(project)
  } finally {
    project.close()
  }
}

export class Project {
  /** Everything of it: the repository and what its nights leave. */
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'assay-nightly-')))
  readonly origin = join(this.path, 'origin.git')
  readonly #author = join(this.path, 'author')
  #nights = 0

  constructor(files: Files) {
    git(this.path, 'init', '--quiet', '--bare', '--initial-branch', 'main', this.origin)
    git(this.path, 'init', '--quiet', '--initial-branch', 'main', this.#author)
    git(this.#author, 'remote', 'add', 'origin', this.origin)
    this.commit(files)
  }

  /** Puts the files into the repository. */
  commit(files: Files): void {
    if (this.#nights > 0) git(this.#author, 'pull', '--quiet', 'origin', 'main')
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.#author, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
    }
    git(this.#author, 'add', '--all')
    git(
      this.#author,
      '-c',
      'user.name=author',
      '-c',
      'user.email=author@example.org',
      'commit',
      '--quiet',
      '-m',
      'files',
    )
    git(this.#author, 'push', '--quiet', 'origin', 'main')
  }

  /** Runs the workflow of the repository as it is now. */
  async night(file: string, start: Start = {}): Promise<NightEnd> {
    this.#nights += 1
    const folder = join(this.path, `night-${this.#nights}`)
    const night = await runWorkflow(readWorkflow(this.file(file) ?? ''), {
      ...start,
      folder,
      origin: this.origin,
      runNumber: this.#nights,
      inPlaceOf: { [INSTALL]: linkAssay },
    })
    return new NightEnd(night)
  }

  /** A file of the repository; undefined: there is none. */
  file(name: string): string | undefined {
    const isThere = git(this.origin, 'ls-tree', '--name-only', 'main', name) !== ''
    return isThere ? git(this.origin, 'show', `main:${name}`) : undefined
  }

  /** Lines of the history for the pass rate, as committed. */
  history(): Record<string, string>[] {
    const lines: Record<string, string>[] = parse(this.file('results/history.csv') ?? '', { columns: true })
    return lines.filter(({ metric }) => metric === 'pass_rate')
  }

  /** Texts of all files that the nights have left, the repository included. */
  *texts(): Generator<[string, string]> {
    const names = readdirSync(this.path, { recursive: true, withFileTypes: true })
    for (const entry of names) {
      if (entry.isFile()) yield [entry.name, readFileSync(join(entry.parentPath, entry.name), 'latin1')]
    }
    yield ['git log', git(this.origin, 'log', '-p', 'main')]
  }

  close(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** What a night has come to, as a person sees it on its page. */
export class NightEnd {
  readonly night: Night

  constructor(night: Night) {
    this.night = night
  }

  /** "conclusion: step that failed (exit code)" of each job, by name. */
  jobs(): Record<string, string> {
    return Object.fromEntries(
      this.night.jobs.map(({ name, conclusion, steps }) => {
        const failed = steps.find(({ outcome }) => outcome === 'failure')
        return [name, failed === undefined ? conclusion : `${conclusion}: ${failed.name} (${failed.exitCode})`]
      }),
    )
  }

  output(): string {
    return this.night.jobs.flatMap(({ steps }) => steps.map(({ output }) => output)).join('\n')
  }

  /** "error: title" of each annotation that has a title. */
  annotations(): string[] {
    return [
      ...this.output().matchAll(/^::(error|warning|notice) (?:file=[^,:]*,line=\d+,)?title=([^:,]*)[^\n]*$/gm),
    ].map(([, level, title]) => `${level}: ${title}`)
  }

  summary(): string {
    return this.night.jobs.map(({ summary }) => summary).join('')
  }

  /** A file of the uploaded report. */
  report(file: string): string {
    return readFileSync(join(this.night.artifacts, 'report', file), 'utf8')
  }

  figures(): Summary {
    return JSON.parse(this.report('summary.json')) as Summary
  }

  /** For messages of tests that fail. */
  transcript(): string {
    return `${JSON.stringify(this.jobs(), null, 2)}\n${this.output().slice(-6_000)}`
  }
}

/** What npm ci leaves of the program: a link in node_modules/.bin, or the built files where the project is Assay itself. */
function linkAssay(workspace: string): void {
  const bin = join(workspace, 'node_modules/.bin')
  mkdirSync(bin, { recursive: true })
  symlinkSync(join(ROOT, 'dist/cli.js'), join(bin, 'assay'))
  symlinkSync(join(ROOT, 'dist'), join(workspace, 'dist'))
}
