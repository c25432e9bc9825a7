/** The official client of OpenAI as a judge that we have not written: it has to understand the simulator. */
import { APIError, AuthenticationError, BadRequestError, NotFoundError, OpenAI, RateLimitError } from 'openai'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { messageOf } from '../../src/lib/errors.ts'
import { messageHash } from '../../src/simulator/oracle.ts'
import { vectorOf } from '../../src/simulator/vector.ts'
import type { Simulator, SimulatorOptions } from '../../src/simulator/types.ts'
import { withSimulator } from './client.ts'

const MODEL = 'mistralai/mistral-small'
const QUESTION = [{ role: 'user' as const, content: 'What is the capital of France?' }]
const ANSWER = 'The capital of France is Paris, on the Seine.'

/** A server whose model knows the one question, and a client of it. */
async function withClient(
  options: SimulatorOptions,
  use: (client: OpenAI, simulator: Simulator) => Promise<void>,
): Promise<void> {
  await withSimulator({ skills: { [MODEL]: 1 }, ...options }, async (simulator) => {
    simulator.oracle.register(messageHash(QUESTION), ANSWER)
    await use(new OpenAI({ baseURL: simulator.url, apiKey: 'sk-test', maxRetries: 0 }), simulator)
  })
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => assert.unreachable('expected a failure'),
    (error: unknown) => error,
  )
}

test('a completion arrives whole', async () => {
  await withClient({}, async (client) => {
    const completion = await client.chat.completions.create({ model: MODEL, messages: QUESTION, seed: 1 })
    assert.is(completion.choices[0]?.message.content, ANSWER)
    assert.is(completion.choices[0]?.finish_reason, 'stop')
    assert.is(completion.system_fingerprint, 'simulated')
    assert.equal(
      [completion.usage?.prompt_tokens, completion.usage?.completion_tokens, completion.usage?.total_tokens],
      [11, 12, 23],
    )
  })
})

test('a stream arrives in pieces, with usage at the end', async () => {
  await withClient({}, async (client) => {
    const stream = await client.chat.completions.create({ model: MODEL, messages: QUESTION, stream: true })
    const pieces: string[] = []
    const finishReasons: string[] = []
    const totals: number[] = []
    for await (const chunk of stream) {
      const [choice] = chunk.choices
      if (choice?.delta.content) pieces.push(choice.delta.content)
      if (choice?.finish_reason) finishReasons.push(choice.finish_reason)
      if (chunk.usage) totals.push(chunk.usage.total_tokens)
    }
    assert.is(pieces.join(''), ANSWER)
    assert.ok(pieces.length > 1)
    assert.equal(finishReasons, ['stop'])
    assert.equal(totals, [23])
  })
})

test('the SDK’s own accumulation of a stream gives the whole answer', async () => {
  await withClient({ latency: { ttftMs: 5, tokenGapMs: 1 } }, async (client) => {
    const final = await client.chat.completions.stream({ model: MODEL, messages: QUESTION }).finalChatCompletion()
    assert.is(final.choices[0]?.message.content, ANSWER)
  })
})

test('max_tokens cuts the answer, whole and streamed, and says so', async () => {
  await withClient({}, async (client) => {
    for (const limit of [{ max_tokens: 3 }, { max_completion_tokens: 3 }]) {
      const completion = await client.chat.completions.create({ model: MODEL, messages: QUESTION, ...limit })
      assert.is(completion.choices[0]?.message.content, ANSWER.slice(0, 12))
      assert.is(completion.choices[0]?.finish_reason, 'length')
      assert.is(completion.usage?.completion_tokens, 3)
    }
    const stream = client.chat.completions.stream({ model: MODEL, messages: QUESTION, max_tokens: 12 })
    assert.is((await stream.finalChatCompletion()).choices[0]?.finish_reason, 'stop', 'twelve tokens are enough')
    const cut = await client.chat.completions.create({ model: MODEL, messages: QUESTION, max_tokens: 11, stream: true })
    const reasons: unknown[] = []
    for await (const chunk of cut) reasons.push(...chunk.choices.map((choice) => choice.finish_reason))
    assert.is(reasons.at(-1), 'length')
  })
})

test('models are listed', async () => {
  await withClient({ models: [MODEL, 'a/b'] }, async (client) => {
    const ids: string[] = []
    for await (const model of client.models.list()) ids.push(model.id)
    assert.equal(ids, [MODEL, 'a/b'])
  })
})

test('a wrong key is an AuthenticationError', async () => {
  await withClient({ apiKey: 'another' }, async (client) => {
    const error = await failureOf(client.chat.completions.create({ model: MODEL, messages: QUESTION }))
    assert.instance(error, AuthenticationError)
  })
})

test('an unknown model and a bad parameter are BadRequestErrors', async () => {
  await withClient({ models: [MODEL] }, async (client) => {
    const unknown = await failureOf(client.chat.completions.create({ model: 'a/b', messages: QUESTION }))
    assert.instance(unknown, BadRequestError)
    const bad = await failureOf(client.chat.completions.create({ model: MODEL, messages: QUESTION, max_tokens: 0 }))
    assert.instance(bad, BadRequestError)
    assert.match(messageOf(bad), 'max_tokens')
  })
})

test('429 is a RateLimitError that carries Retry-After, for a stream too', async () => {
  await withClient({ script: ['429', '429'] }, async (client) => {
    for (const stream of [false, true]) {
      const error = await failureOf(client.chat.completions.create({ model: MODEL, messages: QUESTION, stream }))
      assert.instance(error, RateLimitError)
      if (error instanceof RateLimitError) assert.is(error.headers?.get('retry-after'), '1')
    }
  })
})

test('a server error is retried by the SDK and then succeeds', async () => {
  await withClient({ script: ['503'] }, async (client, simulator) => {
    const completion = await client.chat.completions.create({ model: MODEL, messages: QUESTION }, { maxRetries: 1 })
    assert.is(completion.choices[0]?.message.content, ANSWER)
    assert.equal([simulator.stats().failures, simulator.stats().completions], [1, 1])
  })
})

test('an error amid a stream is thrown at the reader', async () => {
  await withClient({ script: ['mid-stream-error'] }, async (client) => {
    const stream = await client.chat.completions.create({ model: MODEL, messages: QUESTION, stream: true })
    const pieces: string[] = []
    const reading = (async () => {
      for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '')
    })()
    assert.instance(await failureOf(reading), APIError)
    assert.ok(pieces.join('').length > 0)
  })
})

test('embeddings arrive in the SDK’s own encoding and as numbers', async () => {
  await withClient({}, async (client) => {
    const input = ['The truck hit the wall.', 'Paris']
    // Without a format the SDK asks for base64 and decodes it.
    const encoded = await client.embeddings.create({ model: 'a/embedding', input })
    const plain = await client.embeddings.create({ model: 'a/embedding', input, encoding_format: 'float' })
    for (const [index, text] of input.entries()) {
      const vector = vectorOf(text)
      assert.equal(plain.data[index]?.embedding, vector)
      assert.equal(encoded.data[index]?.embedding, Array.from(Float32Array.from(vector)))
    }
    assert.equal([encoded.usage.prompt_tokens, encoded.usage.total_tokens], [8, 8])
    assert.instance(await failureOf(client.embeddings.create({ model: MODEL, input })), NotFoundError)
  })
})

test('an answer has the form of the schema that the SDK sends', async () => {
  await withClient({}, async (client) => {
    const schema = {
      type: 'object',
      properties: { answer: { type: 'string' }, isCapital: { type: 'boolean' } },
      required: ['answer', 'isCapital'],
      additionalProperties: false,
    }
    const completion = await client.chat.completions.create({
      model: MODEL,
      messages: QUESTION,
      response_format: { type: 'json_schema', json_schema: { name: 'capital', strict: true, schema } },
    })
    assert.equal(JSON.parse(completion.choices[0]?.message.content ?? ''), { answer: ANSWER, isCapital: false })
  })
})

test('a wrong response_format is a BadRequestError that names it', async () => {
  await withClient({}, async (client) => {
    for (const response_format of [
      { type: 'grammar' },
      { type: 'json_schema' },
      { type: 'json_schema', json_schema: { name: 'a b', schema: {} } },
      { type: 'json_schema', json_schema: { name: 'a' } },
    ]) {
      const body = { model: MODEL, messages: QUESTION, response_format } as never
      const error = await failureOf(client.chat.completions.create(body))
      assert.instance(error, BadRequestError)
      assert.match(messageOf(error), 'response_format')
    }
  })
})

test.run()
