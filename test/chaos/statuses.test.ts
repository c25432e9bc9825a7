/** What becomes of a run whose server answers with every status but 200? */
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { KEY } from './judge.ts'
import { matrix } from './matrix.ts'
import { envelope, HTML_TYPE, JSON_TYPE, response, sends } from './plays.ts'
import { BOTH, type Script } from './script.ts'

type More = Omit<Partial<Script>, 'server'>

/** An error with a hint that keeps the wait short, where it is worth one. */
function status(server: string, code: number, body: string, more: More = {}): Script {
  const type = body.startsWith('<') ? HTML_TYPE : JSON_TYPE
  const play = sends(response(code, { ...type, 'retry-after-ms': '50' }, body))
  return { server, play, charge: 'refused', hintMs: [50, 50], says: new RegExp(`^${code}`), ...more }
}

/** Goes on after the first time, too. */
const LASTING = { scenarios: BOTH } as const
/** What the provider behind a gateway does after its time is up is nobody's knowledge: it may be charged. */
const TIMED_OUT = { ...LASTING, charge: 'worked on' } as const
/** One trial is enough to end the run. */
const ENDS_RUN = { hits: 1, endsRun: true } as const

function page(title: string): string {
  return `<!DOCTYPE html><html><head><title>${title}</title></head><body>${'<p>Ray ID</p>'.repeat(200)}</body></html>`
}

const upstream = { metadata: { provider_name: 'Mistral', raw: '{"message":"Service tier capacity exceeded"}' } }

matrix('Statuses that may pass', [
  status('408', 408, envelope(408), TIMED_OUT),
  status('409', 409, envelope(409), LASTING),
  status('500', 500, envelope(500), LASTING),
  status('500 without a body', 500, '', { says: /^500: no explanation given$/ }),
  status('500 in plain text', 500, 'upstream connect error', { says: /^500: upstream connect error$/ }),
  status('502 with the words of the provider behind it', 502, envelope(502, 'Provider returned error', upstream), {
    ...LASTING,
    says: /^502 from Mistral: Service tier capacity exceeded$/,
  }),
  status('502 with an HTML page', 502, page('host | 502: Bad gateway'), {
    ...LASTING,
    says: /^502: host \| 502: Bad gateway$/,
  }),
  status('503', 503, envelope(503), LASTING),
  status('503, `availability.retryable: false`', 503, envelope(503, 'gone', { availability: { retryable: false } })),
  status('504', 504, envelope(504), TIMED_OUT),
  status('520 with an HTML page', 520, page('Web server is returning an unknown error'), LASTING),
  status('524 with an HTML page', 524, page('A timeout occurred'), { charge: 'worked on' }),
  status('529', 529, envelope(529), LASTING),
  status('400, `x-should-retry: true`', 400, '', {
    play: sends(response(400, { ...JSON_TYPE, 'x-should-retry': 'true', 'retry-after-ms': '50' }, envelope(400))),
  }),
])

matrix('Statuses that are final', [
  status('400', 400, envelope(400)),
  status('400 that names the context length', 400, envelope(400, "This model's maximum context length is 4096 tokens")),
  status('401', 401, envelope(401, 'No auth credentials found'), {
    ...ENDS_RUN,
    says: /Check the key in OPENROUTER_API_KEY/,
  }),
  status('401 that repeats the key', 401, envelope(401, `Invalid key ${KEY}`), {
    ...ENDS_RUN,
    says: /Invalid key \[key\]/,
  }),
  status('402', 402, envelope(402, 'Insufficient credits'), { ...ENDS_RUN, says: /Insufficient credits/ }),
  status('403', 403, envelope(403, 'flagged', { metadata: { reasons: ['violence'] } }), {
    says: /flagged \[violence\]/,
  }),
  status('404', 404, envelope(404, 'No endpoints found'), { ...ENDS_RUN, says: /try --model/ }),
  status('404 with an HTML page', 404, page('404 Not Found'), { ...ENDS_RUN, says: /404 Not Found/ }),
  status('413', 413, page('413 Request Entity Too Large')),
  status('422', 422, JSON.stringify({ detail: [{ loc: ['body', 'seed'], msg: 'Extra inputs are not permitted' }] }), {
    says: /^422: body\.seed: Extra inputs are not permitted$/,
  }),
])

/** The host that nobody may be sent to. */
let askedElsewhere = 0
const elsewhere = http.createServer((_request, reply) => {
  askedElsewhere += 1
  reply.end('caught')
})
await once(elsewhere.listen(0, '127.0.0.1'), 'listening')
const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/api/v1/chat/completions`

function redirect(code: number): Script {
  const says = /which is not followed since the key must go nowhere else/
  return { server: `${code}`, play: sends(response(code, { location })), charge: 'refused', says, ...ENDS_RUN }
}

matrix('Redirects to another host', [301, 302, 303, 307, 308].map(redirect))

test('the other host is never asked', () => {
  elsewhere.close()
  assert.is(askedElsewhere, 0)
})

test.run()
