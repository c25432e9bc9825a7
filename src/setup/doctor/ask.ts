/** How is a server asked something that costs nothing? One request, with a deadline, over the way that a run would take. */
import { request } from 'undici'
import type { Clock } from '../../lib/clock.ts'
import { errorCode, messageOf } from '../../lib/errors.ts'
import { openConnections } from '../../provider/connections.ts'
import type { Environment } from '../../provider/index.ts'
import type { Reply } from './types.ts'

/** Longest time of one request, connection and body included. */
export const DEADLINE_MS = 5_000

/** The longest known list of models has about a megabyte. */
const MOST_BYTES = 16 * 1024 * 1024

/** What to do about an error of the network, by its code. */
const FIXES: readonly (readonly [RegExp, string])[] = [
  [/ENOTFOUND|EAI_AGAIN/, 'The name cannot be resolved: check the address and the network.'],
  [/ECONNREFUSED/, 'Nothing listens there: start the server, or check the address.'],
  [/SELF_SIGNED|ISSUER_CERT|LEAF_SIGNATURE|CERT_UNTRUSTED/, 'Name your own authority with NODE_EXTRA_CA_CERTS.'],
  [/CERT|TLS|SSL/, 'Its certificate does not hold: check the address, and the clock of this machine.'],
]

const OTHER_FIX = 'Check the address, the network, and whether it needs a proxy (HTTPS_PROXY).'

interface Asking {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly env: Environment
  readonly clock: Clock
  /** Ends it early. */
  readonly signal: AbortSignal
}

/** Never rejects: that there was no answer is a finding too. */
export async function ask({ url, headers, env, clock, signal }: Asking): Promise<Reply> {
  const startMs = clock.nowMs()
  const startedAt = clock.wallTime().getTime()
  const deadline = AbortSignal.timeout(DEADLINE_MS)
  try {
    const dispatcher = openConnections(url, 1, env)
    try {
      const either = AbortSignal.any([signal, deadline])
      const { statusCode, headers: answered, body } = await request(url, { dispatcher, headers, signal: either })
      const tookMs = clock.nowMs() - startMs
      const chunks: Buffer[] = []
      let bytes = 0
      for await (const chunk of body as AsyncIterable<Buffer>) {
        chunks.push(chunk)
        bytes += chunk.length
        if (bytes > MOST_BYTES) return { kind: 'failed', reason: 'its answer does not end', fix: OTHER_FIX }
      }
      return {
        kind: 'answered',
        status: statusCode,
        body: Buffer.concat(chunks).toString(),
        date: String(answered['date'] ?? ''),
        askedAt: new Date(startedAt + tookMs / 2),
        tookMs,
      }
    } finally {
      await dispatcher.destroy()
    }
  } catch (error) {
    if (deadline.aborted) return { kind: 'failed', reason: `no answer within ${DEADLINE_MS / 1_000} s`, fix: OTHER_FIX }
    const code = errorCode(error) ?? ''
    const reason = messageOf(error) || code
    return { kind: 'failed', reason, fix: FIXES.find(([codes]) => codes.test(code))?.[1] ?? OTHER_FIX }
  }
}
