import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { rateLimitsOf, rateLimitsOfRefusal } from '../../src/provider/rate-limits.ts'
import type { ResponseHeaders } from '../../src/provider/retry-after.ts'

const NOW = new Date(1_700_000_000_000)

test('headers without rate limits tell none', () => {
  assert.is(rateLimitsOf({}), null)
  assert.is(rateLimitsOf({ 'content-type': 'application/json', 'x-request-id': '7', 'retry-after': '3' }), null)
})

const told: readonly [
  name: string,
  headers: ResponseHeaders,
  requests: [number, number] | null,
  tokens: [number, number] | null,
][] = [
  [
    'OpenAI',
    {
      'x-ratelimit-limit-requests': '5000',
      'x-ratelimit-remaining-requests': '4999',
      'x-ratelimit-limit-tokens': '160000',
      'x-ratelimit-remaining-tokens': '159976',
      'x-ratelimit-reset-tokens': '8.64s',
    },
    [5_000, 4_999],
    [160_000, 159_976],
  ],
  [
    'Mistral today',
    {
      'x-ratelimit-limit-req-minute': '300',
      'x-ratelimit-remaining-req-minute': '0',
      'x-ratelimit-limit-tokens-minute': '500000',
      'x-ratelimit-remaining-tokens-minute': '499000',
      'x-ratelimit-tokens-query-cost': '1000',
    },
    [300, 0],
    [500_000, 499_000],
  ],
  [
    'Mistral earlier',
    {
      'x-ratelimitbysize-limit-minute': '500000',
      'x-ratelimitbysize-remaining-minute': '12',
      'x-ratelimitbysize-limit-month': '1',
    },
    null,
    [500_000, 12],
  ],
  [
    'Mistral earlier still',
    { 'ratelimitbysize-limit': '500000', 'ratelimitbysize-remaining': '499999' },
    null,
    [500_000, 499_999],
  ],
  [
    'a header that came twice',
    { 'x-ratelimit-limit-requests': ['60', '60'], 'x-ratelimit-remaining-requests': ['7'] },
    [60, 7],
    null,
  ],
]

for (const [name, headers, requests, tokens] of told) {
  test(`limits are read as they are told: ${name}`, () => {
    const limitOf = (pair: [number, number] | null) => (pair === null ? null : { limit: pair[0], remaining: pair[1] })
    assert.equal(rateLimitsOf(headers), { requests: limitOf(requests), tokens: limitOf(tokens) })
  })
}

for (const [limit, remaining] of [
  ['60', '-1'],
  ['60', 'NaN'],
  ['60', ''],
  ['0', '0'],
  ['-60', '10'],
  ['60', '61'],
  ['1e3', '10'],
  ['Infinity', '10'],
  ['9'.repeat(400), '10'],
  ['60, 60;w=60', '10'],
] as const) {
  test(`nonsense is no limit: ${limit.slice(0, 20)} and ${remaining === '' ? 'nothing' : remaining}`, () => {
    assert.is(rateLimitsOf({ 'x-ratelimit-limit-requests': limit, 'x-ratelimit-remaining-requests': remaining }), null)
  })
}

test('a limit without what remains of it tells nothing', () => {
  assert.is(rateLimitsOf({ 'x-ratelimit-limit-requests': '60' }), null)
  assert.is(rateLimitsOf({ 'x-ratelimit-remaining-requests': '60' }), null)
})

test("OpenRouter's headers without a unit count by the minute with a refusal, when they reset within one", () => {
  const headers = (reset: string) => ({
    'x-ratelimit-limit': '20',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': reset,
  })
  const expected = { requests: { limit: 20, remaining: 0 }, tokens: null }
  assert.equal(rateLimitsOfRefusal(headers(String(NOW.getTime() + 40_000)), undefined, NOW), expected)
  assert.equal(rateLimitsOfRefusal(headers('30'), undefined, NOW), expected)
  // By the day, by the second, and nobody knows by what.
  assert.is(rateLimitsOfRefusal(headers(String(NOW.getTime() + 3_600_000)), undefined, NOW), null)
  assert.is(rateLimitsOfRefusal(headers('1'), undefined, NOW), null)
  assert.is(rateLimitsOfRefusal(headers(''), undefined, NOW), null)
  assert.is(rateLimitsOf(headers('30')), null)
})

test('headers that OpenRouter repeats in the body of its refusal are read there', () => {
  const mirrored = {
    'X-RateLimit-Limit': '20',
    'X-RateLimit-Remaining': '0',
    'X-RateLimit-Reset': String(NOW.getTime() + 9_000),
  }
  const error = { code: 429, metadata: { headers: mirrored } }
  assert.equal(rateLimitsOfRefusal({}, error, NOW), { requests: { limit: 20, remaining: 0 }, tokens: null })
})

test('no headers and no body make it fail, and what it tells makes sense', () => {
  const value = fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String))
  const name = fc.constantFrom(
    'x-ratelimit-limit-requests',
    'x-ratelimit-remaining-requests',
    'x-ratelimit-limit-tokens',
    'x-ratelimit-remaining-tokens',
    'x-ratelimit-limit',
    'x-ratelimit-remaining',
    'x-ratelimit-reset',
  )
  fc.assert(
    fc.property(fc.dictionary(name, value), fc.anything(), (headers, body) => {
      const limits = rateLimitsOfRefusal(headers, body, NOW)
      for (const limit of [limits?.requests, limits?.tokens]) {
        if (limit) assert.ok(limit.limit > 0 && limit.remaining >= 0 && limit.remaining <= limit.limit)
      }
    }),
  )
})

test.run()
