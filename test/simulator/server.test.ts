import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { request } from 'undici'
import { messageOf, UserError } from '../../src/lib/errors.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import { chatBody, dataEvents, errorOf, get, handClock, post, withSimulator } from './client.ts'

const QUESTION = 'What is the meaning of life?'

test('the rate limit answers 429 with Retry-After in seconds and the reset in epoch milliseconds', async () => {
  const clock = handClock()
  await withSimulator(
    { rateLimit: { requestsPerSecond: 2 } },
    async (simulator) => {
      assert.is((await post(simulator, chatBody('a'))).status, 200)
      assert.is((await post(simulator, chatBody('b'))).status, 200)
      const refused = await post(simulator, chatBody('c', { stream: true }))
      assert.is(refused.status, 429)
      assert.is(refused.headers['retry-after'], '1')
      assert.is(refused.headers['x-ratelimit-limit'], '2')
      assert.is(refused.headers['x-ratelimit-remaining'], '0')
      assert.is(refused.headers['x-ratelimit-reset'], '1700000000500')
      assert.equal(errorOf(refused.text).metadata['headers'], {
        'X-RateLimit-Limit': '2',
        'X-RateLimit-Remaining': '0',
        'X-RateLimit-Reset': '1700000000500',
      })
      assert.is((await get(simulator, '/models')).status, 200, 'only completions are limited')
      clock.advance(1000)
      assert.is((await post(simulator, chatBody('c'))).status, 200)
      assert.is(simulator.stats().rateLimited, 1)
      assert.is(simulator.stats().completions, 3)
    },
    clock,
  )
})

test('a client that leaves frees its place, and its generation is billed as cancelled', async () => {
  await withSimulator({ latency: { ttftMs: 60_000 }, maxInFlight: 1 }, async (simulator) => {
    const left = new AbortController()
    const { headers, body } = await request(`${simulator.url}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(chatBody(QUESTION, { stream: true })),
      signal: left.signal,
    })
    body.on('error', () => undefined)
    assert.is(simulator.stats().inFlight, 1)
    assert.is((await post(simulator, chatBody('b'))).status, 429)
    left.abort()
    const deadlineMs = performance.now() + 5000
    while (simulator.stats().inFlight > 0 && performance.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    assert.equal([simulator.stats().inFlight, simulator.stats().peakInFlight], [0, 1])
    const { data } = JSON.parse((await get(simulator, `/generation?id=${String(headers['x-generation-id'])}`)).text)
    assert.is(data.cancelled, true)
    assert.ok(data.total_cost > 0)
  })
})

test('with latency the first content comes after the role, and the rest in pieces', async () => {
  const latency = { ttftMs: 120, tokenGapMs: 5, sigma: 0 }
  await withSimulator({ latency }, async (simulator) => {
    const startMs = performance.now()
    const { body } = await request(`${simulator.url}/chat/completions`, {
      method: 'POST',
      headers: { connection: 'close' },
      body: JSON.stringify(chatBody(QUESTION, { stream: true })),
    })
    const parts: { atMs: number; text: string }[] = []
    for await (const part of body) parts.push({ atMs: performance.now() - startMs, text: String(part) })
    assert.match(parts[0]?.text ?? '', '"role":"assistant"')
    assert.not.match(parts[0]?.text ?? '', /"content":"[^"]/)
    const first = parts.find(({ text }) => /"content":"[^"]/.test(text))
    // A timer of Node may fire up to one millisecond early.
    assert.ok((first?.atMs ?? 0) >= 119, String(first?.atMs))
    assert.ok(parts.length > 3)
    const whole = parts.map(({ text }) => text).join('')
    assert.is(
      dataEvents(whole)
        .map((chunk) => chunk.choices[0]?.delta.content ?? '')
        .join(''),
      `Simulated answer to "${QUESTION}"`,
    )
  })
})

test('the whole answer takes the time of the whole stream', async () => {
  const clock = handClock()
  await withSimulator(
    { latency: { ttftMs: 100, tokenGapMs: 10, sigma: 0 } },
    async (simulator) => {
      const answer = await post(simulator, chatBody(QUESTION))
      // 13 tokens in 9 words, each a piece: the first comes with the first token, eight follow.
      assert.is(JSON.parse(answer.text).usage.completion_tokens, 13)
      assert.ok(Math.abs(clock.nowMs() - (100 + (8 / 9) * 13 * 10)) < 1e-6)
    },
    clock,
  )
})

test('a price that is no amount of money is refused before the server starts', async () => {
  for (const prompt of ['free', '-1']) {
    try {
      await startSimulator({ prices: { 'a/b': { prompt, completion: '0' } } })
      assert.unreachable()
    } catch (error) {
      assert.instance(error, UserError)
      assert.match(messageOf(error), `Price of a/b, prompt: found "${prompt}"`)
    }
  }
})

test('a port in use is the user’s to change', async () => {
  const other = createServer()
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  try {
    await startSimulator({ port })
    assert.unreachable()
  } catch (error) {
    assert.instance(error, UserError)
    assert.match(messageOf(error), `Port ${port} of 127.0.0.1 is in use`)
  } finally {
    other.close()
  }
})

test('closing drops answers that never end, and frees the port', async () => {
  const simulator = await startSimulator({ script: ['silence'] })
  const answer = post(simulator, chatBody('a')).then(
    () => 'answered',
    () => 'dropped',
  )
  while (simulator.stats().inFlight === 0) await new Promise((resolve) => setImmediate(resolve))
  await simulator.close()
  assert.is(await answer, 'dropped')
  const again = await startSimulator({ port: simulator.port })
  assert.is(again.port, simulator.port)
  await again.close()
})

test.run()
