/** Server-sent events: one stream per browser that watches, which gets whole states and may miss some of them. */
import type { ServerResponse } from 'node:http'
import { beginEvents } from '../respond.ts'

/** A proxy or a tunnel may take a silent connection for a dead one; and so is a browser found out that is gone. */
const HEARTBEAT_MS = 15_000
/** How soon a browser comes back that has lost the stream. */
const RETRY_MS = 2_000

export interface EventStream {
  /** Sends a state, unless the browser has not taken the last ones: a later one says it again. Tells whether it was sent. */
  send(name: string, data: unknown): boolean
  /** Ends the stream for good; the browser is told by a last event, and does not come back. */
  finish(name: string, data: unknown): void
}

/** `begin` gets the stream, and returns what is to end when the browser goes. */
export function serveEvents(response: ServerResponse, begin: (stream: EventStream) => () => void): void {
  beginEvents(response)
  // The head alone was asked for.
  if (response.req.method === 'HEAD') {
    response.end()
    return
  }
  response.write(`retry: ${RETRY_MS}\n\n`)
  const isOpen = (): boolean => !response.writableEnded && !response.destroyed
  const heartbeat = setInterval(() => {
    if (isOpen()) response.write(': still here\n\n')
  }, HEARTBEAT_MS)
  const stop = begin({
    send: (name, data) => {
      if (!isOpen() || response.writableNeedDrain) return false
      response.write(eventText(name, data))
      return true
    },
    finish: (name, data) => {
      if (isOpen()) response.end(eventText(name, data))
    },
  })
  response.once('close', () => {
    clearInterval(heartbeat)
    stop()
  })
}

/** JSON has no line feed outside of strings, and in them it is escaped: an event is one line of data. */
function eventText(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
