import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { connect, findProfile } from '../../src/provider/index.ts'
import type { Embeddings, Provider } from '../../src/provider/types.ts'
import { CONTEXT_LENGTH } from '../../src/simulator/catalogue.ts'
import type { Misbehaviour, Simulator, SimulatorOptions } from '../../src/simulator/types.ts'
import { DIMENSIONS, vectorOf } from '../../src/simulator/vector.ts'
import { failureOf, never } from '../provider/play.ts'
import { errorOf, get, type HttpAnswer, send, withSimulator } from './client.ts'

const MODEL = 'a/text-embedding'

/** A simulator, and a client of ours that is connected to it. */
async function withProvider(
  options: SimulatorOptions,
  use: (embed: (...inputs: string[]) => Promise<Embeddings>, simulator: Simulator) => Promise<void>,
): Promise<void> {
  await withSimulator(options, async (simulator) => {
    const endpoint = { baseUrl: simulator.url, apiKey: null, apiKeyEnv: null }
    const provider: Provider = connect({ profile: findProfile('simulator'), concurrency: 2, env: {}, ...endpoint })
    const embed = (...inputs: string[]): Promise<Embeddings> =>
      provider.embed(provider.encodeEmbedding({ model: MODEL, inputs }), never)
    try {
      await use(embed, simulator)
    } finally {
      await provider.close()
    }
  })
}

const post = (simulator: Simulator, body: unknown): Promise<HttpAnswer> =>
  send(`${simulator.url}/embeddings`, 'POST', {}, typeof body === 'string' ? body : JSON.stringify(body))

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, component, place) => sum + component * (b[place] ?? 0), 0)
}

test('a text has one vector of length 1, whatever its case, width and blanks', () => {
  for (const text of ['', ' ', 'a', 'The truck hit the wall.', '答案是巴黎', '🙂', 'e\u0301', 'x'.repeat(10_000)]) {
    const vector = vectorOf(text)
    assert.is(vector.length, DIMENSIONS)
    assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5, text.slice(0, 20))
  }
  assert.equal(vectorOf(' The\n TRUCK '), vectorOf('the truck'))
  assert.equal(vectorOf('Ｔｒｕｃｋ'), vectorOf('truck'))
  assert.not.equal(vectorOf('truck'), vectorOf('trucks'))
})

test('texts with much in common are more similar than those with little', () => {
  const like = (a: string, b: string): number => cosine(vectorOf(a), vectorOf(b))
  const close = like('The truck hit the wall.', 'A truck has hit the wall')
  const far = like('The truck hit the wall.', 'Interest rates rose in May')
  assert.ok(close > 0.6, `${close}`)
  assert.ok(Math.abs(far) < 0.3, `${far}`)
  assert.ok(like('colour', 'colours') > 0.6)
})

test('our client gets vectors, usage and an exact cost, which is billed', async () => {
  await withProvider({ prices: { [MODEL]: { prompt: '0.00000002', completion: '0' } } }, async (embed, simulator) => {
    const { vectors, usage, reportedCostUsd, servedModel } = await embed('The truck', 'hit the wall')
    assert.is(vectors.length, 2)
    assert.equal(vectors[0], Float32Array.from(vectorOf('The truck')))
    // 9 and 12 bytes: 3 and 3 tokens.
    assert.is(usage?.promptTokens, 6)
    assert.is(reportedCostUsd, 120_000_000_000_000_000n)
    assert.is(servedModel, MODEL)
    assert.is(simulator.stats().billedUsd, '0.00000012')
    assert.equal([simulator.stats().completions, simulator.stats().inFlight], [1, 0])
  })
})

test('one text, a list of texts, numbers and base64 come to the same vectors', async () => {
  await withSimulator({}, async (simulator) => {
    const data = async (fields: object): Promise<unknown[]> =>
      JSON.parse((await post(simulator, { model: MODEL, ...fields })).text).data
    const [one] = await data({ input: 'a b' })
    assert.equal(await data({ input: ['a b', 'c'] }).then(([first]) => first), one)
    const [encoded] = await data({ input: 'a b', encoding_format: 'base64' })
    const bytes = Buffer.from((encoded as { embedding: string }).embedding, 'base64')
    assert.is(bytes.length, DIMENSIONS * 4)
    assert.is(bytes.readFloatLE(0), Math.fround((one as { embedding: number[] }).embedding[0] ?? Number.NaN))
  })
})

test('a generation of embeddings can be looked up', async () => {
  await withSimulator({}, async (simulator) => {
    const answer = await post(simulator, { model: MODEL, input: 'a' })
    const found = await get(simulator, `/generation?id=${String(answer.headers['x-generation-id'])}`)
    assert.is(JSON.parse(found.text).data.tokens_prompt, 1)
  })
})

test('what is wrong with a request is told', async () => {
  await withSimulator({ models: [MODEL, 'a/chat'] }, async (simulator) => {
    const rows: readonly [fields: object, status: number, message: RegExp][] = [
      [{ model: '' }, 400, /^model:/],
      [{ model: 'b/embed' }, 400, /not a valid model ID/],
      [{ model: 'a/chat' }, 404, /No endpoint serves embeddings of a\/chat/],
      [{ input: undefined }, 400, /^input: expected a text/],
      [{ input: [] }, 400, /^input: expected 1 to 2048 texts/],
      [{ input: Array.from({ length: 2049 }, () => 'a') }, 400, /^input: expected 1 to 2048 texts/],
      [{ input: [''] }, 400, /none of them empty/],
      [{ input: [1] }, 400, /^input:/],
      [{ input: 'x'.repeat(CONTEXT_LENGTH * 4 + 1) }, 400, /maximum context length/],
      [{ encoding_format: 'int8' }, 400, /^encoding_format:/],
      [{ dimensions: 8 }, 400, /^dimensions: expected 256/],
    ]
    for (const [fields, status, message] of rows) {
      const answer = await post(simulator, { model: MODEL, input: 'a', ...fields })
      assert.is(answer.status, status, JSON.stringify(fields).slice(0, 100))
      assert.match(errorOf(answer.text).message, message)
    }
    assert.is((await post(simulator, 'no JSON')).status, 400)
    assert.is((await send(`${simulator.url}/embeddings`, 'GET', {}, null)).status, 405)
    assert.is(simulator.stats().billedUsd, '0')
  })
})

test('scripts and limits hold for embeddings too', async () => {
  const rows: readonly [script: Misbehaviour, kind: string, isBilled: boolean][] = [
    ['401', 'unauthorized', false],
    ['402', 'insufficient_credits', false],
    ['429', 'rate_limited', false],
    ['500', 'provider_error', false],
    ['503', 'overloaded', false],
    ['context-overflow', 'context_overflow', false],
    ['html', 'provider_error', false],
    ['error-in-200', 'provider_error', false],
    ['mid-stream-error', 'provider_error', false],
    ['empty', 'invalid_response', false],
    ['truncated', 'invalid_response', true],
    ['hang-up', 'network', true],
  ]
  for (const [script, kind, isBilled] of rows) {
    await withProvider({ script: [script] }, async (embed, simulator) => {
      const error = await failureOf(embed('a'))
      assert.is(error.kind, kind, script)
      assert.is(simulator.stats().billedUsd !== '0', isBilled, script)
      assert.is((await embed('a')).vectors.length, 1, 'the script is at its end')
    })
  }
  await withProvider({ rateLimit: { requestsPerSecond: 0.001 } }, async (embed, simulator) => {
    await embed('a')
    const error = await failureOf(embed('b'))
    assert.equal([error.kind, error.retryAfterMs === null], ['rate_limited', false])
    assert.is(simulator.stats().rateLimited, 1)
  })
})

test.run()
