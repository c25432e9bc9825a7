import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evenly, TokenBucket } from '../../src/dispatch/token-bucket.ts'

/** Sends as soon as it may, each time up to `lateMs` later; returns when. */
function send(bucket: TokenBucket, count: number, lateMs: () => number): number[] {
  const timesMs: number[] = []
  let nowMs = 0
  while (timesMs.length < count) {
    const waitMs = bucket.waitMs(1, nowMs)
    if (waitMs > 0) nowMs += waitMs + lateMs()
    else {
      bucket.take(1, nowMs)
      timesMs.push(nowMs)
    }
  }
  return timesMs
}

/** Most of the times that lie in any minute, its end left out. */
function mostInAMinute(timesMs: readonly number[]): number {
  let most = 0
  let first = 0
  for (let last = 0; last < timesMs.length; last++) {
    while ((timesMs[last] ?? 0) - (timesMs[first] ?? 0) >= 60_000 - 1e-6) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}

test('no minute holds more than was asked for, however late the timers are', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000 }),
      fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 50 }),
      (perMinute, delays) => {
        let turn = 0
        const lateMs = (): number => delays[turn++ % delays.length] ?? 0
        const timesMs = send(new TokenBucket(evenly(perMinute), 0), Math.min(3 * perMinute, 6_000), lateMs)
        assert.ok(mostInAMinute(timesMs) <= perMinute, `${mostInAMinute(timesMs)} in a minute, ${perMinute} allowed`)
      },
    ),
    { numRuns: 40 },
  )
})

test('requests are evenly spaced', () => {
  const timesMs = send(new TokenBucket(evenly(60), 0), 5, () => 0)
  assert.equal(
    timesMs.map((ms) => Math.round(ms)),
    [0, 1_000, 2_000, 3_000, 4_000],
  )
})

test('what timers are late by is caught up: a fast rate is reached in spite of them', () => {
  const timesMs = send(new TokenBucket(evenly(6_000), 0), 1_000, () => 4)
  const perSecond = 999_000 / (timesMs.at(-1) ?? 0)
  assert.ok(perSecond > 99 && perSecond < 101, `${perSecond} per second`)
})

test('an amount beyond the capacity waits for a full bucket and is paid off afterwards', () => {
  const bucket = new TokenBucket({ capacity: 100, perMs: 1 }, 0)
  assert.is(bucket.waitMs(500, 0), 0)
  bucket.take(500, 0)
  assert.is(bucket.waitMs(1, 0), 401)
  assert.is(bucket.waitMs(500, 100), 400)
  assert.is(bucket.waitMs(1, 401), 0)
})

test('what was taken too much comes back, never above the capacity, and a debt grows by what was taken too little', () => {
  const bucket = new TokenBucket({ capacity: 10, perMs: 1 }, 0)
  bucket.take(10, 0)
  bucket.give(4)
  assert.is(bucket.waitMs(4, 0), 0)
  bucket.give(1_000)
  bucket.take(10, 0)
  assert.is(bucket.waitMs(1, 0), 1)
  bucket.give(-5)
  assert.is(bucket.waitMs(1, 0), 6)
})

test('a bucket that is refitted keeps its level, up to the new capacity', () => {
  const bucket = new TokenBucket({ capacity: 10, perMs: 1 }, 0)
  bucket.take(4, 0)
  bucket.refit({ capacity: 5, perMs: 0.1 }, 0)
  bucket.take(5, 0)
  assert.is(Math.round(bucket.waitMs(1, 0)), 10)
})

test.run()
