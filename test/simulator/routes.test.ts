import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { messageHash } from '../../src/simulator/oracle.ts'
import { chatBody, dataEvents, errorOf, get, handClock, post, send, withSimulator } from './client.ts'

const QUESTION = 'What is the meaning of life?'
const ANSWER = 'There is no single agreed answer, though forty-two is a popular one.'

test('a whole answer has the fields of OpenRouter and an exact cost', async () => {
  await withSimulator(
    { skills: { 'mistralai/mistral-small': 1 } },
    async (simulator) => {
      simulator.oracle.register(messageHash([{ role: 'user', content: QUESTION }]), ANSWER)
      const answer = await post(simulator, chatBody(QUESTION, { seed: 7 }))
      assert.is(answer.status, 200)
      assert.is(answer.headers['content-type'], 'application/json')
      assert.is(answer.headers['x-assay-simulated'], 'true')
      assert.is(answer.headers['x-openrouter-cache-status'], undefined)
      const { id, ...body } = JSON.parse(answer.text)
      assert.match(id, /^gen-[0-9a-f]{32}$/)
      assert.is(answer.headers['x-generation-id'], id)
      assert.equal(body, {
        provider: 'Simulator',
        model: 'mistralai/mistral-small',
        object: 'chat.completion',
        created: 1_700_000_000,
        system_fingerprint: 'simulated',
        choices: [
          {
            index: 0,
            logprobs: null,
            finish_reason: 'stop',
            native_finish_reason: 'stop',
            message: { role: 'assistant', content: ANSWER, refusal: null, reasoning: null },
          },
        ],
        usage: {
          // 28 and 68 bytes: 7 + 3 and 17 tokens.
          prompt_tokens: 10,
          completion_tokens: 17,
          total_tokens: 27,
          prompt_tokens_details: { cached_tokens: 0 },
          completion_tokens_details: { reasoning_tokens: 0 },
          cost: 0.0000122,
          is_byok: false,
          cost_details: {
            upstream_inference_cost: null,
            upstream_inference_prompt_cost: 0.000002,
            upstream_inference_completions_cost: 0.0000102,
          },
        },
      })
      assert.is(simulator.stats().billedUsd, '0.0000122')
    },
    handClock(),
  )
})

test('amounts of money have no float noise, however small the price', async () => {
  const prices = { 'a/b': { prompt: '0.00000008333333333333334', completion: '0.0000003' } }
  await withSimulator({ prices }, async (simulator) => {
    const answer = await post(simulator, chatBody('abcdefgh', { model: 'a/b', max_tokens: 3 }))
    // 5 × 0.00000008333333333333334 + 3 × 0.0000003, both of which doubles cannot hold.
    assert.match(answer.text, '"cost":0.0000013166666666666667,')
    assert.match(answer.text, '"upstream_inference_prompt_cost":0.0000004166666666666667,')
    assert.match(answer.text, '"upstream_inference_completions_cost":0.0000009}')
  })
})

test('a stream has comments, a role without content, pieces, finish reason, usage and terminator, in this order', async () => {
  await withSimulator({ skills: { 'mistralai/mistral-small': 1 } }, async (simulator) => {
    simulator.oracle.register(messageHash([{ role: 'user', content: QUESTION }]), ANSWER)
    const answer = await post(simulator, chatBody(QUESTION, { stream: true }))
    assert.is(answer.status, 200)
    assert.is(answer.headers['content-type'], 'text/event-stream')
    const events = answer.text.split('\n\n')
    assert.is(events[0], ': OPENROUTER PROCESSING')
    assert.ok(events.lastIndexOf(': OPENROUTER PROCESSING') > 1, 'a comment amid the content')
    assert.equal(events.slice(-2), ['data: [DONE]', ''])

    const chunks = dataEvents(answer.text)
    assert.equal(chunks[0]?.choices[0]?.delta, { role: 'assistant', content: '' })
    const content = chunks.slice(1, -2).map((chunk) => chunk.choices[0]?.delta.content ?? '')
    assert.is(content.join(''), ANSWER)
    assert.ok(content.length > 1 && content.length <= 12)
    assert.equal(chunks.at(-2)?.choices[0]?.delta, { content: '' })
    assert.is(chunks.at(-2)?.choices[0]?.finish_reason, 'stop')
    assert.equal(chunks.at(-1)?.choices, [])
    assert.equal(chunks.at(-1)?.usage?.['cost'], 0.0000122)
    assert.ok(chunks.slice(0, -1).every((chunk) => chunk.usage === undefined))
    assert.equal(new Set(chunks.map(({ id }) => id)), new Set([answer.headers['x-generation-id']]))
  })
})

test('the generation id is a hash of the body: stable over servers, another for another body', async () => {
  const ids: unknown[] = []
  for (const seed of [1, 1, 2]) {
    await withSimulator({}, async (simulator) => {
      ids.push((await post(simulator, chatBody(QUESTION, { seed }))).headers['x-generation-id'])
    })
  }
  assert.is(ids[0], ids[1])
  assert.is.not(ids[0], ids[2])
})

test('GET /generation returns what was billed', async () => {
  await withSimulator({}, async (simulator) => {
    const answer = await post(simulator, chatBody(QUESTION, { stream: true }))
    const usage = dataEvents(answer.text).at(-1)?.usage
    const id = String(answer.headers['x-generation-id'])
    const { status, text } = await get(simulator, `/generation?id=${id}`)
    assert.is(status, 200)
    const { data } = JSON.parse(text)
    assert.equal(
      [data.id, data.streamed, data.cancelled, data.finish_reason, data.total_cost],
      [id, true, false, 'stop', usage?.['cost']],
    )
    assert.equal(
      [data.native_tokens_prompt, data.native_tokens_completion],
      [usage?.['prompt_tokens'], usage?.['completion_tokens']],
    )
    assert.is((await get(simulator, '/generation?id=gen-unknown')).status, 404)
    assert.is((await get(simulator, '/generation')).status, 400)
  })
})

test('the models, their endpoints and the key are told as OpenRouter tells them', async () => {
  const prices = { 'a/b': { prompt: '0.0000001', completion: '0.0000002' } }
  await withSimulator({ prices, models: ['a/b', 'mistralai/mistral-small'] }, async (simulator) => {
    const models = JSON.parse((await get(simulator, '/models')).text)
    assert.is(models.total_count, 2)
    assert.equal(
      models.data.map((model: { id: string; pricing: unknown }) => [model.id, model.pricing]),
      [
        ['a/b', { prompt: '0.0000001', completion: '0.0000002' }],
        ['mistralai/mistral-small', { prompt: '0.0000002', completion: '0.0000006' }],
      ],
    )
    const { data } = JSON.parse((await get(simulator, '/models/a/b/endpoints')).text)
    assert.equal([data.id, data.endpoints[0].tag, data.endpoints[0].pricing], ['a/b', 'simulator', prices['a/b']])
    const unknown = await get(simulator, '/models/a/c/endpoints')
    assert.is(unknown.status, 400)

    await post(simulator, chatBody(QUESTION))
    const key = JSON.parse((await get(simulator, '/key')).text).data
    assert.equal(
      [key.label, key.limit, String(key.usage)],
      ['simulated', null, String(Number(simulator.stats().billedUsd))],
    )
  })
})

test('a model that is not served is 400 model_not_found with a suggestion', async () => {
  await withSimulator({ models: ['mistralai/mistral-small'] }, async (simulator) => {
    const answer = await post(simulator, chatBody(QUESTION, { model: 'mistralai/mistral-smal' }))
    assert.is(answer.status, 400)
    const { error } = JSON.parse(answer.text)
    assert.match(error.message, 'Did you mean "mistralai/mistral-small"?')
    assert.equal(error.availability, {
      code: 'model_not_found',
      retryable: false,
      requested_models: ['mistralai/mistral-smal'],
    })
  })
})

test('a model without a price costs what mistral-small costs', async () => {
  const prices = { 'mistralai/mistral-small': { prompt: '1', completion: '0' } }
  await withSimulator({ prices }, async (simulator) => {
    const answer = await post(simulator, chatBody('abcd', { model: '__proto__' }))
    assert.is(JSON.parse(answer.text).usage.cost, 4)
  })
})

test('bad requests are told what is wrong with them', async () => {
  const cases: [unknown, RegExp][] = [
    ['{"model":', /not valid JSON/],
    ['[]', /not a JSON object/],
    ['', /not valid JSON/],
    [{ messages: [{ role: 'user', content: 'a' }] }, /^model:/],
    [{ model: 'a' }, /^messages:/],
    [{ model: 'a', messages: [] }, /^messages:/],
    [{ model: 'a', messages: ['a'] }, /^messages\[0\]:/],
    [
      {
        model: 'a',
        messages: [
          { role: 'user', content: 'a' },
          { role: 'robot', content: 'a' },
        ],
      },
      /^messages\[1\]\.role:/,
    ],
    [{ model: 'a', messages: [{ role: 'user', content: 3 }] }, /^messages\[0\]\.content:/],
    [{ model: 'a', messages: [{ role: 'user', content: ['a'] }] }, /^messages\[0\]\.content:/],
    [chatBody('a', { max_tokens: 0 }), /^max_tokens:/],
    [chatBody('a', { max_completion_tokens: 1.5 }), /^max_completion_tokens:/],
    [chatBody('a', { seed: 'x' }), /^seed:/],
    [chatBody('a', { stream: 'yes' }), /^stream:/],
  ]
  await withSimulator({}, async (simulator) => {
    for (const [body, message] of cases) {
      const answer = await post(simulator, body)
      assert.is(answer.status, 400, JSON.stringify(body))
      const error = errorOf(answer.text)
      assert.is(error.code, 400)
      assert.match(error.message, message)
      assert.is(error.metadata['error_type'], 'invalid_request')
    }
    assert.is(simulator.stats().requests, cases.length)
    assert.is(simulator.stats().billedUsd, '0')
  })
})

test('other paths are 404, other methods 405, under both base paths', async () => {
  await withSimulator({}, async (simulator) => {
    const origin = `http://127.0.0.1:${simulator.port}`
    const statusOf = async (method: 'GET' | 'POST', path: string): Promise<number> =>
      (await send(origin + path, method, {}, method === 'POST' ? '{}' : null)).status
    assert.is(await statusOf('GET', '/v1/models'), 200)
    assert.is(await statusOf('POST', '/v1/chat/completions'), 400)
    assert.is(await statusOf('GET', '/models'), 404)
    assert.is(await statusOf('GET', '/api/v1/nothing'), 404)
    assert.is(await statusOf('GET', '/api/v1'), 404)
    assert.is(await statusOf('POST', '/api/v1/models'), 405)
    const wrongMethod = await get(simulator, '/chat/completions')
    assert.equal([wrongMethod.status, wrongMethod.headers['allow']], [405, 'POST'])
  })
})

test('the API key, when one is set, guards all but the model list', async () => {
  await withSimulator({ apiKey: 'sk-test' }, async (simulator) => {
    const authorization = 'Bearer sk-test'
    assert.is((await post(simulator, chatBody('a'))).status, 401)
    assert.is((await post(simulator, chatBody('a'), { authorization: 'Bearer other' })).status, 401)
    assert.is((await post(simulator, chatBody('a'), { authorization })).status, 200)
    assert.is((await get(simulator, '/key')).status, 401)
    assert.is((await get(simulator, '/generation?id=a')).status, 401)
    assert.is((await get(simulator, '/models')).status, 200)
  })
})

test('a body over 8 MB is 413, one just below is served', async () => {
  await withSimulator({}, async (simulator) => {
    const answer = await post(simulator, chatBody('x'.repeat(8 * 1024 * 1024)))
    assert.equal([answer.status, errorOf(answer.text).code], [413, 413])
    assert.is((await post(simulator, chatBody('x'.repeat(8 * 1024 * 1024 - 200)))).status, 200)
  })
})

test.run()
