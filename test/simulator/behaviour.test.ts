import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { key128 } from '../../src/lib/hash.ts'
import { createFate, createThrottle, DEFAULT_LATENCY, timelineOf } from '../../src/simulator/behaviour.ts'
import { handClock } from './client.ts'

function hashes(count: number): string[] {
  return Array.from({ length: count }, (_, body) => key128(`body ${body}`))
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

test('times to first token are log-normal around the median', () => {
  const logs = hashes(4001).map((hash) => Math.log(timelineOf(hash, 1, 5, DEFAULT_LATENCY)[0] ?? 0))
  assert.ok(Math.abs(Math.exp(median(logs)) / DEFAULT_LATENCY.ttftMs - 1) < 0.03)
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  const deviation = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length)
  assert.ok(Math.abs(deviation - DEFAULT_LATENCY.sigma) < 0.02, String(deviation))
})

test('gaps follow the tokens of a piece, and times never decrease', () => {
  const steady = timelineOf('a', 4, 8, { ttftMs: 50, tokenGapMs: 3, sigma: 0 })
  assert.equal(steady, [50, 56, 62, 68])
  for (const hash of hashes(200)) {
    const times = timelineOf(hash, 12, 100, DEFAULT_LATENCY)
    assert.equal(
      times,
      times.toSorted((a, b) => a - b),
    )
  }
})

test('the same body takes the same time, another one another, and no latency is no time at all', () => {
  assert.equal(timelineOf('a', 3, 9, DEFAULT_LATENCY), timelineOf('a', 3, 9, DEFAULT_LATENCY))
  assert.not.equal(timelineOf('a', 3, 9, DEFAULT_LATENCY), timelineOf('b', 3, 9, DEFAULT_LATENCY))
  assert.equal(timelineOf('a', 3, 9, { ttftMs: 0, tokenGapMs: 0, sigma: 1 }), [0, 0, 0])
})

test('a script is played in turn and then nothing goes wrong', () => {
  const fate = createFate({ script: ['429', 'ok', 'html'] })
  assert.equal(
    hashes(5).map((hash) => fate.next(hash)),
    ['429', 'ok', 'html', 'ok', 'ok'],
  )
})

test('the fail rate is a share of attempts, of which a retry has the same chance', () => {
  const fate = createFate({ failRate: 0.2 })
  const bodies = hashes(5000)
  const first = bodies.map((hash) => fate.next(hash))
  const second = bodies.map((hash) => fate.next(hash))
  // Three standard errors of a share of 0.2 in 5,000 are 0.017.
  for (const attempts of [first, second]) {
    const share = attempts.filter((kind) => kind !== 'ok').length / 5000
    assert.ok(Math.abs(share - 0.2) < 0.017, String(share))
  }
  const twice = bodies.filter((_, body) => first[body] !== 'ok' && second[body] !== 'ok').length / 5000
  assert.ok(Math.abs(twice - 0.04) < 0.01, String(twice))
  assert.equal(new Set(first), new Set(['ok', '500', '502', '503', 'mid-stream-error']))
})

test('a server started anew fails the same attempts', () => {
  const [one, two] = [createFate({ failRate: 0.5 }), createFate({ failRate: 0.5 })]
  const bodies = [...hashes(50), ...hashes(50)]
  assert.equal(
    bodies.map((hash) => one.next(hash)),
    bodies.map((hash) => two.next(hash)),
  )
})

test('the rate limit admits a burst of one second and then its rate', () => {
  const clock = handClock()
  const throttle = createThrottle({ rateLimit: { requestsPerSecond: 4 } }, clock)
  const admitted = (): boolean => throttle.admit(0) === null
  assert.equal([admitted(), admitted(), admitted(), admitted(), admitted()], [true, true, true, true, false])
  assert.equal(throttle.admit(0), { limit: 4, retryAfterMs: 250 })
  clock.advance(250)
  assert.equal([admitted(), admitted()], [true, false])
  clock.advance(60_000)
  assert.is(Array.from({ length: 10 }, admitted).filter(Boolean).length, 4, 'a pause saves up one second at most')
})

test('a rate below one per second still admits one', () => {
  const clock = handClock()
  const throttle = createThrottle({ rateLimit: { requestsPerSecond: 0.5 } }, clock)
  assert.is(throttle.admit(0), null)
  assert.equal(throttle.admit(0), { limit: 1, retryAfterMs: 2000 })
  clock.advance(2000)
  assert.is(throttle.admit(0), null)
})

test('the limit on what is in progress looks at nothing else', () => {
  const throttle = createThrottle({ maxInFlight: 2 }, handClock())
  assert.is(throttle.admit(1), null)
  assert.equal(throttle.admit(2), { limit: 2, retryAfterMs: 1000 })
})

test.run()
