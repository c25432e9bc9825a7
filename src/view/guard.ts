/**
 * Who may ask? Whoever holds the link that was printed, and comes by a name of this machine.
 *
 * The token keeps out other users of the machine and web pages that try ports; the check of the Host header keeps out a page
 * whose own name was made to point at this machine (DNS rebinding). Ports of that header may differ: an SSH tunnel ends on
 * one of its own.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const TOKEN_BYTES = 24
const OWN_NAME = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** A new token: 192 bits, safe in a path. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** What is asked for, once it may be. */
export interface Asked {
  /** Behind the token: empty for the list of runs. */
  readonly page: string
  readonly query: URLSearchParams
}

/** Why a request gets nothing: a status and a sentence that tells nothing of what is served. */
export interface Refusal {
  readonly status: 400 | 403 | 405
  readonly text: string
}

/** Reads a request; the name of the machine comes first, then the token, then anything else. */
export function admit(request: IncomingMessage, token: string): Asked | Refusal {
  if (!OWN_NAME.test(request.headers.host ?? '')) {
    return { status: 403, text: 'This server answers to localhost and 127.0.0.1 alone.' }
  }
  const [path, query] = split(request.url ?? '')
  const [, given = '', ...rest] = path.split('/')
  if (!isEqual(given, token)) {
    return { status: 403, text: 'Open the whole link that assay view has printed: its key is missing here.' }
  }
  if (!METHODS.has(request.method ?? '')) return { status: 405, text: 'Only GET and HEAD: nothing is changed here.' }
  return { page: rest.join('/'), query: new URLSearchParams(query) }
}

/** At the first question mark. */
function split(url: string): readonly [string, string] {
  const at = url.indexOf('?')
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)]
}

/** In a time that tells nothing of where the two differ, nor of their lengths. */
function isEqual(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}
