/** What does each path answer? The part of OpenRouter's API that an evaluation uses. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { formatUsd } from '../lib/usd.ts'
import type { Endpoint } from './attempts.ts'
import type { Catalogue } from './catalogue.ts'
import { badRequest, errorReply, statusReply } from './errors.ts'
import type { Ledger, LedgerEntry } from './ledger.ts'
import type { Reply, SimulatorStats } from './types.ts'
import { generationJson } from './wire.ts'

export interface Services {
  readonly apiKey: string | undefined
  readonly catalogue: Catalogue
  readonly chat: Endpoint
  readonly embeddings: Endpoint
  readonly ledger: Ledger
}

/** One HTTP request whose body has arrived. */
export interface Call {
  readonly request: IncomingMessage
  /** Told when the connection is done with: until then a completion is in progress. */
  readonly response: ServerResponse
  /** Null when it is larger than MAX_BODY_BYTES. */
  readonly bodyText: string | null
}

export interface Router {
  /** The reply to a call. Throws RequestRefused where the request is at fault. */
  reply(call: Call): Reply
  stats(): SimulatorStats
}

interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: RegExp
  /** False for what OpenRouter tells to anyone. */
  readonly needsKey: boolean
  reply(call: Call, match: RegExpExecArray, query: string): Reply
}

/** Largest request body in bytes. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024

/** Both the base path of OpenRouter and that of most other servers. */
const BASE_PATH = /^(?:\/api)?\/v1(?=\/)/

export function createRouter({ apiKey, catalogue, chat, embeddings, ledger }: Services): Router {
  const counts = { requests: 0, completed: 0, failed: 0, rateLimited: 0, inFlight: 0, peakInFlight: 0 }

  const watch = (response: ServerResponse, entry: LedgerEntry | null): void => {
    counts.inFlight += 1
    counts.peakInFlight = Math.max(counts.peakInFlight, counts.inFlight)
    response.once('close', () => {
      counts.inFlight -= 1
      if (entry !== null && !response.writableFinished) entry.cancelled = true
    })
  }

  const answer = (endpoint: Endpoint, { response, bodyText }: Call): Reply => {
    if (bodyText === null)
      return errorReply(413, 'payload_too_large', `The body is larger than ${MAX_BODY_BYTES} bytes.`)
    const outcome = endpoint(bodyText, counts.inFlight)
    counts[outcome.kind] += 1
    const entry = outcome.generation === null ? null : ledger.book(outcome.generation)
    if (outcome.kind !== 'rateLimited') watch(response, entry)
    return outcome.reply
  }

  const findGeneration = (query: string): Reply => {
    const id = new URLSearchParams(query).get('id')
    if (id === null) return badRequest('id: expected the id of a generation.')
    const entry = ledger.find(id)
    if (entry === undefined) return errorReply(404, 'not_found', `Generation ${id} not found.`)
    return jsonReply(generationJson(entry.generation, entry.cancelled))
  }

  const routes: readonly Route[] = [
    { method: 'POST', path: /^\/chat\/completions$/, needsKey: true, reply: (call) => answer(chat, call) },
    { method: 'POST', path: /^\/embeddings$/, needsKey: true, reply: (call) => answer(embeddings, call) },
    { method: 'GET', path: /^\/models$/, needsKey: false, reply: () => jsonReply(catalogue.listJson()) },
    {
      method: 'GET',
      path: /^\/models\/([^/]+\/[^/]+)\/endpoints$/,
      needsKey: false,
      reply: (_call, [, model = '']) => jsonReply(catalogue.endpointsJson(model)),
    },
    { method: 'GET', path: /^\/generation$/, needsKey: true, reply: (_call, _match, query) => findGeneration(query) },
    { method: 'GET', path: /^\/key$/, needsKey: true, reply: () => jsonReply(keyJson(formatUsd(ledger.billedUsd()))) },
  ]

  return {
    reply(call) {
      counts.requests += 1
      const { method = '', url = '', headers } = call.request
      const [fullPath = '', query = ''] = url.split('?', 2)
      const path = BASE_PATH.test(fullPath) ? fullPath.replace(BASE_PATH, '') : ''
      for (const route of routes) {
        const match = route.path.exec(path)
        if (match === null) continue
        if (method !== route.method) return methodNotAllowed(method, route.method)
        if (route.needsKey && apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`)
          return statusReply('401')
        return route.reply(call, match, query)
      }
      return errorReply(404, 'not_found', `No route ${method} ${fullPath}; the base URL ends in /api/v1.`)
    },

    stats: () => ({
      requests: counts.requests,
      completions: counts.completed,
      failures: counts.failed,
      rateLimited: counts.rateLimited,
      inFlight: counts.inFlight,
      peakInFlight: counts.peakInFlight,
      billedUsd: formatUsd(ledger.billedUsd()),
    }),
  }
}

function methodNotAllowed(found: string, expected: string): Reply {
  const message = `${found} is not allowed here; expected ${expected}.`
  return errorReply(405, 'invalid_request', message, { headers: { Allow: expected } })
}

/** An unlimited key. The amount goes in as text, to be exact. */
function keyJson(usage: string): string {
  return `{"data":{"label":"simulated","limit":null,"limit_remaining":null,"limit_reset":null,"usage":${usage},"is_free_tier":false,"is_management_key":false,"expires_at":null}}`
}

function jsonReply(text: string): Reply {
  return { status: 200, headers: { 'content-type': 'application/json' }, writes: [{ atMs: 0, text }], ending: 'end' }
}
