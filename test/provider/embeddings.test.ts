import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formatUsd, parseUsd } from '../../src/lib/usd.ts'
import { decodeEmbeddings } from '../../src/provider/embeddings.ts'
import { findProfile } from '../../src/provider/index.ts'
import type { Embeddings } from '../../src/provider/types.ts'
import { KEY, type Play, connected, failureOf, never, play, reply } from './play.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const INPUTS = ['one', 'two']

const item = (index: number, embedding: unknown): object => ({ object: 'embedding', index, embedding })
const list = (data: unknown, more: object = {}): string =>
  JSON.stringify({ object: 'list', data, model: 'm-1', ...more })
const USAGE = { usage: { prompt_tokens: 7, total_tokens: 7, cost: 0.0000014 } }
const GOOD = list([item(0, [1, 0]), item(1, [0.5, -0.5])], USAGE)

/** Asks a server that answers so for the embeddings of two texts, and closes everything. */
async function embed(
  answer: Play,
  more: Parameters<typeof connected>[1] = {},
  signal: AbortSignal = never,
): Promise<Embeddings> {
  const server = await play(answer)
  const provider = connected(server.baseUrl, more)
  try {
    return await provider.embed(provider.encodeEmbedding({ model: 'm', inputs: INPUTS }), signal)
  } finally {
    await provider.close()
    await server.close()
  }
}

const base64 = (numbers: readonly number[]): string => {
  const bytes = Buffer.alloc(numbers.length * 4)
  for (const [place, number] of numbers.entries()) bytes.writeFloatLE(number, place * 4)
  return bytes.toString('base64')
}

test('texts are posted to /embeddings, and their vectors come back with usage, cost and model', async () => {
  const server = await play(
    reply(200, { ...JSON_TYPE, 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-requests': '59' }, GOOD),
  )
  const provider = connected(`${server.baseUrl}/`)
  const body = provider.encodeEmbedding({ model: 'm', inputs: INPUTS })
  const { vectors, usage, reportedCostUsd, servedModel, rateLimits, timing } = await provider.embed(body, never)
  await provider.close()
  await server.close()
  const [asked] = server.asked
  assert.is(`${asked?.method} ${asked?.url}`, 'POST /api/v1/embeddings')
  assert.is(asked?.body, '{"model":"m","input":["one","two"]}')
  assert.is(asked?.headers.authorization, `Bearer ${KEY}`)
  assert.equal(vectors, [Float32Array.of(1, 0), Float32Array.of(0.5, -0.5)])
  assert.equal(usage, {
    promptTokens: 7,
    completionTokens: 0,
    reasoningTokens: null,
    cachedTokens: null,
    cacheWriteTokens: null,
  })
  assert.is(reportedCostUsd, parseUsd('0.0000014'))
  assert.is(servedModel, 'm-1')
  assert.equal(rateLimits, { requests: { limit: 60, remaining: 59 }, tokens: null })
  assert.ok(Number.isInteger(timing.latencyUs) && timing.latencyUs > 0)
})

test('vectors are in the order of their index, however they came', async () => {
  const { vectors } = await embed(reply(200, JSON_TYPE, list([item(1, [0, 2]), item(0, [1, 0])])))
  assert.equal(vectors, [Float32Array.of(1, 0), Float32Array.of(0, 2)])
})

test('without an index they are in order; without usage it is unknown; with a total alone it is that', () => {
  const { answer, failure } = decodeEmbeddings(list([{ embedding: [1] }, { embedding: [2] }]), 2)
  assert.is(failure, null)
  assert.equal(
    [answer.vectors, answer.usage, answer.reportedCostUsd],
    [[Float32Array.of(1), Float32Array.of(2)], null, null],
  )
  assert.is(decodeEmbeddings(list([item(0, [1])], { usage: { total_tokens: 3 } }), 1).answer.usage?.promptTokens, 3)
})

test('base64 is read as little-endian numbers, the same as a list of them', () => {
  const component = fc.float({ noNaN: true, noDefaultInfinity: true })
  const vectors = fc.array(fc.array(component, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(vectors, (numbers) => {
      const asText = decodeEmbeddings(list(numbers.map((vector, index) => item(index, base64(vector)))), numbers.length)
      const asList = decodeEmbeddings(list(numbers.map((vector, index) => item(index, vector))), numbers.length)
      assert.is(asText.failure, null)
      for (const [place, vector] of numbers.entries()) {
        // JSON has no −0.
        const expected = Float32Array.from(vector, (number) => number + 0)
        assert.equal(asList.answer.vectors[place], expected)
        assert.equal(
          asText.answer.vectors[place]?.map((number) => number + 0),
          expected,
        )
      }
    }),
  )
})

test('an answer that is not one vector for each text is an invalid response that may have cost', async () => {
  const rows: readonly [body: string, message: string][] = [
    [list([item(0, [1, 0])]), 'the answer has 1 embeddings for 2 inputs'],
    [list([]), 'the answer has 0 embeddings for 2 inputs'],
    [list([item(0, [1]), item(1, [1]), item(2, [1])]), 'the answer has 3 embeddings for 2 inputs'],
    [list([item(0, [1]), item(0, [1])]), 'the answer has two embeddings with the index 0'],
    [list([item(0, [1]), item(2, [1])]), 'an embedding of the answer has the index 2'],
    [list([item(0, [1]), item(0.5, [1])]), 'an embedding of the answer has the index 0.5'],
    [list([item(0, [1, 2]), item(1, [1])]), 'the embeddings of the answer have 2 and 1 dimensions'],
    [list([item(0, []), item(1, [])]), 'embedding 0 of the answer is no list of finite numbers'],
    [list([item(0, [1]), item(1, [null])]), 'embedding 1 of the answer is no list of finite numbers'],
    [list([item(0, [1]), item(1, ['1'])]), 'embedding 1 of the answer is no list of finite numbers'],
    [list([item(0, [1]), item(1, [1e39])]), 'embedding 1 of the answer is no list of finite numbers'],
    [
      list([item(0, base64([1])), item(1, base64([Number.NaN]))]),
      'embedding 1 of the answer is no list of finite numbers',
    ],
    [list([item(0, base64([1])), item(1, 'AAAA')]), 'embedding 1 of the answer is no list of finite numbers'],
    [list([item(0, ''), item(1, '')]), 'embedding 0 of the answer is no list of finite numbers'],
    [list([item(0, [1]), null]), 'embedding 1 of the answer is no list of finite numbers'],
    [list('none'), 'the answer is no list of embeddings but "{'],
    ['{"choices":[]}', 'the answer is no list of embeddings but "{"choices":[]}"'],
    ['', 'the answer is no list of embeddings but an empty body'],
    ['[[1],[2]]', 'the answer is no list of embeddings but "[[1],[2]]"'],
    ['data: {}\n\n', 'the answer is no list of embeddings but "data: {}"'],
  ]
  for (const [body, message] of rows) {
    const error = await failureOf(embed(reply(200, JSON_TYPE, body)))
    assert.is(error.kind, 'invalid_response', body)
    assert.ok(error.message.startsWith(message), `${error.message}\n${message}`)
    assert.is(error.possiblyBilled, true, body)
  }
})

test('whatever a server answers is vectors or a failure', () => {
  const items = fc.array(
    fc.record(
      {
        index: fc.oneof(fc.nat({ max: 2 }), fc.jsonValue()),
        embedding: fc.oneof(fc.array(fc.double()), fc.base64String(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    ),
    { maxLength: 3 },
  )
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    items.map((data) => JSON.stringify({ data, usage: { prompt_tokens: -1 } })),
  )
  fc.assert(
    fc.property(body, fc.integer({ min: 1, max: 3 }), (text, inputs) => {
      const { answer, failure } = decodeEmbeddings(text, inputs)
      if (failure === null) {
        assert.is(answer.vectors.length, inputs)
        assert.is(new Set(answer.vectors.map(({ length }) => length)).size, 1)
        for (const vector of answer.vectors) assert.ok(vector.length > 0 && vector.every(Number.isFinite))
      } else {
        assert.is(answer.vectors.length, 0)
      }
    }),
    { numRuns: 2000 },
  )
})

test('what an unusable answer cost is told', async () => {
  const error = await failureOf(embed(reply(200, JSON_TYPE, list([item(0, [1])], USAGE))))
  assert.is(error.reportedCostUsd === null ? null : formatUsd(error.reportedCostUsd), '0.0000014')
})

test('statuses are told as for completions, with the wait that the server asks for', async () => {
  const limited = await failureOf(
    embed(reply(429, { ...JSON_TYPE, 'retry-after': '3' }, '{"error":{"message":"slow down"}}')),
  )
  assert.equal([limited.kind, limited.status, limited.retryAfterMs], ['rate_limited', 429, 3000])
  assert.is(limited.possiblyBilled, false)
  const broken = await failureOf(embed(reply(500, {}, 'oops')))
  assert.equal([broken.kind, broken.status, broken.message], ['provider_error', 500, '500: oops'])
  const tooLong = { error: { message: "This model's maximum context length is 8192 tokens." } }
  assert.is((await failureOf(embed(reply(400, JSON_TYPE, JSON.stringify(tooLong))))).kind, 'context_overflow')
  const hidden = await failureOf(embed(reply(200, JSON_TYPE, '{"error":{"code":429,"message":"upstream"}}')))
  assert.equal([hidden.kind, hidden.message], ['rate_limited', '429 inside a 200 answer: upstream'])
})

test('hints name the settings of embeddings, and the key goes nowhere', async () => {
  const unknown = await failureOf(embed(reply(404, JSON_TYPE, `{"error":{"message":"no such model, ${KEY}"}}`)))
  assert.is(unknown.kind, 'not_found')
  assert.is(unknown.message, '404: no such model, [key]. Check --embedding-model and --embedding-base-url.')
  const moved = await failureOf(embed(reply(308, { location: 'https://elsewhere.example/v1/embeddings' }, '')))
  assert.equal([moved.kind, moved.message.includes('--embedding-base-url')], ['redirected', true])
})

test('a body that breaks off is truncated, and may have cost', async () => {
  const error = await failureOf(
    embed((_asked, response) => {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': String(GOOD.length) })
      response.write(GOOD.slice(0, 40), () => setImmediate(() => response.destroy()))
    }),
  )
  assert.equal([error.kind, error.possiblyBilled], ['truncated', true])
  assert.match(error.message, /the connection broke after \d+ bytes of the answer/)
  const short = await failureOf(embed(reply(200, JSON_TYPE, GOOD.slice(0, 40))))
  assert.is(short.kind, 'invalid_response')
})

test('a connection that closes before an answer is a network error', async () => {
  const error = await failureOf(embed((_asked, response) => void response.destroy()))
  assert.equal([error.kind, error.status, error.possiblyBilled], ['network', null, true])
})

test('a body above the cap is given up', async () => {
  const error = await failureOf(embed(reply(200, JSON_TYPE, GOOD), { bodyCapBytes: 20 }))
  assert.equal([error.kind, error.message], ['body_too_large', 'the answer is larger than 20 bytes'])
})

test('an abort cancels', async () => {
  const stop = new AbortController()
  const asked = embed(() => stop.abort(), {}, stop.signal)
  assert.is((await failureOf(asked)).kind, 'cancelled')
})

test('every profile asks the same question below its base', async () => {
  const server = await play(reply(200, JSON_TYPE, GOOD))
  for (const name of ['custom', 'mistral', 'openai', 'simulator']) {
    const provider = connected(server.baseUrl, { profile: findProfile(name) })
    await provider.embed(provider.encodeEmbedding({ model: 'm', inputs: INPUTS }), never)
    await provider.close()
  }
  await server.close()
  assert.equal(new Set(server.asked.map(({ url, body }) => `${url} ${body}`)).size, 1)
})

test.run()
