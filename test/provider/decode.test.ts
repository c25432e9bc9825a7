import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeBody } from '../../src/provider/decode.ts'
import { readCost, readUsage } from '../../src/provider/usage.ts'
import { formatUsd } from '../../src/lib/usd.ts'

const bodyWith = (message: object, more: object = {}): string =>
  JSON.stringify({ choices: [{ message, finish_reason: 'stop' }], ...more })

const answerTo = (message: object, more: object = {}) => {
  const { answer, failure } = decodeBody(bodyWith(message, more))
  assert.is(failure, null)
  return answer
}

test('content is a string, null or parts', () => {
  assert.is(answerTo({ content: 'a' }).text, 'a')
  assert.is(answerTo({ content: null }).text, '')
  assert.is(
    answerTo({ content: [{ type: 'text', text: 'a' }, { type: 'image_url' }, { type: 'text', text: 'b' }] }).text,
    'ab',
  )
})

test('reasoning has one text, whatever it is called', () => {
  const detail = { type: 'reasoning.text', text: 'hm' }
  const rows: readonly [message: object, reasoning: string][] = [
    [{ reasoning: 'hm' }, 'hm'],
    [{ reasoning_content: 'hm' }, 'hm'],
    [{ reasoning: 'hm', reasoning_content: 'hm', reasoning_details: [detail] }, 'hm'],
    [{ reasoning: null, reasoning_details: [detail, { type: 'reasoning.summary', summary: '!' }] }, 'hm!'],
    [{ reasoning_details: [{ type: 'reasoning.encrypted', data: 'xyz' }] }, ''],
    [
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'a' },
        ],
      },
      'hm',
    ],
    [
      {
        content: [
          { type: 'thinking', thinking: 'hm' },
          { type: 'text', text: 'a' },
        ],
      },
      'hm',
    ],
  ]
  for (const [message, reasoning] of rows) {
    const answer = answerTo({ content: 'a', ...message })
    assert.is(answer.reasoningText, reasoning, JSON.stringify(message))
    assert.is(answer.text, 'a')
  }
})

test('arguments of a tool call stay text, valid or not', () => {
  const { toolCalls } = answerTo({
    content: null,
    tool_calls: [
      { id: 'x', function: { name: 'f', arguments: '{"a":' } },
      { function: { name: 'g', arguments: { a: 1 } } },
      { function: { name: 'h' } },
    ],
  })
  assert.equal(toolCalls, [
    { id: 'x', name: 'f', arguments: '{"a":' },
    { id: null, name: 'g', arguments: '{"a":1}' },
    { id: null, name: 'h', arguments: '' },
  ])
})

test('a padded body is trimmed', () => {
  assert.is(decodeBody(`\uFEFF${bodyWith({ content: 'a' })}\u0000`).failure === null, false)
  assert.is(decodeBody(`\uFEFF \n${bodyWith({ content: 'a' })}`).answer.text, 'a')
  assert.is(decodeBody(`\n\n   ${bodyWith({ content: 'a' })}\n`).answer.text, 'a')
})

test("Mistral's model_length is length", () => {
  const body = JSON.stringify({ choices: [{ message: { content: 'a' }, finish_reason: 'model_length' }] })
  assert.is(decodeBody(body).answer.finishReason, 'length')
})

test('what is no completion is an invalid response', () => {
  for (const body of [
    '',
    '   \n x',
    '<html>',
    '[]',
    'null',
    '{}',
    '{"choices":[]}',
    '{"choices":[{"finish_reason":"stop"}]}',
  ]) {
    const { failure } = decodeBody(body)
    assert.is(failure?.by === 'us' && failure.kind, 'invalid_response', body)
  }
})

test('nothing at all without a reason is empty, with a reason it is an answer', () => {
  const empty = (message: object, finish: string | null) =>
    decodeBody(JSON.stringify({ choices: [{ message, finish_reason: finish }] })).failure
  const failure = empty({ content: '' }, null)
  assert.is(failure?.by === 'us' && failure.kind, 'empty')
  assert.is(empty({ content: '' }, 'stop'), null)
  assert.is(empty({ content: null }, 'length'), null)
  assert.is(empty({ content: 'a' }, null), null)
  assert.is(empty({ content: null, refusal: 'no' }, null), null)
  assert.is(empty({ content: null, tool_calls: [{ function: { name: 'f' } }] }, null), null)
})

test('an error inside a good answer is found in every form', () => {
  const forms: readonly object[] = [
    { error: { code: 429, message: 'm' } },
    { error: { code: 429, message: 'm' }, choices: [] },
    { choices: [{ message: { content: 'part' }, finish_reason: 'error', error: { code: 502 } }] },
    { choices: [{ message: { content: 'part' }, finish_reason: 'error' }] },
    { error: 'Trying to keep the first 5000 tokens' },
    { object: 'error', message: 'flat', code: '3000' },
  ]
  for (const form of forms) assert.is(decodeBody(JSON.stringify(form)).failure?.by, 'server', JSON.stringify(form))
})

test('counts that are no counts are not reported', () => {
  assert.is(readUsage(null), null)
  assert.is(readUsage({ prompt_tokens: 1 }), null)
  for (const odd of [null, -1, 1.5, '3', Number.NaN, 2 ** 60]) {
    assert.is(readUsage({ prompt_tokens: odd, completion_tokens: 1 }), null)
    const details = {
      prompt_tokens_details: { cached_tokens: odd },
      completion_tokens_details: { reasoning_tokens: odd },
    }
    assert.equal(readUsage({ prompt_tokens: 2, completion_tokens: 0, ...details }), {
      promptTokens: 2,
      completionTokens: 0,
      reasoningTokens: null,
      cachedTokens: null,
      cacheWriteTokens: null,
    })
  }
})

test('cost is exact, includes the upstream price under BYOK and is null when unknown', () => {
  const rows: readonly [usage: unknown, cost: string | null][] = [
    [{ cost: 0.0000272 }, '0.0000272'],
    [{ cost: 1e-7 }, '0.0000001'],
    [{ cost: 0 }, '0'],
    [{ cost: 0.00013629, is_byok: false, cost_details: { upstream_inference_cost: 0.00013629 } }, '0.00013629'],
    [{ cost: 0.1, is_byok: true, cost_details: { upstream_inference_cost: 0.2 } }, '0.3'],
    [{ cost: 0.1, is_byok: true, cost_details: { upstream_inference_cost: null } }, null],
    [{ cost: -1 }, null],
    [{ cost: null }, null],
    [{}, null],
  ]
  for (const [usage, expected] of rows) {
    const cost = readCost(usage)
    assert.is(cost === null ? null : formatUsd(cost), expected, JSON.stringify(usage))
  }
})

test.run()
