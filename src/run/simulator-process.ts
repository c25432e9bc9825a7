/** Starts the simulator in a process of its own: it must not disturb the timings of its client. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { SimulatorOptions } from '../simulator/types.ts'

/** The built program, whether this file runs from src/ or from dist/. */
const ENTRY = fileURLToPath(new URL('../../dist/simulator/process.js', import.meta.url))

export interface SimulatorProcess {
  /** Base URL, e.g. http://127.0.0.1:4711/api/v1 */
  readonly url: string
  /** Tells the right answers of one prompt. Resolves when the pipe wants more. */
  register(messageHash: string, answers: readonly string[]): Promise<void>
  /** Resolves when all that was registered is known to the server. */
  synced(): Promise<void>
  /** Ends the process. */
  close(): Promise<void>
}

/** Resolves when the server listens. The child ends with us: it stops when its standard input closes. */
export async function startSimulatorProcess(options: SimulatorOptions): Promise<SimulatorProcess> {
  const child = spawn(process.execPath, [ENTRY], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  // A child that dies early closes the pipe under us; the read below then tells it better than EPIPE would.
  child.stdin.on('error', () => {})
  const send = (message: unknown): boolean => child.stdin.write(`${JSON.stringify(message)}\n`)
  const reply = async (): Promise<Record<string, unknown>> => {
    const line = await lines.next()
    if (line.done === true) {
      await exited
      throw new Error(`the simulator ended unexpectedly (exit code ${child.exitCode})`)
    }
    return JSON.parse(line.value) as Record<string, unknown>
  }
  send(options)
  const { url } = await reply()
  return {
    url: String(url),
    register: async (messageHash, answers) => {
      if (!send([messageHash, answers])) await drained(child)
    },
    synced: async () => {
      send('sync')
      await reply()
    },
    close: async () => {
      child.stdin.end()
      await exited
    },
  }
}

/** A child that dies never drains its pipe: closed is as good, the next reply tells that it has ended. */
async function drained({ stdin }: ChildProcess): Promise<void> {
  if (stdin === null || stdin.destroyed) return
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      stdin.off('drain', settle).off('close', settle)
      resolve()
    }
    stdin.once('drain', settle).once('close', settle)
  })
}
