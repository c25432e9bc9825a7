/** Picks the command, hands it the edges of the process, and turns every way to end into an exit code. */
import { addAbortSignal } from 'node:stream'
import { commands } from './commands/index.ts'
import { parseFlags } from './commands/parse.ts'
import type { CommandIo } from './commands/types.ts'
import { systemClock } from './lib/clock.ts'
import { EXIT, type ExitCode, errorCode, UserError, WriteError } from './lib/errors.ts'
import { collectGarbageEarly } from './lib/heap.ts'
import { didYouMean } from './lib/suggest.ts'

/** Aborted by the first Ctrl-C or SIGTERM. */
const interrupt = new AbortController()

/** Runs to the end of the process. */
export async function main(argv: readonly string[]): Promise<never> {
  collectGarbageEarly()
  ignoreClosedPipes()
  process.on('uncaughtException', (error) => void leave(explain(error)))
  process.on('unhandledRejection', (error) => void leave(explain(error)))
  try {
    return await leave(await runCommand(argv))
  } catch (error) {
    return await leave(explain(error))
  }
}

async function runCommand(argv: readonly string[]): Promise<ExitCode> {
  const [first = '', ...rest] = argv
  if (argv.length === 0 || first === '--help' || first === '-h' || first === 'help') {
    process.stdout.write(await overview())
    return EXIT.done
  }
  // Without a command it is eval: `assay --dataset qa.csv`.
  const name = first.startsWith('-') ? 'eval' : first
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) {
    throw new UserError(
      `assay ${name}: there is no such command.${didYouMean(name, Object.keys(commands))} assay --help lists them.`,
    )
  }
  const command = await load()
  const parsed = await parseFlags(command, name === first ? rest : argv, process.stdout.columns ?? 100)
  if ('help' in parsed) {
    process.stdout.write(`${parsed.help}\n`)
    return EXIT.done
  }
  return command.run(parsed.values, processEdges())
}

async function overview(): Promise<string> {
  const lines = await Promise.all(
    Object.values(commands).map(async (load) => {
      const { name, about } = await load()
      return `  ${name.padEnd(10)} ${about}`
    }),
  )
  return [
    'assay <command> [flags]',
    '',
    "Which language model is good enough, what does it cost, and did tonight's run get worse?",
    '',
    ...lines,
    '',
    'assay <command> --help lists the flags. Without a command it is eval: assay --dataset qa.csv',
    '',
  ].join('\n')
}

function processEdges(): CommandIo {
  const leaving: (() => void)[] = []
  const onSignal = (): void => {
    if (interrupt.signal.aborted) {
      for (const action of leaving) action()
      process.stderr.write('\nleft at once; the journal is intact\n')
      process.exit(EXIT.interrupted)
    }
    process.stderr.write('\nstopping: finishing what is in flight (again to leave at once)\n')
    interrupt.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    cwd: process.cwd(),
    env: process.env,
    stdin: untilInterrupted(),
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    interrupt: interrupt.signal,
    onLeave: (action) => void leaving.push(action),
  }
}

/** Standard input; an interrupt is an error to whoever waits for it, since it may never end. */
async function* untilInterrupted(): AsyncGenerator<Uint8Array | string, void> {
  yield* addAbortSignal(interrupt.signal, process.stdin)
}

/** Prints what went wrong, without a stack when it is not ours, and tells the exit code. */
function explain(error: unknown): ExitCode {
  if (error instanceof UserError) {
    process.stderr.write(`assay: ${error.message}\n`)
    return EXIT.usage
  }
  if (error instanceof WriteError) {
    process.stderr.write(`assay: ${error.message}\n`)
    return EXIT.cannotWrite
  }
  if (interrupt.signal.aborted && error instanceof Error && error.name === 'AbortError') {
    process.stderr.write('assay: interrupted before anything was sent\n')
    return EXIT.interrupted
  }
  process.stderr.write(
    `assay: an error of ours, not of yours. Please report it:\n${error instanceof Error ? error.stack : String(error)}\n`,
  )
  return EXIT.internal
}

/** A reader that has seen enough (`| head`) is not an error. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (errorCode(error) !== 'EPIPE') throw error
    })
  }
}

/** Ends the process once all output has been taken. */
async function leave(code: ExitCode): Promise<never> {
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))),
  )
  process.exit(code)
}
