/** What when nobody reads standard output or error any more, or the disk below it is full? */
import { setImmediate } from 'node:timers/promises'
import { errorCode } from './errors.ts'
import { isGitHubRunner, withoutCommands } from './runner-commands.ts'

/** How each stream is written where what is written is guarded. */
const unguarded = new WeakMap<NodeJS.WriteStream, NodeJS.WriteStream['write']>()

/** On a GitHub runner nothing that is written is a command of the runner, whichever text of a dataset or model it quotes. */
export function guardOutputs(env: Readonly<Record<string, string | undefined>>): void {
  if (!isGitHubRunner(env)) return
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean
    unguarded.set(stream, write)
    stream.write = (chunk: unknown, ...rest: unknown[]) =>
      write(typeof chunk === 'string' ? withoutCommands(chunk) : chunk, ...rest)
  }
}

/** Writes commands of our own, as report/github.ts makes them. */
export function writeCommands(stream: NodeJS.WriteStream, text: string): void {
  const write = unguarded.get(stream)
  if (write === undefined) stream.write(text)
  else write(text)
}

/** One of the two streams, and where its failure is told. */
interface Output {
  readonly name: string
  readonly stream: NodeJS.WriteStream
  readonly other: NodeJS.WriteStream
}

/**
 * A reader that has seen enough (`| head`) is no error, nor is a terminal that has been closed. Of any other failure the first is told on the other stream, and
 * `onFailure` is called; whatever fails after that is ignored, since there is nobody left to tell.
 */
export function watchOutputs(onFailure: () => void): void {
  const { stdout, stderr } = process
  const outputs: readonly Output[] = [
    { name: 'standard output', stream: stdout, other: stderr },
    { name: 'standard error', stream: stderr, other: stdout },
  ]
  let hasFailed = false
  for (const { name, stream, other } of outputs) {
    stream.on('error', (error) => {
      const code = errorCode(error)
      if (code === 'EPIPE' || (code === 'EIO' && stream.isTTY) || hasFailed) return
      hasFailed = true
      other.write(`assay: ${name}: cannot write (${code ?? error.message}).\n`)
      onFailure()
    })
  }
}

/** Resolves when both streams have taken, or refused, all that was written. */
export async function outputsTaken(): Promise<void> {
  const waiting = [process.stdout, process.stderr].filter(
    ({ destroyed, errored, writableLength }) => !destroyed && errored === null && writableLength > 0,
  )
  await Promise.all(waiting.map((stream) => new Promise((resolve) => stream.write('', resolve))))
  // A file has taken or refused it by now, but a refusal is told only in the next turn.
  await setImmediate()
}
