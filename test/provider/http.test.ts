import net, { type AddressInfo } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { findProfile } from '../../src/provider/index.ts'
import { ProviderError } from '../../src/provider/types.ts'
import { KEY, QUESTION, ask, chunk, connected, event, failureOf, never, play, reply, stream } from './play.ts'

const DONE = 'data: [DONE]\n\n'
const ANSWER = [chunk({ role: 'assistant', content: '' }), chunk({ content: 'yes' }), chunk({}, 'stop'), DONE]
const JSON_TYPE = { 'content-type': 'application/json' }
const BODY = JSON.stringify({ id: 'x', choices: [{ message: { content: 'yes' }, finish_reason: 'stop' }] })

/** Client and server share this process: after a pause and a further poll for input, what was written has been read. */
function onceDelivered(then: () => void): void {
  setTimeout(() => setImmediate(() => setImmediate(then)), 50)
}

test('OpenRouter is asked with exactly these bytes', async () => {
  const server = await play(stream(...ANSWER))
  const provider = connected(server.baseUrl, {
    env: { OPENROUTER_APP_TITLE: 'Nightly' },
    extraHeaders: { 'X-Extra': '1' },
  })
  await provider.complete(provider.encode({ ...QUESTION, params: { provider: { only: ['mistral'] } } }), never)
  await provider.close()
  await server.close()
  const [asked] = server.asked
  const body =
    '{"model":"mistralai/mistral-small","messages":[{"role":"user","content":"What is the meaning of life?"}],' +
    '"max_tokens":200,"temperature":0.2,"seed":7,"stream":true,"provider":{"only":["mistral"]}}'
  assert.is(asked?.method, 'POST')
  assert.is(asked?.url, '/api/v1/chat/completions')
  assert.is(asked?.body, body)
  assert.equal(asked?.headers, {
    host: new URL(server.baseUrl).host,
    connection: 'keep-alive',
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'assay',
    authorization: `Bearer ${KEY}`,
    'x-openrouter-cache': 'false',
    'x-openrouter-title': 'Nightly',
    'x-extra': '1',
    'content-length': String(Buffer.byteLength(body)),
  })
})

test('without a key no authorization is sent', async () => {
  const server = await play(reply(200, JSON_TYPE, BODY))
  const provider = connected(server.baseUrl, { profile: findProfile('custom'), apiKey: null })
  await provider.complete('{}', never)
  await provider.close()
  await server.close()
  assert.not.ok('authorization' in (server.asked[0]?.headers ?? { authorization: '' }))
})

test('stamps are integers in order', async () => {
  const { timing } = await ask(stream(...ANSWER))
  const { headersUs, ttftUs, firstAnswerUs, latencyUs, endUs } = timing
  for (const stamp of [headersUs, ttftUs, firstAnswerUs, latencyUs, endUs]) assert.ok(Number.isInteger(stamp))
  assert.ok(headersUs > 0 && headersUs <= Number(ttftUs))
  assert.is(firstAnswerUs, ttftUs)
  assert.ok(latencyUs <= endUs)
  assert.is(timing.chunks, 1)
})

test('events of one socket read share its stamp', async () => {
  // Each event travels as an HTTP chunk of its own, but all in one write.
  const chunks = [chunk({ content: 'a' }), chunk({ content: 'b' }), chunk({ content: 'c' }, 'stop'), DONE]
  const framed = chunks.map((text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`).join('')
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'
  const server = await raw((socket) => socket.end(`${head}${framed}0\r\n\r\n`))
  const provider = connected(server.baseUrl)
  const { timing, text } = await provider.complete('{}', never)
  await provider.close()
  await server.close()
  assert.is(text, 'abc')
  assert.is(timing.chunks, 3)
  assert.is(timing.ttftUs, timing.latencyUs)
  assert.is(timing.endUs, timing.latencyUs)
})

test('a plain answer has no first token, also when a stream was asked for', async () => {
  const { text, timing } = await ask(reply(200, JSON_TYPE, BODY))
  assert.is(text, 'yes')
  assert.is(timing.ttftUs, null)
  assert.is(timing.firstAnswerUs, null)
  assert.is(timing.latencyUs, timing.endUs)
  assert.is(timing.chunks, 0)
})

test('a stream without its content type is read as one, cut anywhere, when a stream was asked for', async () => {
  for (const headers of [JSON_TYPE, {}]) {
    for (const start of ['', ': OPENROUTER PROCESSING\n\n', '\n']) {
      const body = start + ANSWER.join('')
      const { text, timing } = await ask((_asked, response) => {
        response.writeHead(200, headers)
        response.write(body.slice(0, 3))
        onceDelivered(() => response.end(body.slice(3)))
      })
      assert.is(text, 'yes')
      assert.ok(timing.ttftUs !== null && timing.ttftUs > timing.headersUs)
    }
  }
  const server = await play(reply(200, JSON_TYPE, ANSWER.join('')))
  const provider = connected(server.baseUrl)
  const error = await failureOf(provider.complete(provider.encode({ ...QUESTION, stream: false }), never))
  await provider.close()
  await server.close()
  assert.is(error.kind, 'invalid_response')
})

test('a 200 that is no completion is an invalid response, and may have cost', async () => {
  for (const body of ['', '  \n x', '<html>']) {
    const error = await failureOf(ask(reply(200, { 'content-type': 'text/html' }, body)))
    assert.is(error.kind, 'invalid_response')
    assert.is(error.status, 200)
    assert.is(error.possiblyBilled, true)
  }
})

test('a redirect is not followed, so the key goes nowhere else', async () => {
  const elsewhere = await play(reply(200, JSON_TYPE, BODY))
  for (const status of [301, 302, 303, 307, 308]) {
    const location = `${elsewhere.baseUrl}/chat/completions`
    const error = await failureOf(ask(reply(status, { location }, '')))
    assert.is(error.kind, 'redirected')
    assert.match(error.message, new URL(elsewhere.baseUrl).host)
    assert.is(error.possiblyBilled, false)
  }
  await elsewhere.close()
  assert.equal(elsewhere.asked, [])
  assert.is(elsewhere.sockets, 0)
})

test('a body above the cap closes the connection', async () => {
  let closed = (): void => {}
  const gone = new Promise<void>((resolve) => {
    closed = resolve
  })
  const endless = chunk({ content: 'x'.repeat(1000) })
  const error = await failureOf(
    ask(
      (_asked, response) => {
        response.on('close', closed)
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        const more = (): void => {
          while (!response.destroyed && response.write(endless));
          if (!response.destroyed) response.once('drain', more)
        }
        more()
      },
      { bodyCapBytes: 50_000 },
    ),
  )
  await gone
  assert.is(error.kind, 'body_too_large')
  assert.is(error.possiblyBilled, true)
  assert.ok(error.partialText.length > 0 && error.partialText.length <= 50_000)
  assert.is(
    (await failureOf(ask(reply(200, JSON_TYPE, 'x'.repeat(60_000)), { bodyCapBytes: 50_000 }))).kind,
    'body_too_large',
  )
  assert.is(
    (await failureOf(ask(reply(500, JSON_TYPE, 'x'.repeat(60_000)), { bodyCapBytes: 50_000 }))).possiblyBilled,
    false,
  )
})

/** A server that says a little and then nothing, aborting once the client has got it. */
async function abortedWith(reason: unknown): Promise<Awaited<ReturnType<typeof failureOf>>> {
  const controller = new AbortController()
  const server = await play((_asked, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-generation-id': 'gen-7' })
    response.write(chunk({ content: 'so far' }))
    onceDelivered(() => controller.abort(reason))
  })
  const provider = connected(server.baseUrl)
  try {
    return await failureOf(provider.complete('{}', controller.signal))
  } finally {
    await provider.close()
    await server.close()
  }
}

test('aborting cancels, and keeps what had arrived', async () => {
  const error = await abortedWith(undefined)
  assert.is(error.kind, 'cancelled')
  assert.is(error.partialText, 'so far')
  assert.is(error.generationId, 'gen-7')
  assert.is(error.possiblyBilled, true)
  assert.ok(error.elapsedUs > 0)
})

test('a deadline is told as the reason says', async () => {
  const error = await abortedWith(new ProviderError('timeout', 'no complete answer within 1500 ms'))
  assert.is(error.kind, 'timeout')
  assert.is(error.message, 'no complete answer within 1500 ms')
  assert.is(error.partialText, 'so far')
  assert.is(error.generationId, 'gen-7')
  assert.is(error.possiblyBilled, true)
})

test('an attempt aborted before it was sent cost nothing and sends nothing', async () => {
  const server = await play(reply(200, JSON_TYPE, BODY))
  const provider = connected(server.baseUrl)
  const error = await failureOf(provider.complete('{}', AbortSignal.abort()))
  const controller = new AbortController()
  const pending = failureOf(provider.complete('{}', controller.signal))
  controller.abort()
  const connecting = await pending
  await provider.complete('{"the":"only one"}', never)
  await provider.close()
  await server.close()
  assert.is(error.kind, 'cancelled')
  assert.is(error.possiblyBilled, false)
  assert.is(connecting.kind, 'cancelled')
  assert.is(connecting.possiblyBilled, false)
  assert.equal(
    server.asked.map(({ body }) => body),
    ['{"the":"only one"}'],
  )
})

test('a stream without an end is truncated, whether it ends or breaks', async () => {
  const ended = await failureOf(ask(stream(chunk({ content: 'so far' }))))
  const broken = await failureOf(
    ask((_asked, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chunk({ content: 'so far' }))
      onceDelivered(() => response.destroy())
    }),
  )
  for (const error of [ended, broken]) {
    assert.is(error.kind, 'truncated')
    assert.is(error.partialText, 'so far')
    assert.is(error.possiblyBilled, true)
  }
})

test('a connection that breaks after the finish reason has given its answer', async () => {
  const { text } = await ask((_asked, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk({ content: 'yes' }, 'stop'))
    onceDelivered(() => response.destroy())
  })
  assert.is(text, 'yes')
})

test('a plain body that breaks off is truncated', async () => {
  const error = await failureOf(
    ask((_asked, response) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': '1000' })
      response.write('{"choices"')
      onceDelivered(() => response.destroy())
    }),
  )
  assert.is(error.kind, 'truncated')
  assert.match(error.message, 'after 10 bytes')
})

test('a last event that ends with bare carriage returns is not lost', async () => {
  const { text } = await ask(stream(chunk({ content: 'yes' }, 'stop').replaceAll('\n', '\r')))
  assert.is(text, 'yes')
})

test('a server that holds the connection after [DONE] does not hold the answer', async () => {
  const started = performance.now()
  const { text, timing } = await ask((_asked, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(ANSWER.join(''))
  })
  assert.is(text, 'yes')
  assert.ok(timing.endUs < (performance.now() - started) * 1000 - 900_000, 'the wait is not part of the time')
})

test('an abort after [DONE] takes nothing away', async () => {
  const controller = new AbortController()
  const completion = await ask(
    (_asked, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(ANSWER.join(''))
      onceDelivered(() => controller.abort())
    },
    {},
    controller.signal,
  )
  assert.is(completion.text, 'yes')
})

test('an error in the middle of a stream tells its cost when the server does', async () => {
  const failing = stream(
    chunk({ content: 'so far' }),
    event({ error: { code: 502, message: 'lost' }, choices: [] }),
    event({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, cost: 0.5 } }),
  )
  const error = await failureOf(ask(failing))
  assert.is(error.kind, 'provider_error')
  assert.is(error.reportedCostUsd, 5n * 10n ** 23n)
})

test('connections are used again, after good answers and bad', async () => {
  let turn = 0
  const server = await play((asked, response) => {
    const bad = turn++ % 3 === 0
    ;(bad ? reply(429, JSON_TYPE, '{"error":{"code":429}}') : stream(...ANSWER))(asked, response)
  })
  const provider = connected(server.baseUrl, { concurrency: 3 })
  const worker = async (): Promise<void> => {
    for (let n = 0; n < 20; n++) await provider.complete('{}', never).catch(() => undefined)
  }
  await Promise.all([worker(), worker(), worker()])
  await provider.close()
  await server.close()
  assert.is(server.asked.length, 60)
  assert.ok(server.sockets <= 3, `${server.sockets} sockets`)
})

test('a server that is not there costs nothing', async () => {
  const server = await play(reply(200, JSON_TYPE, BODY))
  await server.close()
  const provider = connected(server.baseUrl)
  const error = await failureOf(provider.complete('{}', never))
  await provider.close()
  assert.is(error.kind, 'network')
  assert.is(error.status, null)
  assert.is(error.possiblyBilled, false)
  assert.match(error.message, /cannot connect to 127\.0\.0\.1:\d+: .*ECONNREFUSED/)
})

test('the simulator is named without its port, which is another in each run', async () => {
  const server = await play(reply(200, JSON_TYPE, BODY))
  await server.close()
  const profile = findProfile('simulator')
  const provider = connected(server.baseUrl, { profile })
  const error = await failureOf(provider.complete('{}', never))
  await provider.close()
  assert.is(error.message, 'cannot connect to the simulator: connect ECONNREFUSED the simulator')
  const broken = await failureOf(ask((_asked, response) => response.destroy(), { profile }))
  assert.match(broken.message, /^the connection to the simulator broke before an answer: /)
  assert.not.match(broken.message, /\d{4}/)
})

test('a name that does not exist costs nothing', async () => {
  const provider = connected('http://nowhere.localhost.invalid:1/v1', { apiKey: null })
  const error = await failureOf(provider.complete('{}', never))
  await provider.close()
  assert.is(error.kind, 'network')
  assert.is(error.possiblyBilled, false)
})

test('a connection that breaks before the answer may have cost', async () => {
  const error = await failureOf(ask((_asked, response) => response.destroy()))
  assert.is(error.kind, 'network')
  assert.is(error.possiblyBilled, true)
  assert.match(error.message, 'broke before an answer')
})

test('what is not HTTP is a network error', async () => {
  const server = await raw((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
  const provider = connected(server.baseUrl)
  const error = await failureOf(provider.complete('{}', never))
  await provider.close()
  await server.close()
  assert.is(error.kind, 'network')
})

/** A server below HTTP: calls back once a request has arrived. */
async function raw(answer: (socket: net.Socket) => void): Promise<{ baseUrl: string; close(): Promise<void> }> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => answer(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

test.run()
