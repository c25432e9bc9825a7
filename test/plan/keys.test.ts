import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { pairKey, requestKey, trialKey } from '../../src/plan/keys.ts'
import { connect, findProfile } from '../../src/provider/index.ts'

const SAMPLE = { id: 'q1', vars: { question: 'why?', answer: 'so' }, expected: ['so'], assertions: [] }
const ASSERTION = { scorer: 'includes', argument: null, expected: ['so'] }

test('the format of the keys is pinned: a change would lose every cached answer and every finished trial', () => {
  const request = requestKey('openrouter https://openrouter.ai/api/v1', '{"model":"m"}', 1)
  assert.is(request, '27a0f29244c4edf4b132b587bce792bf')
  assert.is(trialKey(request, 'q1', '0123456789ab'), '235091231fccf49a52e405e26838bcbe')
  assert.is(pairKey(SAMPLE, 1), '781ad22675d9374726dd1734e72a1250')
})

test('request keys differ with endpoint, body and epoch', () => {
  const keys = [
    requestKey('a', 'body', 1),
    requestKey('b', 'body', 1),
    requestKey('a', 'other body', 1),
    requestKey('a', 'body', 2),
    requestKey('a 1', 'body', 1),
  ]
  assert.is(new Set(keys).size, keys.length)
})

test('trial keys differ with request, sample and prompt, however the ids are cut', () => {
  const text = fc.string({ maxLength: 6 })
  const parts = fc.tuple(text, text, text)
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const same = one.every((part, index) => part === other[index])
      assert.is(trialKey(...one) === trialKey(...other), same)
    }),
  )
  assert.is.not(trialKey('r', 'a', 'bc'), trialKey('r', 'ab', 'c'))
  assert.is.not(trialKey('r', 'a","b', 'c'), trialKey('r', 'a', 'b","c'))
})

test('the three keys of the same texts are three keys', () => {
  const keys = [
    requestKey('x', 'x', 1),
    trialKey('x', 'x', 'x'),
    pairKey({ id: 'x', vars: {}, expected: [], assertions: [] }, 1),
  ]
  assert.is(new Set(keys).size, 3)
  for (const key of keys) assert.match(key, /^[0-9a-f]{32}$/)
})

test('the port of the simulator is in no request key, that of any other server is', async () => {
  const keyAt = async (name: string, baseUrl: string): Promise<string> => {
    const provider = connect({
      profile: findProfile(name),
      baseUrl,
      apiKey: null,
      apiKeyEnv: null,
      concurrency: 1,
      env: {},
    })
    try {
      return requestKey(provider.identity, '{}', 1)
    } finally {
      await provider.close()
    }
  }
  assert.is(
    await keyAt('simulator', 'http://127.0.0.1:4001/api/v1'),
    await keyAt('simulator', 'http://127.0.0.1:4002/api/v1'),
  )
  assert.is.not(await keyAt('custom', 'http://127.0.0.1:4001/v1'), await keyAt('custom', 'http://127.0.0.1:4002/v1'))
  assert.is.not(await keyAt('custom', 'http://127.0.0.1:4001/v1'), await keyAt('openai', 'http://127.0.0.1:4001/v1'))
})

test('a pair key joins the same question of two runs, whatever model, prompt and endpoint were', () => {
  // Nothing but the sample and the epoch goes in; what else a sample carries does not matter.
  assert.is(pairKey.length, 2)
  const more = { ...SAMPLE, line: 9, metadata: { a: 'b' }, prefix: 'x', model: 'm', prompt: 'p' }
  assert.is(pairKey(more, 1), pairKey(SAMPLE, 1))
  assert.is(pairKey({ ...SAMPLE, vars: { answer: 'so', question: 'why?' } }, 1), pairKey(SAMPLE, 1))
})

test('a pair key changes with the id, any cell, the right answers, the assertions and the epoch', () => {
  const keys = [
    pairKey(SAMPLE, 1),
    pairKey(SAMPLE, 2),
    pairKey({ ...SAMPLE, id: 'q2' }, 1),
    pairKey({ ...SAMPLE, vars: { ...SAMPLE.vars, question: 'why not?' } }, 1),
    pairKey({ ...SAMPLE, vars: { ...SAMPLE.vars, extra: '' } }, 1),
    pairKey({ ...SAMPLE, expected: ['so', 'thus'] }, 1),
    pairKey({ ...SAMPLE, expected: [] }, 1),
    pairKey({ ...SAMPLE, assertions: [ASSERTION] }, 1),
    pairKey({ ...SAMPLE, assertions: [{ ...ASSERTION, scorer: 'exact' }] }, 1),
    pairKey({ ...SAMPLE, assertions: [{ ...ASSERTION, argument: 'ignore-case' }] }, 1),
    pairKey({ ...SAMPLE, assertions: [{ ...ASSERTION, expected: ['thus'] }] }, 1),
  ]
  assert.is(new Set(keys).size, keys.length)
})

test.run()
