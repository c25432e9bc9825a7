import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OWNED_FIELDS, encodeEmbeddingRequest, encodeRequest } from '../../src/provider/encode.ts'
import { findProfile, providerNames } from '../../src/provider/index.ts'
import type { CompletionRequest } from '../../src/provider/types.ts'

const request: CompletionRequest = {
  model: 'm',
  messages: [{ role: 'user', content: 'hi' }],
  maxTokens: 50,
  temperature: 0,
  seed: 3,
  stream: true,
  params: { top_p: 0.5, provider: { only: ['mistral'], allow_fallbacks: false } },
  responseSchema: null,
}

const bodyFor = (name: string, change: Partial<CompletionRequest> = {}): string =>
  encodeRequest({ ...request, ...change }, findProfile(name).capabilities)

const MESSAGES = '"messages":[{"role":"user","content":"hi"}]'
const PARAMS = '"top_p":0.5,"provider":{"only":["mistral"],"allow_fallbacks":false}'

test('OpenRouter gets these bytes', () => {
  assert.is(
    bodyFor('openrouter'),
    `{"model":"m",${MESSAGES},"max_tokens":50,"temperature":0,"seed":3,"stream":true,${PARAMS}}`,
  )
})

test('OpenAI is asked for usage and gets max_completion_tokens', () => {
  assert.is(
    bodyFor('openai'),
    `{"model":"m",${MESSAGES},"max_completion_tokens":50,"temperature":0,"seed":3,"stream":true,"stream_options":{"include_usage":true},${PARAMS}}`,
  )
})

test('Mistral gets random_seed and no stream_options', () => {
  assert.is(
    bodyFor('mistral'),
    `{"model":"m",${MESSAGES},"max_tokens":50,"temperature":0,"random_seed":3,"stream":true,${PARAMS}}`,
  )
})

test('an unset temperature and the usage of a plain answer are not sent', () => {
  assert.is(
    bodyFor('custom', { temperature: null, stream: false, params: {} }),
    `{"model":"m",${MESSAGES},"max_tokens":50,"seed":3,"stream":false}`,
  )
})

test('an endpoint without a seed field gets none', () => {
  const body = encodeRequest(request, { ...findProfile('custom').capabilities, seedField: null })
  assert.not.match(body, 'seed')
})

const SCHEMA = { type: 'object', properties: { verdict: { enum: ['yes', 'no'] } } }

test('a schema is sent as a strict response_format, and wins over a parameter of that name', () => {
  const responseSchema = { name: 'verdict', schema: SCHEMA }
  const format = `"response_format":{"type":"json_schema","json_schema":{"name":"verdict","strict":true,"schema":${JSON.stringify(SCHEMA)}}}`
  for (const name of providerNames()) {
    assert.ok(bodyFor(name, { responseSchema }).endsWith(`${PARAMS},${format}}`), name)
    const both = bodyFor(name, { responseSchema, params: { response_format: { type: 'json_object' } } })
    assert.ok(both.endsWith(`,${format}}`), name)
  }
})

test('an endpoint that takes no schema is sent none', () => {
  const capabilities = { ...findProfile('custom').capabilities, jsonSchema: false }
  const body = encodeRequest({ ...request, responseSchema: { name: 'verdict', schema: SCHEMA } }, capabilities)
  assert.is(body, bodyFor('custom'))
})

test('a question for embeddings is these bytes', () => {
  assert.is(encodeEmbeddingRequest({ model: 'm', inputs: ['a', 'é'] }), '{"model":"m","input":["a","é"]}')
  assert.is(encodeEmbeddingRequest({ model: 'm', inputs: ['🙂\ud83d'] }), '{"model":"m","input":["🙂\ufffd"]}')
})

test('every field that any profile sends of its own accord is an owned one', () => {
  for (const name of providerNames()) {
    for (const field of Object.keys(JSON.parse(bodyFor(name, { params: {} })) as object)) {
      assert.ok(OWNED_FIELDS.includes(field), `${name} sends ${field}`)
    }
  }
})

test.run()
