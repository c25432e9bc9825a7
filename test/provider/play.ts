/** Servers on loopback that answer as told, and what they were asked. */
import { readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect, findProfile } from '../../src/provider/index.ts'
import { type Completion, type CompletionRequest, type Provider, ProviderError } from '../../src/provider/types.ts'

export interface Asked {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

export interface Playing {
  readonly baseUrl: string
  readonly asked: Asked[]
  /** Connections opened so far. */
  sockets: number
  close(): Promise<void>
}

export type Play = (asked: Asked, response: http.ServerResponse) => void

/** Plays an answer to every request until closed. */
export async function play(answer: Play, host = '127.0.0.1'): Promise<Playing> {
  const server = http.createServer((request, response) => {
    const reads: Buffer[] = []
    request.on('data', (read: Buffer) => reads.push(read))
    request.on('end', () => {
      const { method = '', url = '', headers, rawHeaders } = request
      const asked = { method, url, headers, rawHeaders, body: Buffer.concat(reads).toString() }
      playing.asked.push(asked)
      answer(asked, response)
    })
  })
  const playing: Playing = {
    baseUrl: '',
    asked: [],
    sockets: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  server.on('connection', () => playing.sockets++)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(playing, { baseUrl: `http://${host}:${port}/api/v1` })
}

/** Answers with a status, headers and a body. */
export function reply(status: number, headers: Record<string, string>, body: string | Buffer): Play {
  return (_asked, response) => {
    response.writeHead(status, headers)
    response.end(body)
  }
}

/** Answers with an event stream, one write per piece. */
export function stream(...pieces: readonly (string | Buffer)[]): Play {
  return (_asked, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of pieces) response.write(piece)
    response.end()
  }
}

/** One data event with a delta, and a finish reason if given. */
export function chunk(delta: object, finishReason: string | null = null): string {
  return event({ id: 'gen-1', model: 'm', choices: [{ index: 0, delta, finish_reason: finishReason }] })
}

export function event(body: unknown): string {
  return `data: ${JSON.stringify(body)}\n\n`
}

export const KEY = 'sk-or-v1-0123456789abcdef'

/** A connection to a playing server as OpenRouter, with a key. */
export function connected(baseUrl: string, more: Partial<Parameters<typeof connect>[0]> = {}): Provider {
  return connect({
    profile: findProfile('openrouter'),
    baseUrl,
    apiKey: KEY,
    apiKeyEnv: 'OPENROUTER_API_KEY',
    concurrency: 4,
    env: {},
    ...more,
  })
}

export const QUESTION: CompletionRequest = {
  model: 'mistralai/mistral-small',
  messages: [{ role: 'user', content: 'What is the meaning of life?' }],
  maxTokens: 200,
  temperature: 0.2,
  seed: 7,
  stream: true,
  params: {},
  responseSchema: null,
}

/** A signal that never aborts. */
export const never: AbortSignal = new AbortController().signal

/** Asks once and closes everything. */
export async function ask(
  answer: Play,
  more: Partial<Parameters<typeof connect>[0]> = {},
  signal: AbortSignal = never,
): Promise<Completion> {
  const server = await play(answer)
  const provider = connected(server.baseUrl, more)
  try {
    return await provider.complete(provider.encode(QUESTION), signal)
  } finally {
    await provider.close()
    await server.close()
  }
}

/** The ProviderError that something rejects with; anything else fails the test. */
export async function failureOf(attempt: Promise<unknown>): Promise<ProviderError> {
  try {
    await attempt
  } catch (error) {
    if (error instanceof ProviderError) return error
    throw error
  }
  throw new Error('expected a ProviderError, but the attempt succeeded')
}

/** The folder of recorded answers. */
export const FIXTURES = new URL('fixtures/openrouter/', import.meta.url)

export function fixture(file: string): Buffer {
  return readFileSync(new URL(file, FIXTURES))
}
