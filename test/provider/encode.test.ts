import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OWNED_FIELDS, encodeRequest } from '../../src/provider/encode.ts'
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
  const body = encodeRequest(request, { askStreamUsage: false, maxTokensField: 'max_tokens', seedField: null })
  assert.not.match(body, 'seed')
})

test('every field that any profile sends of its own accord is an owned one', () => {
  for (const name of providerNames()) {
    for (const field of Object.keys(JSON.parse(bodyFor(name, { params: {} })) as object)) {
      assert.ok(OWNED_FIELDS.includes(field), `${name} sends ${field}`)
    }
  }
})

test.run()
