import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parseReset, retryAfterMs } from '../../src/provider/retry-after.ts'

const NOW = new Date('2025-11-22T12:00:33.000Z')
const nowMs = NOW.getTime()

test('the first hint that parses decides', () => {
  const rows: readonly [status: number, headers: Record<string, string>, error: unknown, waitMs: number | null][] = [
    [429, {}, {}, null],
    [429, { 'retry-after-ms': '1500.5', 'retry-after': '27' }, {}, 1500.5],
    [429, { 'retry-after-ms': 'soon', 'retry-after': '27' }, {}, 27_000],
    [429, { 'retry-after': '27', 'x-ratelimit-reset': String(nowMs + 5000) }, {}, 27_000],
    [503, { 'retry-after': '0.25' }, {}, 250],
    [503, { 'retry-after': '0' }, {}, 0],
    [503, { 'retry-after': ' 3 ' }, {}, 3000],
    [429, { 'retry-after': 'Sat, 22 Nov 2025 12:01:00 GMT' }, {}, 27_000],
    [429, { 'retry-after': 'Sat, 22 Nov 2025 11:00:00 GMT' }, {}, 0],
    // Both clocks agree, the server's is an hour ahead, an hour behind; what is no date says nothing.
    [429, { 'retry-after': 'Sat, 22 Nov 2025 12:01:00 GMT', date: 'Sat, 22 Nov 2025 12:00:32 GMT' }, {}, 27_000],
    [429, { 'retry-after': 'Sat, 22 Nov 2025 13:01:00 GMT', date: 'Sat, 22 Nov 2025 13:00:30 GMT' }, {}, 30_000],
    [429, { 'x-ratelimit-reset': 'Sat, 22 Nov 2025 11:01:00 GMT', date: 'Sat, 22 Nov 2025 11:00:30 GMT' }, {}, 30_000],
    [429, { 'retry-after': 'Sat, 22 Nov 2025 12:01:00 GMT', date: 'yesterday' }, {}, 27_000],
    [429, { 'retry-after': 'Saturday, 22-Nov-25 12:01:00 GMT, or 2025' }, {}, null],
    [429, { 'retry-after': '12 monkeys' }, {}, null],
    [429, { 'retry-after': '-5' }, {}, null],
    [503, {}, { availability: { retry_after: 12 } }, 12_000],
    [429, { 'x-ratelimit-reset': '9' }, { availability: { retry_after: 12 } }, 12_000],
    [429, { 'x-ratelimit-reset': '1763812860000' }, {}, 1763812860000 - nowMs],
    [429, {}, { metadata: { headers: { 'X-RateLimit-Reset': '1763812860000' } } }, 1763812860000 - nowMs],
    [429, {}, { metadata: { headers: { 'X-RateLimit-Reset': 1763812860000 } } }, 1763812860000 - nowMs],
    [500, { 'x-ratelimit-reset-requests': '12ms' }, {}, null],
    [429, { 'x-ratelimit-reset-requests': '12ms', 'x-ratelimit-reset-tokens': '6m0s' }, {}, 360_000],
    [
      429,
      {
        'x-ratelimit-reset-requests': '12ms',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-tokens': '6m0s',
        'x-ratelimit-remaining-tokens': '700',
      },
      {},
      12,
    ],
    [429, { 'x-ratelimit-reset-requests': '-1', 'x-ratelimit-reset-tokens': '0' }, {}, null],
    [429, { 'ratelimitbysize-reset': '31' }, {}, 31_000],
    [429, {}, { message: 'Slow down, please retry after 37 seconds.' }, 37_000],
    [429, {}, { message: 'Rate limit reached. Please try again in 1.5s. Visit us.' }, 1500],
    [429, {}, { message: 'Please try again in 20ms.' }, 20],
    [503, {}, { message: 'Try again in 2 minutes' }, 120_000],
    [503, {}, 'retry after 4 s', 4000],
    [429, {}, { message: 'at most 20 requests in 60 seconds' }, null],
  ]
  for (const [status, headers, error, waitMs] of rows) {
    assert.is(retryAfterMs(status, headers, error, NOW), waitMs, JSON.stringify([status, headers, error]))
  }
})

test('a reset is read in every known notation', () => {
  const rows: readonly [text: string, waitMs: number | null][] = [
    ['12ms', 12],
    ['1s', 1000],
    ['6m0s', 360_000],
    ['1h2m3.5s', 3_723_500],
    ['0s', 0],
    ['45', 45_000],
    ['0.5', 500],
    ['0', null],
    ['-1', null],
    ['', null],
    ['soon', null],
    [String(nowMs / 1000 + 8), 8000],
    [String(nowMs + 8000), 8000],
    [String(nowMs - 8000), 0],
    ['Sat, 22 Nov 2025 12:00:34 GMT', 1000],
    ['2025-11-22T12:00:35Z', 2000],
  ]
  for (const [text, waitMs] of rows) assert.is(parseReset(text, NOW), waitMs, text)
})

test.run()
