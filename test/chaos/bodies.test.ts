/** What becomes of a run whose server answers 200, with a body that is none, or one that hides an error? */
import { test } from 'uvu'
import { gzipSync } from 'node:zlib'
import { answerTo } from '../helpers/datasets.ts'
import type { Exchange } from '../helpers/chaos-server.ts'
import { KEY } from './judge.ts'
import { matrix } from './matrix.ts'
import {
  completion,
  completionOf,
  envelope,
  head,
  HTML_TYPE,
  JSON_TYPE,
  nested,
  response,
  sends,
  sendsAndCloses,
  sendsAndResets,
} from './plays.ts'
import { BOTH, type Script } from './script.ts'

type More = Omit<Partial<Script>, 'server'>

const PLAIN = ['--no-stream']

/** A 200 with a JSON body, written for the request. */
function body(server: string, text: string | ((exchange: Exchange) => string), more: More = {}): Script {
  const play = sends((exchange) => response(200, JSON_TYPE, typeof text === 'string' ? text : text(exchange)))
  return { server, play, charge: 'worked on', args: PLAIN, ...more }
}

/** The same, and the answer can be read all the same. */
function readable(server: string, text: (exchange: Exchange) => string | Uint8Array, more: More = {}): Script {
  const play = sends((exchange) => response(200, JSON_TYPE, text(exchange)))
  return { server, play, charge: 'answered', args: PLAIN, ...more }
}

/** Bytes that break off. */
function broken(server: string, play: Script['play'], more: More = {}): Script {
  return { server, play, charge: 'worked on', args: PLAIN, ...more }
}

const NO_COMPLETION = /^the answer is no chat completion but /
const BROKE_OFF = /^the connection broke after \d+ bytes of the answer/

/** Headers and the first half of a completion whose rest never comes. */
const half = (exchange: Exchange): Buffer => {
  const whole = Buffer.from(completion(exchange))
  return Buffer.concat([
    head(200, { ...JSON_TYPE, 'content-length': `${whole.length}` }),
    whole.subarray(0, whole.length / 2),
  ])
}

const CHUNKED = { ...JSON_TYPE, 'transfer-encoding': 'chunked' }
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

matrix('Bodies that break off', [
  broken('closes in the middle of the body', sendsAndCloses(half), { says: BROKE_OFF, scenarios: BOTH }),
  broken('resets in the middle of the body', sendsAndResets(half), { says: BROKE_OFF, scenarios: BOTH }),
  broken(
    'closes in the middle of a body without a length',
    sendsAndCloses((exchange) => {
      return Buffer.concat([
        head(200, { ...JSON_TYPE, connection: 'close' }),
        half(exchange).subarray(half(exchange).indexOf('\r\n\r\n') + 4),
      ])
    }),
    { says: NO_COMPLETION },
  ),
  broken(
    '`content-length` too long',
    sendsAndCloses((exchange) => response(200, { ...JSON_TYPE, 'content-length': '9999' }, completion(exchange))),
    { says: BROKE_OFF },
  ),
  broken(
    '`content-length` too short',
    sends((exchange) => response(200, { ...JSON_TYPE, 'content-length': '20' }, completion(exchange))),
    { says: NO_COMPLETION, scenarios: BOTH },
  ),
  broken(
    '`content-length` negative',
    sends((exchange) => response(200, { ...JSON_TYPE, 'content-length': '-1' }, completion(exchange))),
  ),
  broken(
    '`content-length` twice',
    sends((exchange) =>
      response(200, { ...JSON_TYPE, 'content-length': '500\r\ncontent-length: 20' }, completion(exchange)),
    ),
  ),
  broken(
    'a chunk whose size is no number',
    sends((exchange) => response(200, CHUNKED, `xyz\r\n${completion(exchange)}`)),
    { scenarios: BOTH },
  ),
  broken(
    'a chunk longer than its size',
    sends((exchange) => response(200, CHUNKED, `a\r\n${completion(exchange)}\r\n0\r\n\r\n`)),
  ),
  broken(
    'no last chunk',
    sendsAndCloses((exchange) => response(200, CHUNKED, chunk(completion(exchange)))),
    { says: BROKE_OFF },
  ),
])

matrix('Bodies that are no answer', [
  body('an HTML page', '<html><head><title>Welcome</title></head></html>', {
    play: sends(response(200, HTML_TYPE, '<html><title>Welcome</title></html>')),
    says: NO_COMPLETION,
    scenarios: BOTH,
  }),
  body('the key itself', KEY, { says: /no chat completion but "\[key\]"$/ }),
  body('plain text', 'OK', { says: /no chat completion but "OK"$/ }),
  body('nothing', '', { says: /no chat completion but an empty body$/, scenarios: BOTH }),
  body('204', '', { play: sends('HTTP/1.1 204 No Content\r\n\r\n'), says: /no chat completion but an empty body$/ }),
  body('blanks', ' \n'.repeat(5_000), { says: /no chat completion but an empty body$/ }),
  body('`null`', 'null', { says: /no chat completion but "null"$/ }),
  body('`[]`', '[]', { says: NO_COMPLETION }),
  body('`{}`', '{}', { says: NO_COMPLETION }),
  body('`42`', '42', { says: NO_COMPLETION }),
  body('`{"choices":[]}`', '{"choices":[]}', { says: NO_COMPLETION }),
  body('a choice without a message', completionOf({}), { says: NO_COMPLETION }),
  body('a choice that is text', (exchange) => completion(exchange, { choices: ['Answer'] }), { says: NO_COMPLETION }),
  body('two answers one after the other', (exchange) => completion(exchange) + completion(exchange), {
    says: NO_COMPLETION,
  }),
  body('bytes that are no text', '', {
    play: sends(response(200, JSON_TYPE, Buffer.from([0, 0xff, 0xfe, 0x1b, 0x5b, 0x32, 0x4a]))),
    says: NO_COMPLETION,
  }),
  body('compressed without being asked', '', {
    play: sends((exchange) =>
      response(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }, gzipSync(completion(exchange))),
    ),
    says: /gzip/,
    scenarios: BOTH,
  }),
  body('100,000 arrays in each other', nested('[', '', ']'), { says: NO_COMPLETION }),
  body(
    'no content and no reason for the end (a cold start)',
    completionOf({ message: { content: '' }, finish_reason: null }),
    { scenarios: BOTH },
  ),
])

matrix(
  'Bodies that are odd',
  [
    readable('blanks before the answer', (exchange) => '\n \n'.repeat(1_000) + completion(exchange)),
    readable('a byte order mark before the answer', (exchange) => `\ufeff${completion(exchange)}`),
    readable('plain text as its type', completion, {
      play: sends((exchange) => response(200, { 'content-type': 'text/plain' }, completion(exchange))),
    }),
    readable('`error: null` beside the answer', (exchange) => completion(exchange, { error: null })),
    readable('an answer without content that ended with `stop`', completionOf({ message: { content: null } }), {
      gives: '',
    }),
    readable(
      'content of 100,000 thoughts in each other',
      (exchange) =>
        completion(exchange).replace(
          `"${answerTo(exchange.question)}"`,
          nested('[{"type":"thinking","thinking":', '""', '}]'),
        ),
      { gives: '' },
    ),
    readable(
      'arguments of a tool call 100,000 objects deep',
      (exchange) =>
        completion(exchange).replace(
          `"${answerTo(exchange.question)}"`,
          `null,"tool_calls":[{"function":{"name":"f","arguments":${nested('{"a":', '1', '}')}}}]`,
        ),
      { gives: '' },
    ),
    readable(
      'content that is no UTF-8',
      (exchange) =>
        // In Latin-1 this is the one byte C3, which begins a character that "(" does not end.
        Buffer.from(completion(exchange).replace(answerTo(exchange.question), 'Answer Ã('), 'latin1'),
      { gives: 'Answer \ufffd(' },
    ),
  ],
  { together: true },
)

const SOON = { hintMs: [50, 50] } as const

matrix('Errors inside a 200', [
  body('`error` with a code', envelope(502, 'upstream failed'), {
    charge: 'refused',
    says: /^502 inside a 200 answer: upstream failed$/,
    scenarios: BOTH,
  }),
  body('`error` that is a text', '{"error":"model is loading"}', { charge: 'refused', says: /model is loading$/ }),
  body('`error` with code 429 and a wait', envelope(429, 'slow down', { availability: { retry_after: 0.05 } }), {
    ...SOON,
    charge: 'refused',
    scenarios: BOTH,
  }),
  body('`error` with code 401', envelope(401, 'Invalid key'), {
    hits: 1,
    endsRun: true,
    charge: 'refused',
    says: /Check the key/,
  }),
  body('`error` whose code is a word', envelope('server_error', 'oops'), { charge: 'refused' }),
  body('`error` 100,000 objects deep', nested('{"error":', '"x"', '}'), { charge: 'refused' }),
  body('`{"object":"error"}`, flat', JSON.stringify({ object: 'error', message: 'oops', code: 500 }), {
    charge: 'refused',
  }),
  body(
    'an error in the choice, with a part of the answer',
    completionOf({ message: { content: 'Answ' }, error: { code: 502, message: 'broke off' }, finish_reason: 'error' }),
    { says: /broke off$/, scenarios: BOTH },
  ),
  body('`finish_reason: error` alone', completionOf({ message: { content: '' }, finish_reason: 'error' }), {
    charge: 'refused',
  }),
  body(
    'an error that cost nothing',
    (exchange) =>
      completion(exchange, {
        error: { code: 502, message: 'broke off' },
        usage: { prompt_tokens: 9, completion_tokens: 0, cost: 0 },
      }),
    { charge: 'refused' },
  ),
])

test.run()
