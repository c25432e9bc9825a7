/** Picks the command, hands it the edges of the process, and turns every way to end into an exit code. */
import { addAbortSignal } from 'node:stream'
import { commands } from './commands/index.ts'
import { parseFlags } from './commands/parse.ts'
import type { CommandIo } from './commands/types.ts'
import { systemClock } from './lib/clock.ts'
import { EXIT, type ExitCode, UserError, WriteError, worstExit } from './lib/errors.ts'
import { saveMemory } from './lib/heap.ts'
import { guardOutputs, outputsTaken, watchOutputs } from './lib/outputs.ts'
import { didYouMean } from './lib/suggest.ts'
import { printable } from './lib/text.ts'

/** Aborted by the first Ctrl-C or SIGTERM, or when the terminal is closed. */
const interrupt = new AbortController()

/** What a command has asked for in case that the process ends before it does. */
const onLeave: (() => string | void)[] = []

/** Every reason to leave so far: that an output fails is often told only while the process is leaving for another. */
const endings: ExitCode[] = []

/** Runs to the end of the process. */
export async function main(argv: readonly string[]): Promise<never> {
  saveMemory()
  guardOutputs(process.env)
  watchOutputs(() => void leaveEarly(EXIT.cannotWrite))
  process.on('uncaughtException', (error) => void leaveEarly(explain(error)))
  process.on('unhandledRejection', (error) => void leaveEarly(explain(error)))
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
  const parsed = await parseFlags(command, name === first ? rest : argv, process.stdout.columns || 100)
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
      return `  ${name.padEnd(14)} ${about}`
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
  const onSignal = (): void => {
    if (interrupt.signal.aborted) {
      process.stderr.write(`\n${['left at once', ...tidyUp()].join('; ')}\n`)
      process.exit(EXIT.interrupted)
    }
    // First, since it also takes the progress bar off the screen.
    interrupt.abort()
    process.stderr.write('\nstopping: finishing what is in flight (again to leave at once)\n')
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  // A terminal that is closed may say so twice, and means no hurry by it.
  process.on('SIGHUP', () => {
    if (!interrupt.signal.aborted) onSignal()
  })
  return {
    cwd: process.cwd(),
    env: process.env,
    stdin: untilInterrupted(),
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    interrupt: interrupt.signal,
    onLeave: (action) => void onLeave.push(action),
  }
}

/** Standard input; an interrupt is an error to whoever waits for it, since it may never end. */
async function* untilInterrupted(): AsyncGenerator<Uint8Array | string, void> {
  if (process.stdin.isTTY) {
    throw new UserError('standard input is a terminal; pipe a dataset, e.g. assay --dataset - < qa.csv.')
  }
  yield* addAbortSignal(interrupt.signal, process.stdin)
}

/** Prints what went wrong, without a stack when it is not ours, and tells the exit code. */
function explain(error: unknown): ExitCode {
  const { text, code } = explanation(error)
  // Messages quote datasets, which may hold what a terminal would act on; a line break in one begins no line of its own.
  process.stderr.write(`assay: ${printable(text).replaceAll('\n', '\n  ')}\n`)
  return code
}

function explanation(error: unknown): { readonly text: string; readonly code: ExitCode } {
  if (error instanceof UserError) return { text: error.message, code: EXIT.usage }
  if (error instanceof WriteError) return { text: error.message, code: EXIT.cannotWrite }
  if (interrupt.signal.aborted && error instanceof Error && error.name === 'AbortError') {
    return { text: 'interrupted before anything was sent', code: EXIT.interrupted }
  }
  const trace = error instanceof Error ? error.stack : String(error)
  return { text: `an error of ours, not of yours. Please report it:\n${trace}`, code: EXIT.internal }
}

/** Runs what the command has asked for, once; the sentences are for whoever is told that the process leaves. */
function tidyUp(): string[] {
  return onLeave.splice(0).flatMap((action) => action() ?? [])
}

/** Ends the process though the command has not ended. */
async function leaveEarly(code: ExitCode): Promise<never> {
  tidyUp()
  return await leave(code)
}

/** Ends the process once all output has been taken. */
async function leave(code: ExitCode): Promise<never> {
  endings.push(code)
  await outputsTaken()
  process.exit(worstExit(endings))
}
