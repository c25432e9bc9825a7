import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Adaptive, type Sent } from '../../src/dispatch/adaptive.ts'

const FIXED = { concurrency: 8, isAdaptive: false }
const AUTO = { concurrency: 256, isAdaptive: true }

/** Sends until there is no more room. */
function fill(adaptive: Adaptive, nowMs: number): Sent[] {
  const sent: Sent[] = []
  while (adaptive.hasRoom) sent.push(adaptive.sent(nowMs))
  return sent
}

/** Answers all that is in flight, round after round of 100 ms, and sends anew whenever there is room. */
function rounds(adaptive: Adaptive, count: number): number {
  let nowMs = 0
  let sent = fill(adaptive, nowMs)
  for (let round = 0; round < count; round++) {
    nowMs += 100
    const next: Sent[] = []
    for (const one of sent) {
      adaptive.accepted(one, nowMs)
      next.push(...fill(adaptive, nowMs))
    }
    sent = next
  }
  for (const one of sent) adaptive.accepted(one, nowMs)
  return nowMs
}

test('a fixed concurrency begins and stays there', () => {
  const adaptive = new Adaptive(FIXED, 0)
  rounds(adaptive, 50)
  assert.is(adaptive.concurrency, 8)
  assert.is(adaptive.rate.perMinute, null)
})

test('auto begins with eight in flight and rises by a quarter per round while all places are taken, up to the most', () => {
  const adaptive = new Adaptive(AUTO, 0)
  assert.is(adaptive.concurrency, 8)
  rounds(adaptive, 3)
  assert.ok(adaptive.concurrency >= 14 && adaptive.concurrency <= 16, `${adaptive.concurrency} in flight`)
  const longer = new Adaptive(AUTO, 0)
  rounds(longer, 40)
  assert.is(longer.concurrency, 256)
})

test('places that nobody takes earn none', () => {
  const adaptive = new Adaptive(AUTO, 0)
  for (let nowMs = 0; nowMs < 10_000; nowMs += 100) adaptive.accepted(adaptive.sent(nowMs), nowMs + 50)
  assert.is(adaptive.concurrency, 8)
})

test('one too many at the start: no more than were taken, then an even rate finds out why', () => {
  const adaptive = new Adaptive(FIXED, 0)
  const sent = fill(adaptive, 0)
  for (const one of sent.slice(4)) adaptive.refuses(one, 1)
  assert.is(adaptive.concurrency, 4)
  assert.is(adaptive.rate.perMinute, null)
  adaptive.accepted(sent[0] as Sent, 100)
  // Four in 100 ms.
  assert.is(Math.round(adaptive.rate.perMinute ?? 0), 2_400)
  assert.is(adaptive.concurrency, 8)
})

test('one too many at an even rate lowers the ceiling to what was borne, and later refusals of the same crowd change nothing', () => {
  const adaptive = new Adaptive(FIXED, 0)
  const crowd = fill(adaptive, 0)
  for (const one of crowd.slice(4)) adaptive.refuses(one, 1)
  for (const one of crowd.slice(0, 4)) adaptive.accepted(one, 100)
  const spaced = Array.from({ length: 6 }, (_, place) => adaptive.sent(200 + place * 25))
  adaptive.refuses(spaced[4] as Sent, 301)
  assert.is(adaptive.concurrency, 4)
  adaptive.refuses(spaced[3] as Sent, 302)
  assert.is(adaptive.concurrency, 4)
})

test('after a cut one more is tried when the hold is over, each failure holds longer', () => {
  const adaptive = new Adaptive({ concurrency: 5, isAdaptive: false }, 0)
  const triedMs: number[] = []
  let nowMs = 0
  for (; nowMs < 40_000; nowMs += 100) {
    const sent = fill(adaptive, nowMs)
    for (const [place, one] of sent.entries()) {
      if (place < 4) adaptive.accepted(one, nowMs + 50)
      else {
        adaptive.refuses(one, nowMs + 50)
        triedMs.push(nowMs)
      }
    }
  }
  const gaps = triedMs.slice(2).map((ms, index) => ms - (triedMs[index + 1] ?? 0))
  assert.ok(gaps.length >= 3 && gaps.every((gap, index) => index === 0 || gap >= (gaps[index - 1] ?? 0)), gaps.join())
  assert.ok(Math.min(...gaps) >= 2_000 && Math.max(...gaps) <= 16_000, gaps.join())
})

test('a refusal where as many were accepted before is one of the rate: the ceiling stays', () => {
  const adaptive = new Adaptive(FIXED, 0)
  const nowMs = rounds(adaptive, 5)
  for (const one of fill(adaptive, nowMs)) adaptive.refuses(one, nowMs + 1)
  assert.is(adaptive.concurrency, 8)
  assert.ok((adaptive.rate.perMinute ?? 0) > 0)
})

test('who runs into deadlines with auto has too many in flight; a fixed concurrency is what was asked for', () => {
  const adaptive = new Adaptive(AUTO, 0)
  const sent = fill(adaptive, 0)
  adaptive.late(sent.at(-1) as Sent, 60_000)
  assert.is(adaptive.concurrency, 5)
  adaptive.late(sent[0] as Sent, 60_001)
  assert.is(adaptive.concurrency, 5)
  const stuck = new Adaptive(AUTO, 0)
  const first = stuck.sent(0)
  stuck.accepted(stuck.sent(10), 100)
  stuck.late(first, 60_000)
  assert.is(stuck.concurrency, 8)
  const fixed = new Adaptive(FIXED, 0)
  fixed.late(fill(fixed, 0).at(-1) as Sent, 60_000)
  assert.is(fixed.concurrency, 8)
})

test('there is always room for one', () => {
  const adaptive = new Adaptive(FIXED, 0)
  for (let nowMs = 0; nowMs < 100_000; nowMs += 10) {
    assert.ok(adaptive.hasRoom)
    for (const one of fill(adaptive, nowMs)) adaptive.refuses(one, nowMs + 5)
  }
  assert.ok(adaptive.concurrency >= 1)
})

test.run()
