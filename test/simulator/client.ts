/** A bare client and a clock to turn by hand: what the tests of the simulator share. */
import { request } from 'undici'
import type { Clock } from '../../src/lib/clock.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import type { Simulator, SimulatorOptions } from '../../src/simulator/types.ts'

export const AT_ONCE = { ttftMs: 0, tokenGapMs: 0 }

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** Runs a test against a server of its own and closes it whatever happens. Answers come at once unless told otherwise. */
export async function withSimulator(
  options: SimulatorOptions,
  use: (simulator: Simulator) => Promise<void>,
  clock?: Clock,
): Promise<void> {
  const simulator = await startSimulator({ latency: AT_ONCE, ...options }, clock)
  try {
    await use(simulator)
  } finally {
    await simulator.close()
  }
}

/** A body for POST /chat/completions. */
export function chatBody(question: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return { model: 'mistralai/mistral-small', messages: [{ role: 'user', content: question }], ...fields }
}

export async function post(
  simulator: Simulator,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  return send(
    `${simulator.url}/chat/completions`,
    'POST',
    headers,
    typeof body === 'string' ? body : JSON.stringify(body),
  )
}

export async function get(
  simulator: Simulator,
  path: string,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  return send(`${simulator.url}${path}`, 'GET', headers, null)
}

export async function send(
  url: string,
  method: 'GET' | 'POST',
  headers: Record<string, string>,
  body: string | null,
): Promise<HttpAnswer> {
  // A connection for each request: none is left open behind the server's back.
  const answer = await request(url, { method, body, headers: { connection: 'close', ...headers } })
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
}

/** The JSON of the data events of a stream, without the terminator. */
export function dataEvents(sse: string): Chunk[] {
  return sse
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event): Chunk => JSON.parse(event.slice('data: '.length)))
}

export interface Chunk {
  readonly id: string
  readonly choices: readonly {
    readonly delta: { readonly role?: string; readonly content?: string }
    readonly finish_reason: string | null
  }[]
  readonly usage?: Readonly<Record<string, unknown>>
  readonly error?: { readonly code: number }
}

/** Time that passes only when it is told to, or when someone sleeps. */
export function handClock(): Clock & { advance(ms: number): void } {
  let nowMs = 0
  return {
    nowMs: () => nowMs,
    wallTime: () => new Date(1_700_000_000_000 + nowMs),
    sleep: async (ms) => {
      nowMs += ms
    },
    advance(ms) {
      nowMs += ms
    },
  }
}

/** The error inside an envelope. */
export function errorOf(text: string): { code: number; message: string; metadata: Record<string, unknown> } {
  return JSON.parse(text).error
}
