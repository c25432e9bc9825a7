/** A chat-completions server on loopback that answers as a script says, and remembers everything it was asked. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly method: string
  readonly path: string
  /** Names and values in turn, as they came over the wire. */
  readonly rawHeaders: readonly string[]
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

/** The fields of a request body that tests look at. */
export interface ChatBody {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly max_tokens: number
  readonly stream: boolean
}

/** What is done about one request. */
export type Answer = (response: http.ServerResponse, asked: Asked) => void

/** Which answer the `place`-th request gets, from 0. */
export type Script = (asked: Asked, place: number) => Answer

export interface ChatServer {
  /** As it goes behind --base-url. */
  readonly url: string
  /** In the order in which they came. */
  readonly asked: readonly Asked[]
  /** Most requests that ever were unanswered together. */
  readonly peakInFlight: number
  /** Resolves when so many requests have come; rejects when they have not within half a minute. */
  arrived(count: number): Promise<void>
}

const ARRIVAL_DEADLINE_MS = 30_000

/** Runs with a server and closes it, connections included, whatever happens. */
export async function withServer(script: Script, use: (server: ChatServer) => Promise<void>): Promise<void> {
  const asked: Asked[] = []
  let wake = (): void => {}
  let inFlight = 0
  let peakInFlight = 0
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', rawHeaders, headers } = request
      const one: Asked = { method, path, rawHeaders, headers, body: Buffer.concat(chunks).toString() }
      inFlight += 1
      peakInFlight = Math.max(peakInFlight, inFlight)
      response.once('close', () => (inFlight -= 1))
      script(one, asked.push(one) - 1)(response, one)
      wake()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await use({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`,
      asked,
      get peakInFlight() {
        return peakInFlight
      },
      arrived: (count) =>
        new Promise((resolve, reject) => {
          const timer = setTimeout(
            () => reject(new Error(`only ${asked.length} of ${count} requests came`)),
            ARRIVAL_DEADLINE_MS,
          )
          wake = () => {
            if (asked.length < count) return
            clearTimeout(timer)
            resolve()
          }
          wake()
        }),
    })
  } finally {
    const closed = new Promise<unknown>((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
}

/** The body of a request, read. */
export function bodyOf(asked: Asked): ChatBody {
  return JSON.parse(asked.body) as ChatBody
}

/** The text of the last message. */
export function questionOf(asked: Asked): string {
  return bodyOf(asked).messages.at(-1)?.content ?? ''
}

export interface Telling {
  readonly id?: string
  readonly model?: string
  readonly provider?: string
  readonly finishReason?: string
  /** As OpenRouter reports it, `cost` included; null: none is reported. */
  readonly usage?: Readonly<Record<string, unknown>> | null
}

const USAGE = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 }

/** A whole answer, streamed when the request asked for a stream. */
export function says(text: string, telling: Telling = {}): Answer {
  const { finishReason = 'stop', usage = USAGE, ...served } = telling
  return (response, asked) => {
    const { model, stream } = bodyOf(asked)
    const head = { id: 'gen-1', model, ...served }
    if (!stream) {
      const choice = { index: 0, message: { role: 'assistant', content: text }, finish_reason: finishReason }
      replyJson(response, 200, { ...head, choices: [choice], ...(usage === null ? {} : { usage }) })
      return
    }
    const event = (body: object): string => `data: ${JSON.stringify({ ...head, ...body })}\n\n`
    const choice = (delta: object, finish: string | null): object => ({
      choices: [{ index: 0, delta, finish_reason: finish }],
    })
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(event(choice({ role: 'assistant', content: '' }, null)))
    response.write(event(choice({ content: text }, null)))
    response.write(event(choice({}, finishReason)))
    if (usage !== null) response.write(event({ choices: [], usage }))
    response.end('data: [DONE]\n\n')
  }
}

/** A failure in OpenRouter's envelope. */
export function fails(status: number, message = 'scripted failure'): Answer {
  return (response) => replyJson(response, status, { error: { code: status, message } })
}

/** Neither an answer nor an end. */
export const hangs: Answer = () => {}

/** The connection breaks before any answer. */
export const hangsUp: Answer = (response) => void response.destroy()

/** The answer once the promise resolves. */
export function after(gate: Promise<unknown>, answer: Answer): Answer {
  return (response, asked) => {
    void gate.then(() => answer(response, asked))
  }
}

function replyJson(response: http.ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
