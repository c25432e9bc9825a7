/** What goes back: headers that hold for every answer, pages with a policy of their own, and reports as they are rendered. */
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { errorCode } from '../lib/errors.ts'
import type { Markup } from '../report/html/markup.ts'

/** Nothing is kept by the browser, framed, read by another site, or told to one by a link. */
const ALWAYS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
} as const

/** For what is no page of ours: a report brings a policy in its own head, which this one narrows. */
const NARROW =
  "connect-src 'none'; object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** A plain sentence. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...ALWAYS,
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': `default-src 'none'; ${NARROW}`,
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  })
  response.end(`${text}\n`)
}

/** A finished page with the policy that it is to be shown under. */
export interface Page {
  readonly status: number
  readonly policy: string
  readonly body: Markup
}

export function sendPage(response: ServerResponse, { status, policy, body }: Page): void {
  const bytes = Buffer.from(body.text)
  response.writeHead(status, {
    ...ALWAYS,
    'content-type': 'text/html; charset=utf-8',
    'content-length': bytes.length,
    'content-security-policy': policy,
  })
  response.end(bytes)
}

/** Leads to another page of ours; `to` is relative. */
export function sendElsewhere(response: ServerResponse, to: string): void {
  response.writeHead(307, { ...ALWAYS, location: to, 'content-length': 0 })
  response.end()
}

/** Gathered before each write: a packet per piece would cost more than the piece. */
const WRITE_CHARACTERS = 64 * 1024

/** A report, piece by piece as fast as the browser takes it. A browser that goes away ends it. */
export async function sendReport(response: ServerResponse, pieces: Iterable<string>): Promise<void> {
  response.writeHead(200, {
    ...ALWAYS,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': NARROW,
  })
  try {
    await pipeline(Readable.from(gathered(pieces), { objectMode: false }), response)
  } catch (error) {
    if (errorCode(error) !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}

function* gathered(pieces: Iterable<string>): Generator<Buffer> {
  let text = ''
  for (const piece of pieces) {
    text += piece
    if (text.length < WRITE_CHARACTERS) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(text)
}

/** Opens a stream of server-sent events. */
export function beginEvents(response: ServerResponse): void {
  response.writeHead(200, {
    ...ALWAYS,
    'content-type': 'text/event-stream; charset=utf-8',
    'content-security-policy': `default-src 'none'; ${NARROW}`,
  })
}
