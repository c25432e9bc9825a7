import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LONGEST_BACKOFF_MS, LONGEST_HINT_MS, RETRY_TABLE, retryWaitMs } from '../../src/dispatch/retry.ts'
import type { ErrorKind } from '../../src/provider/types.ts'
import { constant, failure } from './play.ts'

const kinds = Object.keys(RETRY_TABLE) as ErrorKind[]
const middle = constant(0.5)

/** Waits without a hint, before each further attempt that the kind is worth with five retries, in the middle of the jitter. */
const WAITS: Readonly<Record<ErrorKind, readonly number[]>> = {
  rate_limited: [1_000, 2_000, 4_000, 8_000, 16_000],
  overloaded: [2_000, 4_000, 8_000, 16_000, 32_000],
  provider_error: [500, 1_000, 2_000, 4_000, 8_000],
  gateway_timeout: [500, 1_000, 2_000, 4_000, 8_000],
  network: [500, 1_000, 2_000, 4_000, 8_000],
  timeout: [500, 1_000, 2_000, 4_000, 8_000],
  truncated: [500, 1_000, 2_000, 4_000, 8_000],
  invalid_response: [500, 1_000, 2_000, 4_000, 8_000],
  empty: [500, 1_000],
  context_overflow: [],
  invalid_request: [],
  unauthorized: [],
  insufficient_credits: [],
  quota_exhausted: [],
  blocked: [],
  not_found: [],
  payload_too_large: [],
  redirected: [],
  body_too_large: [],
  cancelled: [],
}

const STOPS_RUN: ReadonlySet<ErrorKind> = new Set([
  'unauthorized',
  'insufficient_credits',
  'quota_exhausted',
  'not_found',
  'redirected',
] as const)

for (const kind of kinds) {
  const waits = WAITS[kind]
  test(`${kind} is tried again ${waits.length} times${STOPS_RUN.has(kind) ? ', and ends the run' : ''}`, () => {
    const given: number[] = []
    for (let attempt = 1; attempt < 20; attempt++) {
      const waitMs = retryWaitMs(failure(kind), attempt, 5, middle)
      if (waitMs === null) break
      given.push(waitMs)
    }
    assert.equal(given, waits)
    assert.is(RETRY_TABLE[kind].stopsRun, STOPS_RUN.has(kind))
  })
}

test('no retries means no second attempt, for any kind', () => {
  for (const kind of kinds) assert.is(retryWaitMs(failure(kind, { retryAfterMs: 5 }), 1, 0, middle), null)
})

test('waits double up to a minute and stay there', () => {
  const waits = [1, 6, 7, 8, 9, 50].map((attempt) => retryWaitMs(failure('rate_limited'), attempt, 100, middle))
  assert.equal(waits, [1_000, 32_000, LONGEST_BACKOFF_MS, LONGEST_BACKOFF_MS, LONGEST_BACKOFF_MS, LONGEST_BACKOFF_MS])
})

test('the jitter is a quarter to either side', () => {
  assert.is(retryWaitMs(failure('network'), 1, 5, constant(0)), 375)
  assert.is(retryWaitMs(failure('network'), 1, 5, constant(1)), 625)
})

test("the server's hint wins over the table's wait, up to two minutes, with a little chance on top", () => {
  assert.is(retryWaitMs(failure('rate_limited', { retryAfterMs: 7_000 }), 3, 5, constant(0)), 7_000)
  assert.is(retryWaitMs(failure('rate_limited', { retryAfterMs: 7_000 }), 3, 5, middle), 7_050)
  assert.is(retryWaitMs(failure('overloaded', { retryAfterMs: 119_000 }), 1, 5, constant(0)), 119_000)
  assert.is(retryWaitMs(failure('overloaded', { retryAfterMs: 3_600_000 }), 1, 5, constant(0)), LONGEST_HINT_MS)
  assert.is(retryWaitMs(failure('network', { retryAfterMs: 0 }), 1, 5, middle), 50)
})

test('a hint that was too short once is not believed again where our own wait is longer', () => {
  const waits = [1, 2, 3, 4, 5].map((attempt) =>
    retryWaitMs(failure('rate_limited', { retryAfterMs: 1_500 }), attempt, 5, middle),
  )
  assert.equal(waits, [1_550, 1_550, 2_000, 4_000, 8_000])
})

const ENDPOINT: Readonly<Record<string, readonly ErrorKind[]>> = {
  refuses: ['rate_limited', 'overloaded'],
  late: ['gateway_timeout', 'timeout'],
  fails: ['provider_error', 'network'],
}

test('what a failure tells of the endpoint: most kinds tell that it is alive', () => {
  for (const kind of kinds) {
    const told = Object.keys(ENDPOINT).find((name) => ENDPOINT[name]?.includes(kind)) ?? 'alive'
    assert.is(RETRY_TABLE[kind].endpoint, told, kind)
  }
})

test('a hint of when does not make a final failure worth another attempt', () => {
  assert.is(retryWaitMs(failure('invalid_request', { retryAfterMs: 5 }), 1, 5, middle), null)
})

test('a server that says no ends it, whatever the kind', () => {
  for (const kind of kinds) {
    assert.is(retryWaitMs(failure(kind, { serverSaysRetry: false, retryAfterMs: 5 }), 1, 5, middle), null)
  }
})

test('a server that says yes is asked again within the limit of retries, and not at once', () => {
  for (const kind of kinds) {
    const error = failure(kind, { serverSaysRetry: true })
    const waitMs = retryWaitMs(error, 1, 2, constant(0))
    assert.ok(waitMs !== null && waitMs >= 100, `${kind}: ${waitMs}`)
    assert.is.not(retryWaitMs(error, 2, 2, middle), null)
    assert.is(retryWaitMs(error, 3, 2, middle), null)
  }
})

test('no wait is negative or beyond a minute and a quarter without a hint', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 0, max: 100 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (kind, attempt, retries, uniform) => {
        const waitMs = retryWaitMs(failure(kind), attempt, retries, constant(uniform))
        if (waitMs === null) return
        assert.ok(attempt <= retries)
        assert.ok(waitMs > 0 && waitMs <= LONGEST_BACKOFF_MS * 1.25)
      },
    ),
  )
})

test.run()
