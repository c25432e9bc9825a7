/** What every command looks like: a name, a sentence, what may be typed after it, and what it does. */
import type { Clock } from '../lib/clock.ts'
import type { ExitCode } from '../lib/errors.ts'
import type { FlagGroup } from './flags.ts'

/** The edges of the process, handed to a command. */
export interface CommandIo {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: AsyncIterable<Uint8Array | string>
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly clock: Clock
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly interrupt: AbortSignal
  /**
   * Runs, without waiting for anything, when the process ends before the command has: at a second signal, or at an error
   * that nobody caught. May return what the user is to know, in words that follow "left at once; ".
   */
  onLeave(action: () => string | void): void
}

/** What is typed without dashes. */
export interface Positional {
  /** A noun: "run", "action". Also the key of its value. */
  readonly name: string
  readonly about: string
  /** Everything that may be typed; undefined: anything. */
  readonly choices?: readonly string[]
  /** How often it has to be typed at least, and may be at most. */
  readonly min: number
  readonly max: number
}

export interface Command {
  readonly name: string
  /** One sentence without a full stop at its end, for the help. */
  readonly about: string
  /** In the order in which they are typed, each as often as it may be; undefined: the command takes flags only. */
  readonly positionals?: readonly Positional[]
  readonly flags: readonly FlagGroup[]
  /** Typed command lines that show it at work. */
  readonly examples: readonly string[]
  /** `typed` holds the flags that were typed, by key, and positionals by name: a list where there may be several. */
  run(typed: Readonly<Record<string, unknown>>, io: CommandIo): Promise<ExitCode>
}
