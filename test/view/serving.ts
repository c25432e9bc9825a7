/** A server of `assay view` in the test's own process, and who asks it. */
import http from 'node:http'
import { createParser } from 'eventsource-parser'
import { systemClock } from '../../src/lib/clock.ts'
import { startView } from '../../src/view/serve.ts'
import type { LiveSnapshot } from '../../src/view/types.ts'

/** Runs with a server over a folder and closes it whatever happens; errors that it would print fail the test. */
export async function withView(
  cwd: string,
  use: (url: string, errors: readonly unknown[]) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = []
  const server = await startView({
    cwd,
    port: 0,
    run: null,
    clock: systemClock,
    onError: (error) => errors.push(error),
  })
  try {
    await use(server.url, errors)
  } finally {
    await server.close()
  }
}

export interface Got {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

/** A request as it is written: `fetch` would tidy paths and Host headers up. */
export function ask(
  url: string,
  {
    path,
    ...options
  }: { readonly path?: string; readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<Got> {
  const { hostname, port, pathname, search } = new URL(url)
  return new Promise((resolve, reject) => {
    http
      .request({ hostname, port, path: path ?? pathname + search, ...options }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (piece: string) => (text += piece))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
        response.on('error', reject)
      })
      .on('error', reject)
      .end()
  })
}

/** What a stream of events tells. */
export interface Told {
  readonly name: string
  readonly data: {
    readonly snapshot?: LiveSnapshot
    readonly parts?: Readonly<Record<string, string>>
    readonly text?: string
  }
}

/** Reads events until one is what was waited for; resolves with all of them. Rejects when the stream ends before. */
export async function eventsUntil(url: string, isEnough: (told: Told) => boolean): Promise<Told[]> {
  const leave = new AbortController()
  const response = await fetch(url, { signal: leave.signal })
  const all: Told[] = []
  let isDone = false
  const parser = createParser({
    onEvent: ({ event = '', data }) => {
      if (isDone) return
      const told: Told = { name: event, data: JSON.parse(data) as Told['data'] }
      all.push(told)
      isDone = isEnough(told)
    },
  })
  const decoder = new TextDecoder()
  try {
    for await (const piece of response.body ?? []) {
      parser.feed(decoder.decode(piece, { stream: true }))
      if (isDone) return all
    }
  } finally {
    leave.abort()
  }
  throw new Error(`the stream has ended: ${JSON.stringify(all.at(-1))}`)
}

/** The same for the states of a run. */
export async function statesUntil(url: string, isEnough: (snapshot: LiveSnapshot) => boolean): Promise<LiveSnapshot[]> {
  const all = await eventsUntil(url, ({ data: { snapshot } }) => snapshot !== undefined && isEnough(snapshot))
  return all.flatMap(({ data: { snapshot } }) => snapshot ?? [])
}
