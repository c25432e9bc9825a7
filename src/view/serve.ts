/** `assay view`: an HTTP server on loopback that reads results/ and writes nothing. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PreviousRun } from '../journal/find-run.ts'
import type { Clock } from '../lib/clock.ts'
import { errorCode, UserError } from '../lib/errors.ts'
import { Catalogue } from './catalogue.ts'
import { admit, newToken } from './guard.ts'
import { Following } from './live/following.ts'
import { requirePages } from './pages/frame.ts'
import { problemPage } from './pages/problem.ts'
import { addressOf } from './pages/words.ts'
import { sendElsewhere, sendPage, sendText } from './respond.ts'
import { answers, type Site } from './site.ts'

const HOST = '127.0.0.1'

export interface ViewOptions {
  readonly cwd: string
  /** 0: any free one. */
  readonly port: number
  /** The run to begin with; null: the list. */
  readonly run: PreviousRun | null
  readonly clock: Clock
  /** Takes what goes wrong and is no user's mistake. */
  readonly onError: (error: unknown) => void
}

export interface ViewServer {
  /** The link with its token: of the list, or of the run that was named. */
  readonly url: string
  /** Ends every connection. */
  close(): Promise<void>
}

/** Throws UserError where the port is taken, and where the program was not built. */
export async function startView({ cwd, port, run, clock, onError }: ViewOptions): Promise<ViewServer> {
  requirePages()
  const token = newToken()
  const catalogue = new Catalogue(cwd, run?.dir ?? null)
  const site: Site = { cwd, catalogue, following: new Following(catalogue, clock), onError }
  const server = createServer((request, response) => {
    answer(request, response, { site, token }).catch(onError)
  })
  await listen(server, port)
  const base = `http://${HOST}:${(server.address() as AddressInfo).port}/${token}/`
  return {
    url: run === null ? base : `${base}${addressOf('run', catalogue.nameOf(run.dir))}`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    server.listen(port, HOST)
    await once(server, 'listening')
  } catch (error) {
    const code = errorCode(error)
    const why =
      code === 'EADDRINUSE' ? 'the port is in use' : code === 'EACCES' ? 'this port is not yours to open' : null
    if (why === null) throw error
    throw new UserError(`--port ${port}: ${why}. Name another one, or leave the flag out for any free one.`, {
      cause: error,
    })
  }
}

interface Serving {
  readonly site: Site
  readonly token: string
}

async function answer(request: IncomingMessage, response: ServerResponse, { site, token }: Serving): Promise<void> {
  const asked = admit(request, token)
  if ('status' in asked) {
    sendText(response, asked.status, asked.text)
    return
  }
  // Links of the list are relative to its folder.
  if (asked.page === '' && !(request.url ?? '').startsWith(`/${token}/`)) {
    sendElsewhere(response, `/${token}/`)
    return
  }
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const serve = Object.hasOwn(answers, asked.page) ? answers[asked.page] : undefined
  try {
    if (serve === undefined) sendPage(response, problemPage(404, 'There is no such page.'))
    else await serve({ site, query: asked.query, request, response, signal: gone.signal })
  } catch (error) {
    // Nobody is there to be told.
    if (gone.signal.aborted) return
    if (!(error instanceof UserError)) site.onError(error)
    if (response.headersSent) response.destroy()
    else sendPage(response, problemOf(error))
  }
}

function problemOf(error: unknown) {
  return error instanceof UserError
    ? problemPage(400, error.message)
    : problemPage(500, 'An error of ours, not of yours: what it is stands where assay view was started.')
}
