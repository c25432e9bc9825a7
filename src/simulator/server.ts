/** How does a client reach the simulator? HTTP on the loopback interface, and nowhere else. */
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { systemClock } from '../lib/clock.ts'
import type { Clock } from '../lib/clock.ts'
import { errorCode, UserError } from '../lib/errors.ts'
import { createAttempts } from './attempts.ts'
import { createCatalogue } from './catalogue.ts'
import { createChat } from './chat.ts'
import { createEmbeddings } from './embeddings.ts'
import { createAnswers } from './answers.ts'
import { RequestRefused } from './errors.ts'
import { createLedger } from './ledger.ts'
import { createOracle } from './oracle.ts'
import { playReply } from './play.ts'
import { createRouter, MAX_BODY_BYTES } from './routes.ts'
import type { Call, Router } from './routes.ts'
import type { Reply, Simulator, SimulatorOptions } from './types.ts'

const HOST = '127.0.0.1'

/** Longer than clients keep idle connections: a server that closes first makes their next request fail. */
const KEEP_ALIVE_MS = 65_000

/**
 * Starts a server that runs until it is closed. The clock stands for all time the server knows: latency, rate limit,
 * `created`. Throws UserError when the port cannot be had or a price is no amount of money.
 */
export async function startSimulator(options: SimulatorOptions = {}, clock: Clock = systemClock): Promise<Simulator> {
  const oracle = createOracle(options)
  const catalogue = createCatalogue(options)
  const attempts = createAttempts(options, clock)
  const answer = createAnswers(options, oracle)
  const chat = createChat(options, { catalogue, attempts, answer, clock })
  const embeddings = createEmbeddings(options, { catalogue, attempts, clock })
  const router = createRouter({ apiKey: options.apiKey, catalogue, chat, embeddings, ledger: createLedger() })

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) =>
    readBody(request, (bodyText) => {
      void playReply(response, replyTo(router, { request, response, bodyText }), clock)
    }),
  )
  const port = await listen(server, options.port ?? 0)
  return {
    port,
    url: `http://${HOST}:${port}/api/v1`,
    oracle,
    stats: () => router.stats(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function replyTo(router: Router, call: Call): Reply {
  try {
    return router.reply(call)
  } catch (error) {
    if (error instanceof RequestRefused) return error.reply
    throw error
  }
}

/**
 * Hands over the whole body, or null when it is too large. What is too much is read and dropped, since a client that is
 * cut off while it writes sees a broken connection and not the 413. A body that breaks off is handed to nobody.
 */
function readBody(request: IncomingMessage, use: (bodyText: string | null) => void): void {
  const chunks: Buffer[] = []
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
    else chunks.length = 0
  })
  request.on('end', () => use(bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString() : null))
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const code = errorCode(error)
      const isRefused = code === 'EADDRINUSE' || code === 'EACCES'
      reject(isRefused ? new UserError(portMessage(port, code), { cause: error }) : error)
    })
    server.listen(port, HOST, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function portMessage(port: number, code: string): string {
  const reason = code === 'EADDRINUSE' ? 'is in use by another program' : 'may not be used without more rights'
  return `Port ${port} of ${HOST} ${reason}. Choose another one, or 0 to let the system choose.`
}
