/**
 * The built program in a fresh folder, as a process of its own. When an assertion fails inside `inWorkdir`, everything that
 * was run is told with it: folder, arguments, exit code, both outputs.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  type Dirent,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { errorCode } from '../../src/lib/errors.ts'
import { decodeLine } from '../../src/journal/format.ts'
import type { JournalLine, Manifest, ScoreLine } from '../../src/journal/types.ts'
import type { Summary } from '../../src/stats/types.ts'

/** The program that users run; `npm test` builds it first. */
export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** The project's own folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** A program that runs longer is stuck. */
const DEADLINE_MS = 60_000

export interface RunOptions {
  /** Variables beside PATH and HOME; nothing else of the tester's environment (keys, proxies, CI) reaches the program. */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string | Uint8Array
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** Every file under the folder afterwards, relative, with forward slashes, in order; an empty folder as `name/`. */
  readonly files: readonly string[]
}

export type Files = Readonly<Record<string, string | Uint8Array>>

/** Runs with a folder that holds the files; ends what still runs in it and removes it whatever happens. */
export async function inWorkdir(files: Files, use: (work: Workdir) => Promise<void>): Promise<void> {
  const work = new Workdir(files)
  try {
    await use(work)
  } catch (error) {
    if (error instanceof Error) error.message += `\n${work.transcript()}`
    throw error
  } finally {
    await work.close()
  }
}

export class Workdir {
  /** Absolute, without symbolic links. */
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'assay-cli-')))
  readonly #programs: Program[] = []

  constructor(files: Files) {
    for (const [name, content] of Object.entries(files)) this.write(name, content)
  }

  /** Runs `assay` to its end. */
  async assay(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const program = this.start(args, options)
    program.stdin.end(options.stdin)
    return program.ended
  }

  /** Starts `assay`; its standard input stays open. */
  start(args: readonly string[], options: Pick<RunOptions, 'env'> = {}): Program {
    return this.launch(process.execPath, [CLI, ...args], options)
  }

  /** Starts any program in the folder. */
  launch(command: string, args: readonly string[], { env = {} }: Pick<RunOptions, 'env'> = {}): Program {
    const program = new Program(this, command, args, env)
    this.#programs.push(program)
    return program
  }

  write(name: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true })
    writeFileSync(join(this.path, name), content)
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8')
  }

  /** Names of all files in the folder and below, and of empty folders with a slash at their end; also while a program works there. */
  files(folder = ''): string[] {
    return this.#entries(folder)
      .flatMap((entry) => {
        const name = folder === '' ? entry.name : `${folder}/${entry.name}`
        if (!entry.isDirectory()) return [name]
        const inside = this.files(name)
        return inside.length === 0 ? [`${name}/`] : inside
      })
      .sort()
  }

  /** None when the folder has gone since it was listed. */
  #entries(folder: string): Dirent[] {
    try {
      return readdirSync(join(this.path, folder), { withFileTypes: true })
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return []
      throw error
    }
  }

  /** The one run folder under results/. */
  run(): RunFolder {
    const names = readdirSync(join(this.path, 'results'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'baselines')
      .map(({ name }) => name)
    if (names.length !== 1) throw new Error(`expected one run folder, found ${names.join(', ') || 'none'}`)
    return this.runAt(`results/${names[0]}`)
  }

  runAt(folder: string): RunFolder {
    return new RunFolder(this, folder)
  }

  transcript(): string {
    return this.#programs.map((program) => program.transcript()).join('\n')
  }

  /** Removes one file. */
  remove(name: string): void {
    rmSync(join(this.path, name))
  }

  /** Ends what still runs, and removes the folder. */
  async close(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill()))
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** One process, from its start to its end. */
export class Program {
  readonly ended: Promise<Ended>
  readonly stdin: Writable
  stdout = ''
  stderr = ''
  readonly #work: Workdir
  readonly #commandLine: string
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  #end = 'still running'
  #wake = (): void => {}

  constructor(work: Workdir, command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#work = work
    this.#commandLine = [command, ...args].join(' ')
    const { PATH = '' } = process.env
    this.#child = spawn(command, args, {
      cwd: work.path,
      env: { PATH, HOME: work.path, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A process group of its own, as a shell gives to what is typed.
      detached: true,
    })
    this.stdin = this.#child.stdin
    // A program that ends before it has read its input closes the pipe under us.
    this.stdin.on('error', () => {})
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#heard('stdout', text))
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => this.#heard('stderr', text))
    this.ended = this.#run()
  }

  /** Resolves when the program has written this to the stream; rejects when it ends without. */
  async says(stream: 'stdout' | 'stderr', text: string | RegExp): Promise<void> {
    const isSaid = (): boolean => (typeof text === 'string' ? this[stream].includes(text) : text.test(this[stream]))
    while (!isSaid()) {
      if (this.#end !== 'still running') throw new Error(`the program ended without saying ${String(text)}`)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** The signal for the program and the processes that it has started, as a terminal sends it for Ctrl-C. */
  signalAll(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    try {
      if (pid !== undefined) process.kill(-pid, signal)
    } catch (error) {
      // No such process: all of them have ended.
      if (errorCode(error) !== 'ESRCH') throw error
    }
  }

  /** Stops reading what the program writes to standard output, as `head` does. */
  closeStdout(): void {
    this.#child.stdout.destroy()
  }

  async kill(): Promise<void> {
    this.signalAll('SIGKILL')
    await this.ended
  }

  transcript(): string {
    return [
      `$ ${this.#commandLine}`,
      `cwd: ${this.#work.path}`,
      `end: ${this.#end}`,
      `--- stdout\n${this.stdout.slice(0, 4_000)}`,
      `--- stderr\n${this.stderr.slice(0, 4_000)}`,
    ].join('\n')
  }

  async #run(): Promise<Ended> {
    const timer = setTimeout(() => this.signalAll('SIGKILL'), DEADLINE_MS)
    const [status, signal] = (await once(this.#child, 'close')) as [number | null, NodeJS.Signals | null]
    clearTimeout(timer)
    this.#end = signal === null ? `exit code ${status}` : `signal ${signal}`
    this.#wake()
    return { status, signal, stdout: this.stdout, stderr: this.stderr, files: this.#work.files() }
  }

  #heard(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text
    this.#wake()
  }
}

/** What a run left on disk. */
export class RunFolder {
  readonly #work: Workdir
  /** Relative to the working folder. */
  readonly path: string

  constructor(work: Workdir, path: string) {
    this.#work = work
    this.path = path
  }

  text(file: string): string {
    return this.#work.read(`${this.path}/${file}`)
  }

  /** results.csv by column. */
  results(file = 'results.csv'): Record<string, string>[] {
    return parse(this.text(file), { columns: true, bom: true })
  }

  summaryLines(): Record<string, string>[] {
    return parse(this.text('summary.csv'), { columns: true })
  }

  summary(): Summary {
    return JSON.parse(this.text('summary.json')) as Summary
  }

  manifest(): Manifest {
    return JSON.parse(this.text('manifest.json')) as Manifest
  }

  /** Every line of the journal but its header, each with a checksum that holds. */
  journal(): JournalLine[] {
    const [header = '', ...lines] = lineTexts(this.text('journal.jsonl'))
    if (decodeLine(header, 'journal.jsonl:1').type !== 'journal') throw new Error('the journal has no header')
    return lines.map((line, index) => decodeLine(line, `journal.jsonl:${index + 2}`) as JournalLine)
  }

  scores(): ScoreLine[] {
    return lineTexts(this.text('scores.jsonl'))
      .slice(1)
      .map((line) => JSON.parse(line) as ScoreLine)
  }
}

/** Lines of a text that ends with a line feed. */
function lineTexts(text: string): string[] {
  const lines = text.split('\n')
  if (lines.pop() !== '') throw new Error('the last line has no line feed')
  return lines
}
