/**
 * `command:python3 score.py`: how does a scorer in another language take part? One process per answer, without a shell: JSON
 * goes in, JSON comes out. A process that fails leaves its row unscored and says why.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import pLimit from 'p-limit'
import { messageOf, UserError } from '../lib/errors.ts'
import { parseJson } from '../lib/json.ts'
import { oneLine } from '../lib/text.ts'
import { quote } from './marks.ts'
import type { ParsedScorer, Score, ScoreInput } from './types.ts'
import { entryOf, scorerError, toScore } from './user.ts'

const PREFIX = 'command:'

/** A process that runs longer is killed. */
const LIMIT_MS = 30_000

/** A verdict is a line; whoever writes more writes something else. */
const MAX_OUTPUT_BYTES = 1_000_000

/** Of what a process says about its failure the first line is shown. */
const MAX_ERROR_BYTES = 10_000

/** Variables that hold keys by their name: none of a command's business. */
const SECRET = /(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD)$/i

/** Where a command runs. */
export interface CommandSurroundings {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Longest time of a process in ms, for the tests. */
  readonly limitMs?: number
}

/** Whether this stands for a command and not for a scorer of the registry. */
export function isCommand(typed: string): boolean {
  return typed.startsWith(PREFIX)
}

/** Reads `command:program argument …`. Throws UserError for quotes without an end and a program that is not there. */
export function commandScorer(typed: string, surroundings: CommandSurroundings): ParsedScorer {
  const words = splitWords(typed.slice(PREFIX.length))
  const [program, ...args] = words ?? []
  if (program === undefined || program === '') {
    throw new UserError(
      `--scorer ${typed}: ${words === undefined ? 'a quote is not closed' : 'no program is named'}. Write it as in a shell, e.g. "command:python3 score.py".`,
    )
  }
  if (!isThere(program, surroundings)) {
    throw new UserError(
      `--scorer ${typed}: there is no program "${program}" ${/[/\\]/.test(program) ? `in ${surroundings.cwd}` : 'on the PATH'}. Commands run without a shell.`,
    )
  }
  const run = { program, args, ...surroundings, env: withoutSecrets(surroundings.env) }
  const score = (input: ScoreInput): Promise<Score> => slots(() => judge(run, input))
  const scorer = entryOf('command', score, false)
  // What a program reads besides the answer is not known: other programs, files, the time.
  return { label: labelOf([program, ...args]), scorer, argument: undefined, score, fingerprint: null }
}

/** As many processes at once as there are cores, whatever the number of command scorers. */
const slots = pLimit(availableParallelism())

/** Words as a shell splits them: at white space outside of '…' and "…". A backslash takes the character behind it as it is. */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let quoted = ''
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    const isEscape = char === '\\' && quoted !== "'" && at + 1 < text.length
    if (isEscape) {
      at += 1
      word = (word ?? '') + text.charAt(at)
    } else if (quoted === '' && (char === '"' || char === "'")) {
      quoted = char
      word ??= ''
    } else if (quoted !== '' && char === quoted) {
      quoted = ''
    } else if (quoted === '' && /\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + char
    }
  }
  if (quoted !== '') return undefined
  return word === undefined ? words : [...words, word]
}

/** The command without folders: reports name no machine. */
function labelOf(words: readonly string[]): string {
  return PREFIX + words.map((word) => word.replace(/[^=\s]*[/\\](?=[^/\\])/g, '')).join(' ')
}

function isThere(program: string, { cwd, env }: CommandSurroundings): boolean {
  if (/[/\\]/.test(program)) return existsSync(resolve(cwd, program))
  const endings = process.platform === 'win32' ? ['', '.exe'] : ['']
  return (env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => endings.some((ending) => existsSync(join(folder, program + ending))))
}

function withoutSecrets(env: CommandSurroundings['env']): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET.test(name)))
}

interface Run extends CommandSurroundings {
  readonly program: string
  readonly args: readonly string[]
}

/** What a process has said, and how it ended. */
interface Ended {
  readonly stdout: string
  readonly stderr: string
  /** Why it does not count; undefined: it ended with 0. */
  readonly problem: string | undefined
}

async function judge(run: Run, { output, expected, vars, messages, facts }: ScoreInput): Promise<Score> {
  const ended = await runProcess(run, JSON.stringify({ output, expected, vars, messages, facts }))
  const { stdout, stderr, problem } = ended
  if (problem !== undefined) {
    const said = stderr.trim().split('\n', 1)[0] ?? ''
    return scorerError(`${problem}${said === '' ? '' : `: ${said}`}`)
  }
  const verdict = parseJson(stdout)
  return verdict === undefined
    ? scorerError(`no JSON on standard output, found ${quote(stdout)}`)
    : toScore(verdict.value, 1)
}

function runProcess({ program, args, cwd, env, limitMs = LIMIT_MS }: Run, input: string): Promise<Ended> {
  return new Promise((settle) => {
    // A group of its own: Ctrl-C lets what is under way finish, and a time limit ends what the process has started too.
    const child = spawn(program, args, { cwd, env, detached: true, windowsHide: true, stdio: 'pipe' })
    let problem: string | undefined
    const giveUp = (why: string): void => {
      problem ??= why
      kill(child)
      // A process that has left the group may hold them open for ever.
      child.stdout.destroy()
      child.stderr.destroy()
    }
    const timer = setTimeout(() => giveUp(`given up after ${limitMs / 1000} s`), limitMs)
    const out: Buffer[] = []
    const err: Buffer[] = []
    let outBytes = 0
    let errBytes = 0
    child.stdout.on('data', (chunk: Buffer) => {
      outBytes += chunk.length
      if (outBytes > MAX_OUTPUT_BYTES) giveUp(`more than ${MAX_OUTPUT_BYTES / 1e6} MB on standard output`)
      else out.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      if (errBytes < MAX_ERROR_BYTES) err.push(chunk)
      errBytes += chunk.length
    })
    const end = (why: string | undefined): void => {
      clearTimeout(timer)
      running.delete(child)
      settle({ stdout: textOf(out), stderr: textOf(err), problem: problem ?? why })
    }
    child.on('error', (error) => end(oneLine(messageOf(error))))
    child.on('close', (code, signal) => {
      end(code === 0 ? undefined : signal === null ? `exit code ${code}` : `ended by ${signal}`)
    })
    // A process that does not read its input closes the pipe under us.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    endWithUs(child)
  })
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8')
}

const running = new Set<ChildProcess>()
let isWatched = false

/** A process must not outlive the run, however that ends. */
function endWithUs(child: ChildProcess): void {
  running.add(child)
  if (isWatched) return
  isWatched = true
  process.once('exit', () => {
    for (const one of running) kill(one)
  })
}

/** With everything that it has started; it may have ended by itself. */
function kill(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}
