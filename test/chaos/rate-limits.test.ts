/** What becomes of a run whose server has had enough, in every way in which servers say for how long? */
import { test } from 'uvu'
import { matrix } from './matrix.ts'
import { envelope, JSON_TYPE, refuses, response, sends } from './plays.ts'
import { BOTH, type Script } from './script.ts'

type Headers = Readonly<Record<string, string>>
type More = Omit<Partial<Script>, 'server'>

/** A 429 with these headers, which may tell a moment. */
function busy(server: string, headers: Headers | ((nowMs: number) => Headers), more: More = {}): Script {
  const told = typeof headers === 'function' ? headers : () => headers
  const play = sends(() => response(429, { ...JSON_TYPE, ...told(Date.now()) }, envelope(429)))
  return { server, play, charge: 'refused', says: /^429: /, ...more }
}

/** A 429 whose body says more. */
function busyBecause(server: string, message: string, fields: object, more: More = {}): Script {
  return busy(server, {}, { play: refuses(429, {}, envelope(429, message, fields)), ...more })
}

const after = (ms: number): More => ({ hintMs: [ms, ms] })
/** What is left of three seconds that a time without fractions gives. */
const ABOUT_THREE_SECONDS: More = { hintMs: [1_500, 3_000] }
const date = (epochMs: number): string => new Date(epochMs).toUTCString()

matrix(
  '429: how long to wait',
  [
    busy('no hint', {}),
    busy('`retry-after-ms: 300`', { 'retry-after-ms': '300' }, after(300)),
    busy('`Retry-After: 0`', { 'retry-after': '0' }, after(0)),
    busy('`Retry-After: 2`', { 'retry-after': '2' }, after(2_000)),
    busy('`Retry-After: 0.3`', { 'retry-after': '0.3' }, after(300)),
    busy('`Retry-After: -5`', { 'retry-after': '-5' }),
    busy('`Retry-After: soon`', { 'retry-after': 'soon' }),
    busy('`Retry-After` with a date', (nowMs) => ({ 'retry-after': date(nowMs + 3_000) }), ABOUT_THREE_SECONDS),
    busy('`Retry-After` with a date that has passed', { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, after(0)),
    busyBecause('`availability.retry_after: 0.3`', 'full', { availability: { retry_after: 0.3 } }, after(300)),
    busy('`X-RateLimit-Reset: 2`', { 'x-ratelimit-reset': '2' }, after(2_000)),
    busy('`X-RateLimit-Reset: 300ms`', { 'x-ratelimit-reset': '300ms' }, after(300)),
    busy('`X-RateLimit-Reset: 0m0.3s`', { 'x-ratelimit-reset': '0m0.3s' }, after(300)),
    busy('`X-RateLimit-Reset` in epoch milliseconds', (nowMs) => ({ 'x-ratelimit-reset': `${nowMs + 300}` }), {
      hintMs: [0, 300],
    }),
    busy(
      '`X-RateLimit-Reset` in epoch seconds',
      (nowMs) => ({ 'x-ratelimit-reset': `${Math.floor(nowMs / 1_000) + 3}` }),
      ABOUT_THREE_SECONDS,
    ),
    busy(
      '`X-RateLimit-Reset` with a date',
      (nowMs) => ({ 'x-ratelimit-reset': date(nowMs + 3_000) }),
      ABOUT_THREE_SECONDS,
    ),
    busy('`X-RateLimit-Reset: -1`', { 'x-ratelimit-reset': '-1' }),
    busy('`X-RateLimit-Reset: whenever`', { 'x-ratelimit-reset': 'whenever' }),
    busy('`ratelimitbysize-reset: 2`', { 'ratelimitbysize-reset': '2' }, after(2_000)),
    busy(
      'requests used up for 300 ms, tokens left',
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '300ms',
        'x-ratelimit-remaining-tokens': '90000',
        'x-ratelimit-reset-tokens': '6m0s',
      },
      after(300),
    ),
    busyBecause(
      '`X-RateLimit-Reset: 300ms` in `metadata.headers`',
      'Rate limit exceeded',
      { metadata: { headers: { 'X-RateLimit-Reset': '300ms' } } },
      after(300),
    ),
    busyBecause('"Please try again in 300ms."', 'Rate limit reached. Please try again in 300ms.', {}, after(300)),
    busyBecause('"retry after 2 seconds"', 'Too many requests, retry after 2 seconds', {}, after(2_000)),
  ],
  { together: true },
)

/** The server wants more time than a trial has; more than two who agreed on it would speak for the whole endpoint. */
const TOO_LONG: More = { hits: 2, args: ['--trial-timeout', '60s'] }

matrix('429: storms and refusals', [
  busy('429, `retry-after-ms: 50`', { 'retry-after-ms': '50' }, { ...after(50), scenarios: BOTH }),
  busy('429 to every question, `retry-after-ms: 50`', { 'retry-after-ms': '50' }, { ...after(50), hits: 9 }),
  busy('429, `Retry-After: 86400`', { 'retry-after': '86400' }, TOO_LONG),
  busy('429, `Retry-After` with 400 digits', { 'retry-after': '9'.repeat(400) }, TOO_LONG),
  busy('429, `x-should-retry: false`', { 'x-should-retry': 'false' }),
  busyBecause('429, `availability.retryable: false`', 'full', { availability: { retryable: false } }),
  busyBecause(
    '429, `insufficient_quota`',
    'You exceeded your current quota',
    { type: 'insufficient_quota' },
    {
      hits: 1,
      endsRun: true,
      says: /quota/,
    },
  ),
])

test.run()
