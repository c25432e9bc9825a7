/** When does each part of a reply go out? The one place that writes to the connection. */
import type { ServerResponse } from 'node:http'
import type { Clock } from '../lib/clock.ts'
import type { Reply } from './types.ts'

/** On every answer, so that a simulated one can never pass for a real one. */
const LABEL = { 'x-assay-simulated': 'true' } as const

/** Plays a reply, with times counted from now. Resolves when it is written, or when the client has left. */
export async function playReply(response: ServerResponse, reply: Reply, clock: Clock): Promise<void> {
  if (reply.ending === 'end' && reply.writes.every(({ atMs }) => atMs === 0)) {
    playAtOnce(response, reply)
    return
  }
  const startMs = clock.nowMs()
  const left = new AbortController()
  response.once('close', () => left.abort())
  for (const { atMs, text } of reply.writes) {
    // Times are absolute, so that late timers do not add up.
    const waitMs = startMs + atMs - clock.nowMs()
    if (waitMs > 0) await clock.sleep(waitMs, left.signal).catch(() => undefined)
    if (left.signal.aborted) return
    if (!response.headersSent) response.writeHead(reply.status, { ...LABEL, ...reply.headers })
    response.write(text)
  }
  if (reply.ending === 'end') response.end()
  if (reply.ending === 'hang-up') response.destroy()
}

/** One write of everything: a server without latency should cost a benchmark next to nothing. */
function playAtOnce(response: ServerResponse, reply: Reply): void {
  const text = reply.writes.map((write) => write.text).join('')
  response.writeHead(reply.status, { ...LABEL, ...reply.headers, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
