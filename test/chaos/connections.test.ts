/** What becomes of a run whose connections fail: before, in and after an answer? */
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import type { Play } from '../helpers/chaos-server.ts'
import type { Workdir } from '../helpers/workdir.ts'
import { OUT } from './judge.ts'
import { matrix } from './matrix.ts'
import {
  answers,
  completion,
  drips,
  head,
  JSON_TYPE,
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

/** The request has arrived, so that it may be charged. */
function broken(server: string, play: Script['play'], more: More = {}): Script {
  return { server, play, charge: 'worked on', ...more }
}

const BREAKS = /the connection to 127\.0\.0\.1:\d+ broke before an answer/

/** Long for a loopback, short for a test. */
const IMPATIENT = { timeout: '2s', says: /^no complete answer within 2000 ms$/ }

/** Resolves when the first attempts have failed; rejects when they have not within half a minute. */
async function untilRetried(work: Workdir): Promise<void> {
  const journal = `${OUT}/journal.jsonl`
  const deadlineMs = performance.now() + 30_000
  while (!(work.files().includes(journal) && work.read(journal).includes('"type":"retrying"'))) {
    if (performance.now() > deadlineMs) throw new Error('no attempt has failed')
    await sleep(20)
  }
}

/** The answer, with something before it. */
const after = (bytes: Uint8Array): Play =>
  sends((exchange) => Buffer.concat([bytes, response(200, STREAM_TYPE, streamed(exchange))]))

/** The whole answer, plain. */
const whole = (more: Readonly<Record<string, string>> = {}) =>
  sends((exchange) => response(200, { ...JSON_TYPE, ...more }, completion(exchange)))

matrix('Connections', [
  {
    server: 'refuses connections',
    play: answers,
    charge: 'refused',
    isDown: true,
    questions: 4,
    hits: 4,
    attemptsVary: true,
    meanwhile: async (server, work) => {
      await untilRetried(work)
      await server.listen()
    },
    scenarios: BOTH,
    says: /^cannot connect to 127\.0\.0\.1:\d+: connect ECONNREFUSED/,
  },
  {
    server: 'closes the first three connections at once',
    play: answers,
    charge: 'answered',
    connectionsClosed: 3,
    hits: 9,
    attemptsVary: true,
  },
  broken('closes the connection without an answer', (exchange) => exchange.close(), { scenarios: BOTH, says: BREAKS }),
  broken('resets the connection without an answer', (exchange) => exchange.reset(), { scenarios: BOTH, says: BREAKS }),
  broken('resets inside the status line', sendsAndResets('HTTP/1.1 2'), { says: BREAKS }),
  broken('resets inside the headers', sendsAndResets('HTTP/1.1 200 OK\r\ncontent-ty'), {
    scenarios: BOTH,
    says: BREAKS,
  }),
  broken('closes inside the headers', sendsAndCloses('HTTP/1.1 200 OK\r\ncontent-ty'), { says: BREAKS }),
  broken('says nothing', () => {}, { ...IMPATIENT, scenarios: BOTH }),
  broken('sends its headers byte by byte, beyond the timeout', drips('HTTP/1.1 200 OK\r\nx-slow: ', 'x'), IMPATIENT),
  broken(
    'sends its body byte by byte, beyond the timeout',
    drips(head(200, { ...JSON_TYPE, 'content-length': '9999' }), ' '),
    IMPATIENT,
  ),
  broken('sends comments instead of events, beyond the timeout', drips(head(200, OPEN_STREAM), ': still here\n\n'), {
    ...IMPATIENT,
    scenarios: BOTH,
  }),
  broken(
    'sends tokens without an end, beyond the timeout',
    drips(head(200, OPEN_STREAM), 'data: {"choices":[{"delta":{"content":"and "}}]}\n\n'),
    IMPATIENT,
  ),
  broken('speaks another protocol', sendsAndCloses('SSH-2.0-OpenSSH_9.6\r\n'), { scenarios: BOTH }),
  broken('answers with a TLS alert', sendsAndCloses(Buffer.from([0x15, 3, 1, 0, 2, 2, 70]))),
  broken(
    'sends a header of a megabyte',
    sendsAndCloses(response(200, { ...JSON_TYPE, 'x-bomb': 'x'.repeat(2 ** 20) })),
    { scenarios: BOTH },
  ),
  broken(
    'sends 50,000 headers',
    sendsAndCloses(Buffer.from(`HTTP/1.1 200 OK\r\n${'x-bomb: x\r\n'.repeat(50_000)}\r\n`)),
  ),
  broken(
    'switches to another protocol (101)',
    sendsAndCloses(head(101, { upgrade: 'websocket', connection: 'upgrade' })),
  ),
  {
    server: 'sends 103 before its answer',
    play: after(head(103, { link: '</x>' })),
    charge: 'answered',
  },
  { server: 'sends 100, unasked, before its answer', play: after(head(100, {})), charge: 'answered' },
  {
    server: 'answers in HTTP/1.0',
    play: sendsAndCloses(
      (exchange) => `HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n${completion(exchange)}`,
    ),
    charge: 'answered',
  },
  {
    server: 'answers twice on one connection',
    play: sends((exchange) => Buffer.concat([1, 2].map(() => response(200, JSON_TYPE, completion(exchange))))),
    charge: 'answered',
  },
  {
    server: 'sends junk after its answer',
    play: sends((exchange) => Buffer.concat([response(200, JSON_TYPE, completion(exchange)), Buffer.from('junk')])),
    charge: 'answered',
  },
  { server: 'closes the connection after each answer', play: whole({ connection: 'close' }), charge: 'answered' },
])

test.run()
