/** Bytes that servers send, good and bad. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Exchange, Play } from '../helpers/chaos-server.ts'
import { answerTo } from '../helpers/datasets.ts'

type Headers = Readonly<Record<string, string>>

/** Bytes of a whole response; its length is told unless the headers say something about it. */
export function response(status: number, headers: Headers, body: string | Uint8Array = ''): Buffer {
  const bytes = Buffer.from(body)
  const isDelimited = Object.keys(headers).some((name) => /^(content-length|transfer-encoding)$/i.test(name))
  return Buffer.concat([
    head(status, isDelimited ? headers : { ...headers, 'content-length': `${bytes.length}` }),
    bytes,
  ])
}

/** Status line and headers. */
export function head(status: number, headers: Headers): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`HTTP/1.1 ${status} Scripted\r\n${lines.join('')}\r\n`)
}

export const JSON_TYPE = { 'content-type': 'application/json' }
export const HTML_TYPE = { 'content-type': 'text/html' }
export const STREAM_TYPE = { 'content-type': 'text/event-stream' }

/** Headers of a stream whose end is the end of the connection. */
export const OPEN_STREAM = { ...STREAM_TYPE, connection: 'close', 'transfer-encoding': 'identity' }

/** Sends the bytes, which may depend on the request, and leaves the connection as it is. */
export function sends(bytes: string | Uint8Array | ((exchange: Exchange) => string | Uint8Array)): Play {
  return async (exchange) => {
    await exchange.send(typeof bytes === 'function' ? bytes(exchange) : bytes)
  }
}

/** The same, then closes the connection in good order. */
export function sendsAndCloses(bytes: Parameters<typeof sends>[0]): Play {
  return async (exchange) => {
    await sends(bytes)(exchange)
    exchange.close()
  }
}

/** The same, then breaks the connection. */
export function sendsAndResets(bytes: Parameters<typeof sends>[0]): Play {
  return async (exchange) => {
    await sends(bytes)(exchange)
    await exchange.reset()
  }
}

/** Time between two drops of a slow server. */
const DROP_MS = 50

/** Sends the start, and then one drop after the other until the client has had enough. */
export function drips(start: string | Uint8Array, drop: string): Play {
  return async (exchange) => {
    await exchange.send(start)
    while (await exchange.send(drop)) await sleep(DROP_MS)
  }
}

/** Sends the start, and then pieces as fast as the client takes them: at most `bytes` in all, told as they leave. */
export function floods(start: Uint8Array, piece: string, bytes: number, onSent: (bytes: number) => void): Play {
  // Large writes, so that the server is not what is waited for.
  const pieces = Buffer.from(piece.repeat(Math.ceil(2 ** 18 / piece.length)))
  return async (exchange) => {
    await exchange.send(start)
    for (let sent = 0; sent < bytes && exchange.isOpen; sent += pieces.length) {
      onSent(sent)
      await exchange.send(pieces)
    }
  }
}

const USAGE = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 }

/** A completion as JSON with the right answer; `more` wins over its fields. */
export function completion({ body, question }: Exchange, more: object = {}): string {
  return JSON.stringify({
    id: 'gen-1',
    model: body.model,
    choices: [{ index: 0, message: { role: 'assistant', content: answerTo(question) }, finish_reason: 'stop' }],
    usage: USAGE,
    ...more,
  })
}

/** A completion whose only choice is this. */
export function completionOf(choice: object): (exchange: Exchange) => string {
  return (exchange) => completion(exchange, { choices: [{ index: 0, finish_reason: 'stop', ...choice }] })
}

/** One event of a stream. */
export function event(body: unknown): string {
  return `data: ${JSON.stringify(body)}\n\n`
}

/** An event with a piece of the answer. */
export function delta(content: string, finishReason: string | null = null): string {
  return event({ id: 'gen-1', choices: [{ index: 0, delta: { content }, finish_reason: finishReason }] })
}

export const DONE = 'data: [DONE]\n\n'

/** The last events of a stream: why it ended, what was used, the end itself. */
export function ending(usage: unknown = USAGE): string {
  return delta('', 'stop') + event({ id: 'gen-1', choices: [], usage }) + DONE
}

/** A whole stream with the right answer. */
export function streamed({ question }: Exchange, usage: unknown = USAGE): string {
  return delta(answerTo(question)) + ending(usage)
}

/** The answer of a server in good order. */
export const answers: Play = sends((exchange) =>
  exchange.body.stream
    ? response(200, STREAM_TYPE, streamed(exchange))
    : response(200, JSON_TYPE, completion(exchange)),
)

/** An error in OpenRouter's envelope; `more` joins its fields. */
export function envelope(code: number | string, message = 'scripted failure', more: object = {}): string {
  return JSON.stringify({ error: { code, message, ...more } })
}

/** Answers with a status and an error. */
export function refuses(status: number, headers: Headers = {}, body: string = envelope(status)): Play {
  return sends(response(status, { ...JSON_TYPE, ...headers }, body))
}

/** An array in an array in an array …, far deeper than any stack. */
export function nested(opening: string, inside: string, closing: string, depth = 100_000): string {
  return opening.repeat(depth) + inside + closing.repeat(depth)
}
