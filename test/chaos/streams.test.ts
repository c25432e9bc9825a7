/** What becomes of a run whose event streams break off, lie, or never end? */
import { test } from 'uvu'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Exchange } from '../helpers/chaos-server.ts'
import { answerTo } from '../helpers/datasets.ts'
import { KEY } from './judge.ts'
import { matrix } from './matrix.ts'
import {
  completion,
  delta,
  DONE,
  ending,
  envelope,
  event,
  head,
  HTML_TYPE,
  JSON_TYPE,
  nested,
  OPEN_STREAM,
  response,
  sends,
  sendsAndCloses,
  sendsAndResets,
  STREAM_TYPE,
  streamed,
} from './plays.ts'
import { BOTH, type Script } from './script.ts'

type More = Omit<Partial<Script>, 'server'>
type Text = (exchange: Exchange) => string | Uint8Array

/** A stream that is no answer. */
function failing(server: string, text: string | Text, more: More = {}): Script {
  const play = sends((exchange) => response(200, STREAM_TYPE, typeof text === 'string' ? text : text(exchange)))
  return { server, play, charge: 'worked on', ...more }
}

/** The same, and the answer can be read all the same. */
function readable(server: string, text: Text, more: More = {}): Script {
  return { server, play: sends((exchange) => response(200, STREAM_TYPE, text(exchange))), charge: 'answered', ...more }
}

const NO_EVENT = /^the stream ended without a single event$/
const NO_END = /^the stream ended without \[DONE\] and without a finish reason$/
const opened = (text: string): Buffer => Buffer.concat([head(200, OPEN_STREAM), Buffer.from(text)])
/** An event with an "ü", cut in the middle of that character. */
const insideCharacter = Buffer.from(delta('Antwort für')).subarray(0, Buffer.from(delta('Antwort für')).indexOf(0xbc))

matrix('Streams that break off', [
  failing('neither `[DONE]` nor a finish reason', delta('Answ'), { says: NO_END, scenarios: BOTH }),
  failing('closes inside an event', '', {
    play: sendsAndCloses(opened(delta('Answ') + delta('er').slice(0, 20))),
    says: NO_END,
    scenarios: BOTH,
  }),
  failing('resets inside an event', '', {
    play: sendsAndResets(opened(delta('Answ') + delta('er').slice(0, 20))),
    says: NO_END,
    scenarios: BOTH,
  }),
  failing('closes inside a character', '', {
    play: sendsAndCloses(Buffer.concat([head(200, OPEN_STREAM), insideCharacter])),
    says: NO_END,
  }),
  failing('a stream without an event', '', { says: NO_EVENT }),
  failing('comments alone', ': OPENROUTER PROCESSING\n\n'.repeat(20), { says: NO_EVENT }),
  failing('`[DONE]` alone', DONE, { says: /^the answer is empty and gives no reason for its end$/ }),
  failing('an HTML page as an event stream', '<html><title>Welcome</title></html>', {
    says: NO_EVENT,
    scenarios: BOTH,
  }),
  failing('an HTML page in place of a stream', '', {
    play: sends(response(200, HTML_TYPE, '<html><title>Welcome</title></html>')),
    says: /no chat completion/,
  }),
  failing('compressed without being asked', '', {
    play: sends((exchange) =>
      response(200, { ...STREAM_TYPE, 'content-encoding': 'gzip' }, gzipSync(streamed(exchange))),
    ),
    says: /gzip/,
  }),
  failing('an event that is no JSON', `data: hello\n\n${DONE}`, { says: /no chat completion but "hello"$/ }),
  failing('an event that is `null`', `data: null\n\n${DONE}`, { says: /no chat completion but "null"$/ }),
])

matrix('Streams with an error', [
  failing('an error after the key itself', delta(KEY) + event({ error: { code: 502, message: `at ${KEY}` } }), {
    says: /at \[key\]$/,
    scenarios: BOTH,
  }),
  failing('an error before any content', event({ error: { code: 502, message: 'broke off' } }), {
    charge: 'refused',
    says: /broke off$/,
    scenarios: BOTH,
  }),
  failing(
    'an error after some content',
    delta('Answ') +
      event({ error: { code: 502, message: 'broke off' }, choices: [{ delta: {}, finish_reason: 'error' }] }),
    { says: /broke off$/, scenarios: BOTH },
  ),
  failing('`event: error`', 'event: error\ndata: {"message":"broke off"}\n\n', {
    charge: 'refused',
    says: /broke off$/,
  }),
  failing(
    'an error with code 429 and a wait',
    `data: ${envelope(429, 'slow down', { availability: { retry_after: 0.05 } })}\n\n`,
    { charge: 'refused', hintMs: [50, 50], scenarios: BOTH },
  ),
  failing(
    'an error that tells its cost',
    delta('Answ') +
      event({
        error: { code: 502, message: 'broke off' },
        usage: { prompt_tokens: 9, completion_tokens: 1, cost: 0.0001 },
      }),
  ),
  failing('`finish_reason: error` alone', delta('Answ') + delta('', 'error') + DONE, {}),
  failing('an error 100,000 objects deep', `data: ${nested('{"error":', '"x"', '}')}\n\n`, { charge: 'refused' }),
])

/** The answer, two bytes at a time. */
async function inPieces(exchange: Exchange): Promise<void> {
  const bytes = response(200, STREAM_TYPE, delta('Ünï ¢ode') + ending())
  for (let from = 0; from < bytes.length; from += 64) {
    await exchange.send(bytes.subarray(from, from + 64))
    await sleep(1)
  }
}

matrix(
  'Streams that are odd',
  [
    readable('a finish reason without `[DONE]`', ({ question }) => delta(answerTo(question), 'stop')),
    readable('`[DONE]` without a finish reason', ({ question }) => delta(answerTo(question)) + DONE),
    readable('stays open after `[DONE]`', streamed, {
      play: async (exchange) =>
        void (await exchange.send(Buffer.concat([head(200, OPEN_STREAM), Buffer.from(streamed(exchange))]))),
    }),
    readable('lines that end with CR alone', (exchange) => streamed(exchange).replaceAll('\n', '\r')),
    readable('lines that end with CR LF', (exchange) => streamed(exchange).replaceAll('\n', '\r\n')),
    readable('cut anywhere, also inside characters', streamed, { play: inPieces, gives: 'Ünï ¢ode' }),
    readable('comments between its events', (exchange) =>
      streamed(exchange).replaceAll('\n\n', '\n\n: OPENROUTER PROCESSING\n\n'),
    ),
    readable('no content type', streamed, { play: sends((exchange) => response(200, {}, streamed(exchange))) }),
    readable('plain JSON though a stream was asked for', completion, {
      play: sends((exchange) => response(200, JSON_TYPE, completion(exchange))),
    }),
    readable('an answer that repeats the key', () => delta(`Answer ${KEY}`) + ending(), { gives: 'Answer [key]' }),
    readable('events after `[DONE]`', (exchange) => streamed(exchange) + delta(' and more')),
    readable(
      'content that is no UTF-8',
      // In Latin-1 this is the one byte C3, which begins a character that "(" does not end.
      () => Buffer.from(delta('Answer Ã(') + ending(), 'latin1'),
      { gives: 'Answer \ufffd(' },
    ),
    readable(
      'content of 100,000 thoughts in each other',
      () => delta('@').replace('"@"', nested('[{"type":"thinking","thinking":', '""', '}]')) + ending(),
      { gives: '' },
    ),
  ],
  { together: true },
)

test.run()
