import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isMisbehaviour, MISBEHAVIOURS } from '../../src/simulator/misbehaviour.ts'
import type { Misbehaviour, SimulatorStats } from '../../src/simulator/types.ts'
import { chatBody, dataEvents, get, post, withSimulator } from './client.ts'
import type { HttpAnswer } from './client.ts'

/** The answer to the one request that the script spoils, and what /generation and the statistics say about it. */
interface Spoilt {
  readonly answer: HttpAnswer
  readonly generation: { readonly total_cost: number; readonly finish_reason: string | null } | null
  readonly stats: SimulatorStats
}

async function spoil(kind: Misbehaviour, stream = false): Promise<Spoilt> {
  const spoilt: Spoilt[] = []
  await withSimulator({ script: [kind] }, async (simulator) => {
    const answer = await post(simulator, chatBody('Why is the sky blue?', { stream }))
    const id = answer.headers['x-generation-id']
    const generation =
      id === undefined ? null : JSON.parse((await get(simulator, `/generation?id=${String(id)}`)).text).data
    spoilt.push({ answer, generation, stats: simulator.stats() })
    const next = await post(simulator, chatBody('Why is the sky blue?', { stream }))
    assert.is(next.status, 200, 'the next one is served')
  })
  const [only] = spoilt
  if (only === undefined) throw new Error('nothing was spoilt')
  return only
}

test('statuses come with their envelope, streamed or not, and cost nothing', async () => {
  const types: [Misbehaviour, string][] = [
    ['401', 'authentication'],
    ['402', 'payment_required'],
    ['403', 'content_policy_violation'],
    ['404', 'not_found'],
    ['408', 'timeout'],
    ['429', 'rate_limit_exceeded'],
    ['500', 'server'],
    ['502', 'provider_unavailable'],
    ['503', 'provider_overloaded'],
    ['504', 'timeout'],
    ['529', 'provider_overloaded'],
  ]
  for (const [kind, errorType] of types) {
    const { answer, generation, stats } = await spoil(kind, kind === '502')
    assert.is(answer.status, Number(kind))
    assert.is(answer.headers['content-type'], 'application/json')
    const { error } = JSON.parse(answer.text)
    assert.equal([error.code, error.metadata.error_type], [Number(kind), errorType])
    assert.is(answer.headers['retry-after'], kind === '429' ? '1' : undefined)
    assert.is(generation?.total_cost ?? 0, 0)
    assert.equal([stats.failures, stats.completions, stats.billedUsd], [1, 0, '0'])
  }
})

test('a context overflow says so in the words that clients look for', async () => {
  const { answer } = await spoil('context-overflow')
  const { error } = JSON.parse(answer.text)
  assert.equal([answer.status, error.metadata.error_type], [400, 'context_length_exceeded'])
  assert.match(error.message, 'maximum context length')
})

test('an HTML page comes as 502, an envelope as 200', async () => {
  const page = await spoil('html')
  assert.equal([page.answer.status, page.answer.headers['content-type']], [502, 'text/html'])
  const hidden = await spoil('error-in-200')
  assert.equal([hidden.answer.status, JSON.parse(hidden.answer.text).error.code], [200, 502])
})

test('an error amid a stream follows some content, ends the stream and is not billed', async () => {
  const { answer, generation, stats } = await spoil('mid-stream-error', true)
  assert.is(answer.status, 200)
  const chunks = dataEvents(answer.text)
  const content = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
  assert.ok(content !== '' && 'Simulated answer to "Why is the sky blue?"'.startsWith(content))
  assert.is(chunks.at(-1)?.error?.code, 502)
  assert.is(chunks.at(-1)?.choices[0]?.finish_reason, 'error')
  assert.not.match(answer.text, '[DONE]')
  assert.equal([generation?.total_cost, generation?.finish_reason, stats.billedUsd], [0, 'error', '0'])
})

test('without a stream the same error stands inside the choice', async () => {
  const { answer } = await spoil('mid-stream-error')
  const body = JSON.parse(answer.text)
  const [choice] = body.choices
  assert.equal([choice.finish_reason, choice.error.code, body.usage.cost], ['error', 502, 0])
  assert.ok(choice.message.content.length > 0)
})

test('an empty answer has neither output nor finish reason nor cost', async () => {
  const { answer, stats } = await spoil('empty')
  const body = JSON.parse(answer.text)
  assert.equal([body.choices[0].message.content, body.choices[0].finish_reason], ['', null])
  assert.equal([body.usage.completion_tokens, body.usage.cost, stats.billedUsd], [0, 0, '0'])
  const chunks = dataEvents((await spoil('empty', true)).answer.text)
  assert.ok(chunks.every((chunk) => chunk.choices.every((choice) => choice.finish_reason === null)))
})

test('a truncated body is part of the whole one, and billed', async () => {
  for (const stream of [true, false]) {
    const { answer, stats } = await spoil('truncated', stream)
    assert.is(answer.status, 200)
    assert.not.match(answer.text, '[DONE]')
    assert.is.not(stats.billedUsd, '0')
    if (stream) assert.not.match(answer.text, '"finish_reason":"')
    else assert.throws(() => JSON.parse(answer.text))
  }
})

test('a connection that hangs up gives no answer, and is billed', async () => {
  await withSimulator({ script: ['hang-up'] }, async (simulator) => {
    const failure = await post(simulator, chatBody('a')).then(
      () => null,
      (error: Error) => error,
    )
    assert.instance(failure, Error)
    assert.is.not(simulator.stats().billedUsd, '0')
    assert.is((await post(simulator, chatBody('a'))).status, 200)
  })
})

test('with a fail rate all attempts are answered in the end when they are repeated', async () => {
  await withSimulator({ failRate: 0.5 }, async (simulator) => {
    for (let question = 0; question < 20; question++) {
      let attempts = 0
      let succeeded = false
      while (!succeeded && attempts < 30) {
        const answer = await post(simulator, chatBody(`question ${question}`))
        succeeded = answer.status === 200 && JSON.parse(answer.text).choices[0].finish_reason === 'stop'
        attempts += 1
      }
      assert.ok(succeeded)
    }
    assert.is(simulator.stats().completions, 20)
    assert.ok(simulator.stats().failures > 5)
  })
})

test('names of a script are known, others are not', () => {
  assert.ok(MISBEHAVIOURS.every(isMisbehaviour))
  assert.ok(MISBEHAVIOURS.includes('ok') && MISBEHAVIOURS.includes('silence'))
  assert.not.ok(isMisbehaviour('418'))
  assert.not.ok(isMisbehaviour('toString'))
})

test.run()
