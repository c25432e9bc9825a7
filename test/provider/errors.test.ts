import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Answer, NO_ANSWER, decodeBody } from '../../src/provider/decode.ts'
import { MODEL_FLAGS } from '../../src/provider/endpoint.ts'
import { type FailedAttempt, errorOfAnswer, errorOfStatus, forPeople } from '../../src/provider/errors.ts'
import type { ErrorKind } from '../../src/provider/types.ts'
import { KEY } from './play.ts'

const attempt = (status: number, more: Partial<FailedAttempt> = {}): FailedAttempt => ({
  status,
  headers: {},
  answer: NO_ANSWER,
  generationId: null,
  elapsedUs: 1,
  wallTime: new Date(0),
  model: 'a/b',
  url: new URL('https://openrouter.ai/api/v1/chat/completions'),
  apiKey: KEY,
  apiKeyEnv: 'OPENROUTER_API_KEY',
  flags: MODEL_FLAGS,
  ...more,
})

const refused = (status: number, body: unknown, more: Partial<FailedAttempt> = {}) =>
  errorOfStatus(attempt(status, more), typeof body === 'string' ? body : JSON.stringify(body))

const told = (error: unknown, answer: Answer = NO_ANSWER) =>
  errorOfAnswer(attempt(200, { answer }), { by: 'server', error })

test('statuses and bodies have these kinds', () => {
  const rows: readonly [status: number, body: unknown, kind: ErrorKind][] = [
    [400, { error: { message: 'bad', code: 400 } }, 'invalid_request'],
    [400, { error: { message: 'x', code: 'context_length_exceeded' } }, 'context_overflow'],
    [400, { error: { message: 'x', metadata: { error_type: 'context_length_exceeded' } } }, 'context_overflow'],
    [400, { error: { code: 400, type: 'exceed_context_size_error', message: 'x', n_ctx: 8 } }, 'context_overflow'],
    [400, { error: "This model's maximum context length is 8192 tokens." }, 'context_overflow'],
    [400, { object: 'error', message: 'too many tokens', type: 'BadRequestError' }, 'context_overflow'],
    [
      400,
      {
        error: {
          message: 'Provider returned error',
          metadata: { raw: '{"error":{"code":"context_length_exceeded"}}' },
        },
      },
      'context_overflow',
    ],
    [400, { error: { message: 'x', code: 'model_not_found' } }, 'not_found'],
    [
      400,
      { error: { message: 'x', code: 400, availability: { code: 'model_not_found', retryable: false } } },
      'not_found',
    ],
    [400, { error: { message: 'x', code: 'content_filter' } }, 'blocked'],
    [401, { error: { message: 'No auth', code: 401 } }, 'unauthorized'],
    [402, {}, 'insufficient_credits'],
    [403, {}, 'blocked'],
    [404, {}, 'not_found'],
    [405, '', 'invalid_request'],
    [408, {}, 'gateway_timeout'],
    [409, {}, 'provider_error'],
    [412, {}, 'invalid_request'],
    [413, '<html><title>Too large</title>', 'payload_too_large'],
    [422, { detail: [{ loc: ['body', 'seed'], msg: 'Extra inputs are not permitted', type: 'x' }] }, 'invalid_request'],
    [429, { error: { message: 'slow down' } }, 'rate_limited'],
    [429, { error: { message: 'Too many tokens per minute' } }, 'rate_limited'],
    [429, { object: 'error', type: 'rate_limited', code: '1300', message: 'x' }, 'rate_limited'],
    [429, { error: { message: 'Rate limit exceeded: free-models-per-min.' } }, 'rate_limited'],
    [429, { error: { message: 'Rate limit exceeded: free-models-per-day.' } }, 'quota_exhausted'],
    [429, { error: { message: 'x', code: 'insufficient_quota' } }, 'quota_exhausted'],
    [429, { error: { message: 'x', type: 'insufficient_quota', code: null } }, 'quota_exhausted'],
    [429, { message: 'Monthly quota spent' }, 'quota_exhausted'],
    [500, {}, 'provider_error'],
    [500, { error: { message: 'context length' } }, 'provider_error'],
    [502, '<html><head><title>502 Bad Gateway</title></head></html>', 'provider_error'],
    [503, '', 'overloaded'],
    [503, { error: { message: 'no available model provider that meets your routing requirements' } }, 'not_found'],
    [504, '', 'gateway_timeout'],
    [520, '', 'provider_error'],
    [523, '', 'provider_error'],
    [524, '', 'gateway_timeout'],
    [525, '', 'provider_error'],
    [529, '', 'overloaded'],
    [530, '', 'provider_error'],
    [301, '', 'redirected'],
  ]
  for (const [status, body, kind] of rows) {
    const error = refused(status, body)
    assert.is(error.kind, kind, `${status} ${JSON.stringify(body)}`)
    assert.is(error.status, status)
    assert.is(error.possiblyBilled, [408, 504, 524].includes(status), `billed ${status}`)
  }
})

test('a spent month in the headers is a spent quota', () => {
  const headers = { 'x-ratelimitbysize-remaining-month': '0' }
  assert.is(refused(429, { message: 'Requests rate limit exceeded' }, { headers }).kind, 'quota_exhausted')
})

test('an error inside a good answer counts by its numeric code, by 502 without one', () => {
  const rows: readonly [error: unknown, kind: ErrorKind, status: number][] = [
    [{ code: 429, message: 'x' }, 'rate_limited', 429],
    [{ code: '429', message: 'x' }, 'rate_limited', 429],
    [{ http_status: 503, code: 'overloaded', message: 'x' }, 'overloaded', 503],
    [{ code: 'server_error', message: 'x' }, 'provider_error', 502],
    [{ code: 200, message: 'x' }, 'provider_error', 502],
    [{ code: 1300, message: 'x' }, 'provider_error', 502],
    ['it broke', 'provider_error', 502],
    ['Trying to keep the first 9 tokens when context the overflows', 'context_overflow', 502],
    [{ code: 400, type: 'exceed_context_size_error', message: 'x' }, 'context_overflow', 400],
    [{}, 'provider_error', 502],
  ]
  for (const [error, kind, status] of rows) {
    const failure = told(error)
    assert.is(failure.kind, kind, JSON.stringify(error))
    assert.is(failure.status, status)
    assert.is(failure.possiblyBilled, false)
  }
})

test('what was generated before an error may be billed, unless the server says what it cost', () => {
  const answer = (cost: number | undefined): Answer =>
    decodeBody(JSON.stringify({ choices: [{ message: { content: 'part' } }], usage: { cost } })).answer
  assert.is(told({ code: 502 }, answer(undefined)).possiblyBilled, true)
  assert.is(told({ code: 502 }, answer(0)).possiblyBilled, false)
  assert.is(told({ code: 502 }, answer(0.1)).possiblyBilled, true)
  assert.is(told({ code: 502 }, answer(0.1)).reportedCostUsd, 10n ** 23n)
  assert.is(told({ code: 502 }, answer(0)).partialText, 'part')
})

test("the server's word on retrying is passed on, the body's before the header's", () => {
  const headers = { 'x-should-retry': 'false' }
  assert.is(refused(500, {}).serverSaysRetry, null)
  assert.is(refused(500, {}, { headers }).serverSaysRetry, false)
  assert.is(refused(400, {}, { headers: { 'x-should-retry': 'true' } }).serverSaysRetry, true)
  assert.is(refused(503, { error: { availability: { retryable: true } } }, { headers }).serverSaysRetry, true)
  const spent = { error: { availability: { code: 'capacity_exhausted', retryable: false, retry_after: 9 } } }
  assert.is(refused(429, spent).serverSaysRetry, false)
  assert.is(refused(429, spent).retryAfterMs, 9000)
})

test('people read what the provider said', () => {
  const rows: readonly [status: number, body: unknown, message: string][] = [
    [500, { error: { message: 'It broke.' } }, '500: It broke.'],
    [500, { message: { detail: [{ loc: ['body', 'n'], msg: 'too large' }] } }, '500: body.n: too large'],
    [
      422,
      { detail: [{ loc: ['body', 'seed'], msg: 'Extra inputs are not permitted' }] },
      '422: body.seed: Extra inputs are not permitted',
    ],
    [502, '<html><title>Bad gateway</title>', '502: Bad gateway'],
    [503, '', '503: no explanation given'],
    [503, 'busy\n\u001b[31mred', '503: busy [31mred'],
    [
      502,
      {
        error: {
          message: 'Provider returned error',
          metadata: { provider_name: 'Mistral', raw: '{"message":"full"}' },
        },
      },
      '502 from Mistral: full',
    ],
    [502, { error: { message: 'Provider returned error', metadata: { raw: 'plain words' } } }, '502: plain words'],
    [502, { error: { message: 'Failed', metadata: { raw: { error: { message: 'why' } } } } }, '502: Failed (why)'],
    [403, { error: { message: 'Flagged', metadata: { reasons: ['violence'] } } }, '403: Flagged [violence]'],
    [401, { error: { message: 'User not found.' } }, '401: User not found. Check the key in OPENROUTER_API_KEY.'],
  ]
  for (const [status, body, message] of rows) assert.is(refused(status, body).message, message)
  assert.is(told({ code: 429, message: 'slow' }).message, '429 inside a 200 answer: slow')
  assert.is(refused(500, { message: 'x'.repeat(5000) }).message.length, 300)
})

test('the retired default model gets its successor named, others do not', () => {
  const body = { error: { message: 'No endpoints found.' } }
  assert.match(refused(404, body, { model: 'mistralai/mistral-small' }).message, '--model mistralai/mistral-small-2603')
  assert.not.match(refused(404, body).message, '2603')
})

test('no key is ever in a message', () => {
  const leaking = `key ${KEY} and sk-proj-abcdefghijkl, not risk-free`
  const { message } = refused(401, { error: { message: leaking } })
  assert.is(message, '401: key [key] and [key], not risk-free. Check the key in OPENROUTER_API_KEY.')
  // Cut in the middle it would no longer be recognised, so it goes before the cut.
  assert.not.match(refused(500, `${'x'.repeat(280)} ${KEY}`).message, '0123')
  assert.is(forPeople('secret123 secret', { apiKey: 'secret123' }), '[key] secret')
  assert.is(forPeople('an x', { apiKey: 'x' }), 'an x')
})

test('a redirect names the host it pointed to', () => {
  const to = (location: string) => refused(302, '', { headers: { location } }).message
  assert.match(to('https://evil.example/api'), 'openrouter.ai redirects to evil.example')
  assert.match(to('/login'), 'redirects to openrouter.ai')
  assert.match(to('http://['), 'redirects to nowhere')
})

test.run()
